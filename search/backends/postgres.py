"""The engine in PostgreSQL: postings in an ordinary table and BM25 in one statement.

For many machines sharing one index. It needs no extension, no server-side dictionary and no superuser: the
terms come from our analyser. Changes are transactions, so a withdrawn text is gone with the commit.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from search.backends.postgres_sql import WHOLE, Statement, create_tables, drop_tables
from search.engine import Engine, Facets, Look, Stored
from search.fields import BREAK, Fields, fields
from search.index import (
    ALWAYS,
    FACETS,
    NEVER,
    Doc,
    Health,
    IndexUnavailable,
    Load,
    Query,
    batches,
    day_number,
    moment,
)
from search.parse import Question
from search.plan import Plan
from search.polish import Analyser
from search.synonyms import Synonyms

LAYOUT = 2
_LONGEST_MS = 5_000
"""Longest a question may take in the database; then it is given up, so that no question can hold a worker."""
_LOCK = 0x77726F74
_MANY = 500
"""Documents taken out in one transaction."""
_NOTHING = Question("")


@contextmanager
def _guarded() -> Iterator[None]:
    """The database's complaints in our words: no such tables, or no database to talk to."""
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as cause:
        raise IndexUnavailable("the tables of the index are not there", code="search.missing") from cause
    except psycopg.errors.QueryCanceled as cause:
        raise IndexUnavailable("the question took too long", code="search.slow") from cause
    except psycopg.Error as cause:
        raise IndexUnavailable(f"postgres: {type(cause).__name__}", code="search.unreachable") from cause


class PostgresIndex(Engine):
    """``SearchIndex`` in tables of its own (``ws_…``). Two connections for each thread: to write, and to ask."""

    name = "postgres"

    def __init__(
        self, url: str, analyser: Analyser, synonyms: Synonyms | None = None, *, longest_ms: int = _LONGEST_MS
    ) -> None:
        super().__init__(analyser, synonyms)
        self._longest_ms = longest_ms
        self._url = url.replace("postgresql+psycopg://", "postgresql://")
        self._local = threading.local()
        self._fingerprint = f"layout-{LAYOUT}:{analyser.fingerprint}"

    def _connection(self) -> psycopg.Connection[Any]:
        return self._kept("connection")

    def _asking(self) -> psycopg.Connection[Any]:
        """As ``_connection``, for questions: what takes too long is given up."""
        return self._kept("asking", longest=self._longest_ms)

    def _kept(self, name: str, *, longest: int = 0) -> psycopg.Connection[Any]:
        known: psycopg.Connection[Any] | None = getattr(self._local, name, None)
        if known is None or known.closed or known.broken:
            known = psycopg.connect(self._url, autocommit=True, row_factory=tuple_row, connect_timeout=10)
            if longest:
                known.execute(f"set statement_timeout = {longest}")
            setattr(self._local, name, known)
        return known

    @contextmanager
    def _writing(self) -> Iterator[psycopg.Connection[Any]]:
        """One writer at a time, everything in one transaction. Re-entrant: a transaction within one joins it."""
        with _guarded():
            connection = self._connection()
            with connection.transaction():
                connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
                yield connection

    def put(self, docs: Iterable[Doc]) -> None:
        """See ``SearchIndex.put``."""
        for batch in batches(docs):
            with self._writing() as connection:
                for generation in self._targets(connection):
                    _Writer(connection, generation, self.analyser).replace(batch)

    def delete(self, keys: Iterable[str]) -> None:
        """See ``SearchIndex.delete``."""
        gone = list(keys)
        if len(gone) > _MANY:
            # Taking many out takes seconds; that nobody finds them must not.
            with self._writing() as connection:
                for generation in self._targets(connection):
                    _Writer(connection, generation, self.analyser).hide(gone)
        for start in range(0, len(gone), _MANY):
            with self._writing() as connection:
                for generation in self._targets(connection):
                    _Writer(connection, generation, self.analyser).remove(gone[start : start + _MANY])

    def _meta(self, connection: psycopg.Connection[Any]) -> dict[str, str]:
        return dict(connection.execute("select name, value from ws_meta").fetchall())

    def _current(self, connection: psycopg.Connection[Any]) -> str:
        meta = self._meta(connection)
        if "current" not in meta:
            raise IndexUnavailable("there is no index in the database", code="search.missing")
        made_by = meta.get(f"made_by:{meta['current']}", "")
        if made_by != self._fingerprint:
            raise IndexUnavailable(f"made by {made_by}, now {self._fingerprint}", code="search.outdated")
        return meta["current"]

    def _targets(self, connection: psycopg.Connection[Any]) -> list[str]:
        following = self._following(connection)
        try:
            current = [self._current(connection)]
        except IndexUnavailable:
            if not following:
                raise
            current = []
        return [*current, *([following] if following else [])]

    def _following(self, connection: psycopg.Connection[Any]) -> str | None:
        """The generation being filled. What a rebuild that died left behind is thrown away."""
        following = self._meta(connection).get("next")
        if following is None:
            return None
        row = connection.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK + 1,)).fetchone()
        if not row or not row[0]:
            return following
        connection.execute(
            "delete from ws_meta where name in ('next', %s, %s)", (f"made_by:{following}", f"begun:{following}")
        )
        drop_tables(connection, following)
        return None

    def digests(self) -> Iterator[tuple[str, str]]:
        """See ``SearchIndex.digests``."""
        with _guarded():
            connection = self._connection()
            table = f"ws_{self._current(connection)}_doc"
            found = connection.execute(f"select key, digest from {table}").fetchall()  # noqa: S608
        yield from found

    @contextmanager
    def rebuild(self) -> Iterator[Filling]:
        """See ``SearchIndex.rebuild``."""
        with self._rebuilding(), self._filling() as filling:
            yield filling

    @contextmanager
    def _rebuilding(self) -> Iterator[None]:
        """Only one rebuild at a time: a lock of a session of its own, free when the process dies."""
        with _guarded():
            holder = psycopg.connect(self._url, autocommit=True, connect_timeout=10)
        try:
            row = holder.execute("select pg_try_advisory_lock(%s)", (_LOCK + 1,)).fetchone()
            if not row or not row[0]:
                raise IndexUnavailable("a rebuild is running", code="search.busy")
            yield
        finally:
            # Said, not left to the end of the connection, which the server may notice only after the next try.
            with suppress(psycopg.Error):
                holder.execute("select pg_advisory_unlock(%s)", (_LOCK + 1,))
            holder.close()

    @contextmanager
    def _filling(self) -> Iterator[Filling]:
        generation = self._begin()
        try:
            yield Filling(self, generation)
            self._take_over(generation)
        except BaseException:
            with self._writing() as connection:
                connection.execute("delete from ws_meta where name = 'next' and value = %s", (generation,))
                drop_tables(connection, generation)
            raise

    def _begin(self) -> str:
        with _guarded():
            self._connection().execute(
                "create table if not exists ws_meta (name text primary key, value text not null)"
            )
            self._connection().execute("create sequence if not exists ws_generation")
        with self._writing() as connection:
            meta = self._meta(connection)
            kept = {meta.get("current")}
            for name in [n for n in meta if n.startswith("made_by:") and n.removeprefix("made_by:") not in kept]:
                drop_tables(connection, name.removeprefix("made_by:"))
                connection.execute("delete from ws_meta where name = %s", (name,))
                connection.execute("delete from ws_meta where name = %s", (name.replace("made_by:", "begun:"),))
            row = connection.execute("select nextval('ws_generation')").fetchone()
            generation = f"g{row[0] if row else 0}"
            create_tables(connection, generation)
            _set(connection, f"made_by:{generation}", self._fingerprint)
            _set(connection, "next", generation)
            _set(connection, f"begun:{generation}", datetime.now(UTC).isoformat())
        return generation

    def _take_over(self, generation: str) -> None:
        """The old tables stay until the next rebuild: a question may be reading them."""
        with self._writing() as connection:
            if self._meta(connection).get("next") != generation:
                raise IndexUnavailable("another rebuild began meanwhile", code="search.busy")
            _set(connection, "current", generation)
            connection.execute("delete from ws_meta where name = 'next'")
        with _guarded():
            # Vacuumed, the postings are read from their index alone.
            self._connection().execute(f"vacuum (analyze) ws_{generation}_posting")
            for table in ("doc", "df", "vocab"):
                self._connection().execute(f"analyze ws_{generation}_{table}")

    def check(self) -> Health:
        """See ``SearchIndex.check``."""
        try:
            with _guarded():
                connection = self._connection()
                current = self._current(connection)
                row = connection.execute(f"select n from ws_{current}_stat").fetchone()  # noqa: S608
                begun = self._meta(connection).get(f"begun:{current}")
        except IndexUnavailable as problem:
            return Health(problem.code.removeprefix("search."), detail=problem.reason)
        return Health("ok", row[0] if row else 0, built_at=datetime.fromisoformat(begun) if begun else None)

    def close(self) -> None:
        """See ``SearchIndex.close``."""
        for name in ("connection", "asking"):
            known = getattr(self._local, name, None)
            if known is not None:
                known.close()

    @contextmanager
    def _look(self) -> Iterator[Look]:
        with _guarded():
            connection = self._asking()
            yield PostgresLook(connection, self._current(connection))


def _set(connection: psycopg.Connection[Any], name: str, value: str) -> None:
    connection.execute(
        "insert into ws_meta values (%s, %s) on conflict (name) do update set value = excluded.value", (name, value)
    )


class Filling:
    """A new generation being filled; see ``Rebuild``."""

    def __init__(self, engine: PostgresIndex, generation: str) -> None:
        self._engine, self._generation = engine, generation

    def fill(self, load: Load) -> int:
        """See ``Rebuild.fill``."""
        count = 0
        with self._engine._writing() as connection:
            writer = _Writer(connection, self._generation, self._engine.analyser)
            for batch in batches(load()):
                writer.replace(batch)
                count += len(batch)
        return count


class _Writer:
    """Adds and removes documents of one generation within a transaction."""

    def __init__(self, connection: psycopg.Connection[Any], generation: str, analyser: Analyser) -> None:
        self._connection, self._analyser = connection, analyser
        self._t = f"ws_{generation}"

    def replace(self, docs: Sequence[Doc]) -> None:
        self.remove([doc.key for doc in docs])
        made = [(doc, fields(self._analyser, doc)) for doc in docs]
        ids = [self._insert(doc, f) for doc, f in made]
        with self._connection.cursor() as cursor:
            copy = f"copy {self._t}_posting (term, doc, tt, tb, ta) from stdin"
            with cursor.copy(copy) as rows:
                for number, (_, f) in zip(ids, made, strict=True):
                    for term, (tt, tb, ta) in _counts(f).items():
                        rows.write_row((term, number, tt, tb, ta))
        self._count(ids, 1)

    def hide(self, keys: Sequence[str]) -> None:
        """Let nobody find them."""
        command = f"update {self._t}_doc set readers = '{{}}' where key = any(%s)"  # noqa: S608
        self._connection.execute(command, (list(keys),))

    def remove(self, keys: Sequence[str]) -> None:
        found = self._connection.execute(
            f"select id from {self._t}_doc where key = any(%s)",  # noqa: S608
            (list(keys),),
        ).fetchall()
        if ids := [row[0] for row in found]:
            self._count(ids, -1)
            for table, column in (("posting", "doc"), ("text", "id"), ("doc", "id")):
                self._connection.execute(f"delete from {self._t}_{table} where {column} = any(%s)", (ids,))  # noqa: S608

    def _insert(self, doc: Doc, f: Fields) -> int:
        lengths = [s.count(" ") + 1 if s else 0 for s in (f.title, f.body, f.attachment)]
        words = sorted({*f.exact_title.split(), *f.exact.split()} - {BREAK})
        row = self._connection.execute(
            f"""insert into {self._t}_doc (key, digest, readers, starts, ends, day, type, year, organ, status,
                places, signatures, title_words, lt, lb, la)
                values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id""",  # noqa: S608
            (
                doc.key, doc.digest, sorted(doc.readers), moment(doc.visible_from, ALWAYS),
                moment(doc.visible_until, NEVER), day_number(doc.date), doc.type,
                "" if doc.year is None else str(doc.year), doc.organ, doc.status, list(doc.places), list(f.signatures),
                sorted(set(f.exact_title.split())), *lengths,
            ),
        ).fetchone()  # fmt: skip
        number = int(row[0]) if row else 0
        exact = f" {f.exact_title} {BREAK} {f.exact} "
        self._connection.execute(
            f"insert into {self._t}_text (id, card, body, exact, words) values (%s, %s, %s, %s, %s)",  # noqa: S608
            (number, _storable(f.card), _storable(f.text), exact, words),
        )
        return number

    def _count(self, ids: Sequence[int], sign: int) -> None:
        """Keep document frequencies, the vocabulary and the lengths in step."""
        t = self._t
        self._connection.execute(
            f"""insert into {t}_df as old select term, {sign} * count(*) filter (where tt > 0),
                {sign} * count(*) filter (where tb > 0), {sign} * count(*) filter (where ta > 0)
                from {t}_posting where doc = any(%s) group by term
                on conflict (term) do update
                set dt = old.dt + excluded.dt, db = old.db + excluded.db, da = old.da + excluded.da""",  # noqa: S608
            (list(ids),),
        )
        self._connection.execute(
            f"""insert into {t}_vocab as old select word, {sign} * count(*) from {t}_text, unnest(words) as word
                where id = any(%s) group by word on conflict (word) do update set n = old.n + excluded.n""",  # noqa: S608
            (list(ids),),
        )
        self._connection.execute(
            f"""update {t}_stat set (n, lt, lb, la) = (select {t}_stat.n + {sign} * count(*),
                {t}_stat.lt + {sign} * coalesce(sum(d.lt), 0), {t}_stat.lb + {sign} * coalesce(sum(d.lb), 0),
                {t}_stat.la + {sign} * coalesce(sum(d.la), 0) from {t}_doc d where d.id = any(%s))""",  # noqa: S608
            (list(ids),),
        )
        if sign < 0:
            # Words only a withdrawn text had must not stay behind.
            self._connection.execute(f"delete from {t}_vocab where n <= 0")  # noqa: S608
            self._connection.execute(f"delete from {t}_df where dt <= 0 and db <= 0 and da <= 0")  # noqa: S608


def _storable(text: str) -> str:
    """PostgreSQL's text has no NUL and no half of a surrogate pair; both are escaped in our JSON instead."""
    return text.replace("\x00", "\\u0000").encode("utf-8", "replace").decode()


def _counts(f: Fields) -> dict[str, list[int]]:
    """Term → its occurrences in title, body and attachments."""
    found: dict[str, list[int]] = {}
    streams = ((f.title, 0, ""), (f.body, 1, ""), (f.attachment, 2, ""), (f.whole_title, 0, WHOLE), (f.whole, 1, WHOLE))
    for stream, place, mark in streams:
        for term, count in Counter(stream.split()).items():
            found.setdefault(mark + term, [0, 0, 0])[place] += count
    return found


class PostgresLook:
    """Questions to one generation."""

    def __init__(self, connection: psycopg.Connection[Any], generation: str) -> None:
        self._connection, self._generation = connection, generation

    def _statement(self, plan: Plan, query: Query, *, partial: bool) -> Statement:
        statement = Statement(self._generation, plan, query, partial=partial)
        row = self._connection.execute(f"select n, lt, lb, la from {statement.t}_stat").fetchone()  # noqa: S608
        frequencies = self._connection.execute(
            f"select term, dt, db, da from {statement.t}_df where term = any(%s)",  # noqa: S608
            (statement.terms,),
        ).fetchall()
        statement.weigh(row or (0, 0, 0, 0), {term: tuple(counts) for term, *counts in frequencies})
        return statement

    def top(self, plan: Plan, query: Query, *, partial: bool) -> tuple[int, list[Stored]]:
        """See ``Look.top``."""
        statement = self._statement(plan, query, partial=partial)
        by_date = query.sort == "date" or plan.browsing
        rows = self._connection.execute(*statement.top(by_date=by_date)).fetchall()
        stored = [Stored(float(score), card, body) for _, score, card, body in rows if card is not None]
        return int(rows[0][0]), stored

    def count(self, plan: Plan, query: Query) -> int:
        """See ``Look.count``."""
        row = self._connection.execute(*self._statement(plan, query, partial=False).count()).fetchone()
        return int(row[0]) if row else 0

    def facets(self, plan: Plan, query: Query, *, partial: bool) -> Facets:
        """See ``Look.facets``."""
        rows = self._connection.execute(*self._statement(plan, query, partial=partial).facets()).fetchall()
        made: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
        for name, value, count in rows:
            if value:
                made[name].append((value, int(count)))
        return {name: tuple(sorted(pairs, key=lambda p: (-p[1], p[0]))) for name, pairs in made.items()}

    def beginning(self, whole: tuple[str, ...], prefix: str, query: Query) -> list[Stored]:
        """See ``Look.beginning``."""
        statement = Statement(self._generation, Plan(_NOTHING), query, partial=False)
        rows = self._connection.execute(*statement.beginning(whole, prefix)).fetchall()
        return [Stored(0.0, card) for (card,) in rows]

    def known(self, keys: Sequence[str], query: Query) -> list[Stored]:
        """See ``Look.known``."""
        statement = Statement(self._generation, Plan(_NOTHING), query, partial=False)
        rows = self._connection.execute(*statement.known(keys)).fetchall()
        return [Stored(0.0, card) for (card,) in rows]

    def vocabulary(self) -> Mapping[str, int]:
        """See ``Look.vocabulary``."""
        return dict(self._connection.execute(f"select word, n from ws_{self._generation}_vocab").fetchall())  # noqa: S608
