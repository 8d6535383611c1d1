"""The SQL of the PostgreSQL engine: its tables, and a plan as one statement.

A leaf of the plan that occurs in the index is a common table ``hN``: its postings in the allowed documents, with
scores. Each leaf names its term itself, so that the planner knows how often it occurs; leaves that occur nowhere
are left out. Each inner node groups what its children found. All table names are made here, and everything that
was typed is a bound parameter.
"""

# ruff: noqa: S608

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import psycopg

from search.index import FACETS, NEVER, Query, day_number
from search.plan import ATTACHMENT, BODY, TITLE, Either, Every, Node, Phrase, Plan, Term, Whole

K1, B = 1.2, 0.75
WHOLE = "="
"""Stands before a signature or compound in one piece, in the same table as the words."""
NOTHING = "select null::bigint as doc, 0::float8 as s where false"
Call = tuple[str, dict[str, Any]]

_TABLES = """
create table {t}_doc (id bigserial primary key, key text not null unique, digest text not null,
    readers text[] not null, starts bigint not null, ends bigint not null, day int not null, type text not null,
    year text not null, organ text not null, places text[] not null, status text not null, signatures text[] not null,
    title_words text[] not null, lt int not null, lb int not null, la int not null);
create table {t}_text (id bigint primary key, card text not null, body text not null, exact text not null,
    words text[] not null);
create table {t}_posting (term text collate "C" not null, doc bigint not null, tt int not null, tb int not null,
    ta int not null, primary key (term, doc) include (tt, tb, ta));
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


def _terms(node: Node) -> Iterator[str]:
    """The terms of the postings a node needs."""
    match node:
        case Term(text):
            yield text
        case Whole(text):
            yield WHOLE + text
        case Either(nodes) | Every(nodes):
            for one in nodes:
                yield from _terms(one)


def _grouped(found: Sequence[str], how: str, condition: str = "") -> str:
    union = " union all ".join(f"({one})" for one in found)
    return f"select doc, {how}(s) as s from ({union}) e group by doc{condition}"


def _best(found: Sequence[str]) -> str:
    """The best score of any; nothing when there are none."""
    return _grouped(found, "max") if found else ""


def _sum(found: Sequence[str]) -> str:
    """The scores of those found added up; nothing when there are none."""
    return found[0] if len(found) == 1 else _grouped(found, "sum") if found else ""


def _all(found: Sequence[str]) -> str:
    """What each of them found, scores added up."""
    return found[0] if len(found) == 1 else _grouped(found, "sum", f" having count(*) = {len(found)}")


class Statement:
    """One question to one generation. Call ``weigh`` before the others that rank."""

    def __init__(self, generation: str, plan: Plan, query: Query, *, partial: bool) -> None:
        self.t = f"ws_{generation}"
        self.plan, self.query, self.partial = plan, query, partial
        self.terms = sorted({term for node in (*plan.must, *plan.may, *plan.without) for term in _terms(node)})
        self._parameters: dict[str, Any] = {}
        self._leaves: dict[tuple[str, float], str] = {}
        self._documents = 1
        self._frequencies: Mapping[str, tuple[int, ...]] = {}

    def weigh(self, stat: Sequence[int], frequencies: Mapping[str, tuple[int, ...]]) -> None:
        """Learn how many documents there are, how long, and in how many each of ``terms`` occurs."""
        self._documents = max(1, stat[0])
        self._frequencies = frequencies
        means = [max(length / self._documents, 0.01) for length in stat[1:4]]
        self._parameters |= {"mt": means[0], "mb": means[1], "ma": means[2]}

    def _value(self, value: Any) -> str:
        name = f"p{len(self._parameters)}"
        self._parameters[name] = value
        return f"%({name})s"

    def _node(self, node: Node) -> str:
        """A select of (doc, s), all of them allowed documents; empty when nothing can have it."""
        match node:
            case Term(text, weight):
                return self._leaf(text, weight)
            case Whole(text, weight):
                return self._leaf(WHOLE + text, weight)
            case Phrase(words, weight):
                return self._phrase(words, weight)
            case Either(nodes):
                found = [select for node in nodes if (select := self._node(node))]
                return found[0] if len(found) == 1 else _best(found)
            case Every(nodes):
                found = [self._node(node) for node in nodes]
                return _all(found) if all(found) else ""

    def _leaf(self, term: str, weight: float) -> str:
        counts = self._frequencies.get(term, (0, 0, 0))
        if not any(counts):
            return ""
        if (term, weight) not in self._leaves:
            self._leaves[term, weight] = self._postings(term, weight, counts)
        return f"select doc, s from {self._leaves[term, weight].partition(' ')[0]}"

    def _postings(self, term: str, weight: float, counts: Sequence[int]) -> str:
        """The common table of a leaf."""
        score = " + ".join(
            f"{weight * place * (K1 + 1) * math.log(1 + (self._documents - df + 0.5) / (df + 0.5))!r}::float8"
            f" * p.t{f} / (p.t{f} + {K1} * ({1 - B} + {B} * d.l{f} / %(m{f})s::float8))"
            for f, place, df in zip("tba", (TITLE, BODY, ATTACHMENT), counts, strict=True)
            if df
        )
        return (
            f"h{len(self._leaves)} as (select p.doc, {score} as s from {self.t}_posting p"
            f" join {self.t}_doc d on d.id = p.doc where p.term = {self._value(term)} and {self._allowed})"
        )

    def _phrase(self, words: tuple[str, ...], weight: float) -> str:
        every, run = self._value(sorted(set(words))), self._value(f" {' '.join(words)} ")
        return (
            f"select t.id as doc, {weight * len(words)}::float8 as s from {self.t}_text t"
            f" join {self.t}_doc d on d.id = t.id where t.words @> {every}::text[]"
            f" and position({run} in t.exact) > 0 and {self._allowed}"
        )

    @cached_property
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

    @cached_property
    def _answer(self) -> str:
        """The common tables up to ``answer(doc, s)``."""
        base, extras = self._base(), self._extras()
        answer = f"answer as ({base})"
        if extras:
            every = " union all ".join(["select doc, s, 1 as base from base", *extras])
            whole = f"select doc, sum(s) as s from ({every}) x group by doc having max(base) = 1"
            answer = f"base as ({base}), answer as ({whole})"
        return f"with {', '.join([*self._leaves.values(), answer])} "

    def _base(self) -> str:
        """What matches: required parts within the allowed documents, without the unwanted."""
        must = [self._node(node) for node in self.plan.must]
        if must and self.partial:
            must = [_sum([one for one in must if one])]
        parts = [*(self._node(phrase) for phrase in self.plan.phrases), *must]
        if not all(parts):
            return NOTHING
        base = _all(parts) if parts else f"select d.id as doc, 0::float8 as s from {self.t}_doc d where {self._allowed}"
        unwanted = [select for node in self.plan.without if (select := self._node(node))]
        if not unwanted:
            return base
        gone = " union all ".join(f"select doc from ({one}) w" for one in unwanted)
        return f"select b.doc, b.s from ({base}) b where not exists (select from ({gone}) w where w.doc = b.doc)"

    def _extras(self) -> list[str]:
        """What only ranks: words of grammar, completeness, the document's own signature."""
        found = [f"select doc, s, 0 from ({may}) m" for node in self.plan.may if (may := self._node(node))]
        if self.partial:
            must = [self._node(node) for node in self.plan.must]
            if all(must):
                found.append(f"select doc, 10000::float8, 0 from ({_all(must)}) c")
        if self.plan.signatures:
            own = self._value(list(self.plan.signatures))
            found.append(f"select id, 1000000::float8, 0 from {self.t}_doc where signatures && {own}::text[]")
        return found

    def top(self, *, by_date: bool) -> Call:
        """Total, score, card and text of the asked page; one row with the total alone when the page is empty."""
        start = self._answer
        order = "d.day desc, r.doc" if by_date else "r.s desc, r.doc"
        days = f" join {self.t}_doc d on d.id = r.doc" if by_date else ""
        body = "t.body" if self.query.fragments else "''"
        limit, offset = self._value(self.query.limit), self._value(self.query.offset)
        return (
            f"""{start} select c.n, top.s, top.card, top.body from (select count(*) as n from answer) c left join (
            select r.s, t.card, {body} as body, row_number() over (order by {order}) as place
            from (select r.doc, r.s from answer r{days} order by {order} limit {limit} offset {offset}) r{days}
            join {self.t}_text t on t.id = r.doc) top on true
            order by top.place""",
            self._parameters,
        )

    def count(self) -> Call:
        """How many documents answer."""
        return f"{self._answer} select count(*) from answer", self._parameters

    def facets(self) -> Call:
        """Field, value and count over all that answer."""
        start = self._answer
        name = "".join(f" when grouping(d.{f}) = 0 then '{f}'" for f in FACETS)
        sets = ", ".join(f"(d.{f})" for f in FACETS)
        return (
            f"""{start} select case{name} end, coalesce({", ".join(f"d.{f}" for f in FACETS)}), count(*)
            from answer r join {self.t}_doc d on d.id = r.doc group by grouping sets ({sets})""",
            self._parameters,
        )

    def known(self, keys: Sequence[str]) -> Call:
        """Cards of the allowed documents with these keys."""
        allowed, every = self._allowed, self._value(list(keys))
        return (
            f"select t.card from {self.t}_doc d join {self.t}_text t on t.id = d.id"
            f" where d.key = any({every}::text[]) and {allowed}",
            self._parameters,
        )

    def beginning(self, whole: tuple[str, ...], prefix: str) -> Call:
        """Cards of documents with a title word that begins with ``prefix``."""
        allowed = self._allowed
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
