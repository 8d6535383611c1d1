"""The SQL of the PostgreSQL engine: its tables, and a plan as one statement.

A leaf of the plan is a row of ``q`` with its weights; ``hit`` joins the leaves with their postings and the
allowed documents; each inner node groups what its children found. All table names are made here, and
everything that was typed is a bound parameter.
"""

# ruff: noqa: S608

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from search.index import FACETS, NEVER, Query, day_number
from search.plan import ATTACHMENT, BODY, TITLE, Either, Every, Node, Phrase, Plan, Term, Whole

K1, B = 1.2, 0.75
WHOLE = "="
"""Stands before a signature or compound in one piece, in the same table as the words."""
Call = tuple[str, dict[str, Any]]

_TABLES = """
create table {t}_doc (id bigserial primary key, key text not null unique, digest text not null,
    readers text[] not null, starts bigint not null, ends bigint not null, day int not null, type text not null,
    year text not null, organ text not null, places text[] not null, status text not null, signatures text[] not null,
    title_words text[] not null, lt int not null, lb int not null, la int not null);
create table {t}_text (id bigint primary key, card text not null, body text not null, exact text not null,
    words text[] not null);
create table {t}_posting (term text collate "C" not null, doc bigint not null, tt int not null, tb int not null,
    ta int not null, primary key (term, doc));
create table {t}_df (term text collate "C" primary key, dt bigint not null, db bigint not null, da bigint not null);
create table {t}_vocab (word text collate "C" primary key, n bigint not null);
create table {t}_stat (n bigint not null, lt bigint not null, lb bigint not null, la bigint not null);
insert into {t}_stat values (0, 0, 0, 0);
create index {t}_posting_doc on {t}_posting (doc);
create index {t}_places on {t}_doc using gin (places);
create index {t}_signatures on {t}_doc using gin (signatures);
create index {t}_title_words on {t}_doc using gin (title_words);
create index {t}_words on {t}_text using gin (words);
"""


def create_tables(connection: psycopg.Connection[Any], generation: str) -> None:
    """The tables of one generation."""
    for command in _TABLES.format(t=f"ws_{generation}").split(";"):
        if command.strip():
            connection.execute(command)


def drop_tables(connection: psycopg.Connection[Any], generation: str) -> None:
    """Take a generation away."""
    for table in ("doc", "text", "posting", "df", "vocab", "stat"):
        connection.execute(f"drop table if exists ws_{generation}_{table}")


class Statement:
    """One question to one generation. Call ``weigh`` before the others that rank."""

    def __init__(self, generation: str, plan: Plan, query: Query, *, partial: bool) -> None:
        self.t = f"ws_{generation}"
        self.plan, self.query, self.partial = plan, query, partial
        self._leaves: list[tuple[str, float]] = []
        self._parameters: dict[str, Any] = {}
        self._rows: list[tuple[Any, ...]] = []
        self._must = [self._node(node) for node in plan.must]
        self._may = [self._node(node) for node in plan.may]
        self._phrases = [self._node(phrase) for phrase in plan.phrases]
        self._without = [self._node(node) for node in plan.without]
        self.terms = [term for term, _ in self._leaves]

    def weigh(self, stat: Sequence[int], frequencies: Mapping[str, tuple[int, ...]]) -> None:
        """Turn document frequencies into the weights of each leaf in each field."""
        n = max(1, stat[0])
        means = [max(length / n, 0.01) for length in stat[1:4]]
        self._parameters |= {"mt": means[0], "mb": means[1], "ma": means[2]}
        for number, (term, weight) in enumerate(self._leaves):
            counts = frequencies.get(term, (0, 0, 0))
            fields = [
                weight * place * (K1 + 1) * math.log(1 + (n - df + 0.5) / (df + 0.5))
                for place, df in zip((TITLE, BODY, ATTACHMENT), counts, strict=True)
            ]
            self._rows.append((number, term, *fields))

    def _value(self, value: Any) -> str:
        name = f"p{len(self._parameters)}"
        self._parameters[name] = value
        return f"%({name})s"

    def _node(self, node: Node) -> str:
        """A select of (doc, s)."""
        match node:
            case Term(text, weight):
                return self._leaf(text, weight)
            case Whole(text, weight):
                return self._leaf(WHOLE + text, weight)
            case Phrase(words, weight):
                return self._phrase(words, weight)
            case Either(nodes):
                return f"select doc, max(s) as s from ({self._union(nodes)}) e group by doc"
            case Every(nodes):
                inner = self._union(nodes)
                return f"select doc, sum(s) as s from ({inner}) e group by doc having count(*) = {len(nodes)}"

    def _leaf(self, term: str, weight: float) -> str:
        self._leaves.append((term, weight))
        return f"select doc, s from hit where leaf = {len(self._leaves) - 1}"

    def _union(self, nodes: Sequence[Node]) -> str:
        return " union all ".join(self._node(node) for node in nodes)

    def _phrase(self, words: tuple[str, ...], weight: float) -> str:
        every, run = self._value(sorted(set(words))), self._value(f" {' '.join(words)} ")
        return (
            f"select id as doc, {weight * len(words)}::float8 as s from {self.t}_text"
            f" where words @> {every}::text[] and position({run} in exact) > 0"
        )

    def _allowed(self) -> str:
        """Rights, time and filters as a condition on a document ``d``."""
        now = int(self.query.now.timestamp())
        asked = self.query.filters
        conditions = [
            f"d.readers && {self._value(sorted(self.query.readers))}::text[]",
            f"d.starts <= {self._value(now)}",
            f"d.ends > {self._value(now)}",
        ]
        for name in FACETS:
            if value := getattr(asked, name):
                conditions.append(f"d.{name} = {self._value(str(value))}")
        if asked.within:
            conditions.append(f"d.places @> array[{self._value(asked.within)}]::text[]")
        if asked.since or asked.until:
            low, high = day_number(asked.since) or 1, day_number(asked.until) or NEVER
            conditions.append(f"d.day between {self._value(low)} and {self._value(high)}")
        return " and ".join(conditions)

    def _answer(self) -> str:
        """The common tables up to ``answer(doc, s)``."""
        allowed = self._allowed()
        rows = ", ".join(
            f"({number}, {self._value(term)}, {a!r}::float8, {b!r}::float8, {c!r}::float8)"
            for number, term, a, b, c in self._rows
        )
        ctes = [f"allowed as (select d.id as doc, d.lt, d.lb, d.la from {self.t}_doc d where {allowed})"]
        if rows:
            length = f"{K1} * ({1 - B} + {B} * a.l{{f}} / %(m{{f}})s::float8)"
            score = " + ".join(f"q.w{f} * p.t{f} / (p.t{f} + {length.format(f=f)})" for f in "tba")
            ctes = [
                f"q (leaf, term, wt, wb, wa) as (values {rows})",
                f"hit as materialized (select p.doc, q.leaf, {score} as s from q join {self.t}_posting p"
                f' on p.term = q.term collate "C" join {self.t}_doc a on a.id = p.doc)',
                *ctes,
            ]
        ctes.append(f"base as ({self._base()})")
        extra = " union all ".join(["select doc, s, 1 as base from base", *self._extras()])
        ctes.append(f"answer as (select doc, sum(s) as s from ({extra}) x group by doc having max(base) = 1)")
        return f"with {', '.join(ctes)} "

    def _base(self) -> str:
        """What matches: required parts within the allowed documents, without the unwanted."""
        parts = list(self._phrases)
        if self.partial:
            some = " union all ".join(f"({m})" for m in self._must)
            parts.append(f"select doc, sum(s) as s from ({some}) m group by doc")
        else:
            parts.extend(self._must)
        unwanted = "".join(f" and not exists (select from ({w}) w where w.doc = b.doc)" for w in self._without)
        if not parts:
            return f"select b.doc, 0::float8 as s from allowed b where true{unwanted}"
        joined = " union all ".join(f"({part})" for part in parts)
        return (
            f"select b.doc, sum(b.s) as s from ({joined}) b where b.doc in (select doc from allowed){unwanted}"
            f" group by b.doc having count(*) = {len(parts)}"
        )

    def _extras(self) -> list[str]:
        """What only ranks: words of grammar, completeness, the document's own signature."""
        found = [f"select doc, s, 0 from ({may}) m" for may in self._may]
        if self.partial:
            every = " union all ".join(f"({m})" for m in self._must)
            found.append(
                f"select doc, 10000::float8, 0 from ({every}) c group by doc having count(*) = {len(self._must)}"
            )
        if self.plan.signatures:
            own = self._value(list(self.plan.signatures))
            found.append(f"select id, 1000000::float8, 0 from {self.t}_doc where signatures && {own}::text[]")
        return found

    def top(self, *, by_date: bool) -> Call:
        """Total, score, card and text of the asked page; one row with the total alone when the page is empty."""
        start = self._answer()
        order = "d.day desc, d.id" if by_date else "r.s desc, d.id"
        body = "t.body" if self.query.fragments else "''"
        limit, offset = self._value(self.query.limit), self._value(self.query.offset)
        return (
            f"""{start} select c.n, top.s, top.card, top.body from (select count(*) as n from answer) c left join (
            select r.s, t.card, {body} as body, row_number() over (order by {order}) as place
            from (select r.doc, r.s from answer r join {self.t}_doc d on d.id = r.doc order by {order}
                limit {limit} offset {offset}) r
            join {self.t}_doc d on d.id = r.doc join {self.t}_text t on t.id = r.doc) top on true
            order by top.place""",
            self._parameters,
        )

    def count(self) -> Call:
        """How many documents answer."""
        return f"{self._answer()} select count(*) from answer", self._parameters

    def facets(self) -> Call:
        """Field, value and count over all that answer."""
        start = self._answer()
        name = "".join(f" when grouping(d.{f}) = 0 then '{f}'" for f in FACETS)
        sets = ", ".join(f"(d.{f})" for f in FACETS)
        return (
            f"""{start} select case{name} end, coalesce({", ".join(f"d.{f}" for f in FACETS)}), count(*)
            from answer r join {self.t}_doc d on d.id = r.doc group by grouping sets ({sets})""",
            self._parameters,
        )

    def beginning(self, whole: tuple[str, ...], prefix: str) -> Call:
        """Cards of documents with a title word that begins with ``prefix``."""
        allowed = self._allowed()
        low, high = self._value(prefix), self._value(prefix + "\U0010ffff")
        every, limit = self._value(list(whole)), self._value(self.query.limit)
        return (
            f"""select t.card from {self.t}_doc d join {self.t}_text t on t.id = d.id where {allowed}
            and d.title_words @> {every}::text[] and d.title_words && array(
                select word from {self.t}_vocab where word >= {low} collate "C" and word < {high} collate "C"
                order by n desc limit 300)
            order by d.id limit {limit}""",
            self._parameters,
        )
