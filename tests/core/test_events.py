"""The event log: one changed byte, a removed or an added link is found and named."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core import events
from portal.core.actors import SYSTEM, system_for, user
from portal.core.db import Database
from portal.core.events import Break

COLUMNS = ("at", "actor", "verb", "audience", "refs", "data", "previous", "hash")
TEXTS = ("actor", "verb", "audience", "previous", "hash")
LINKS = 40


def write(database: Database, count: int = LINKS) -> None:
    for number in range(count // 2):
        with database.transaction() as session:
            facts = {"number": number, "code": "ąż", "list": [1, "b", None], "deep": {"on": True}}
            events.record(session, SYSTEM, "thing.made", [f"thing:{number}"], data=facts)
            events.record(session, user(7), "thing.seen", [f"thing:{number}", "case:1"], audience="citizen")


def verdict(database: Database) -> Break | None:
    with database.reading() as session:
        return events.broken_link(session)


def spoil(database: Database, statement: str, **values: Any) -> Break | None:
    """What the walk says after ``statement``, which is then taken back."""
    with database.write.connect() as connection:
        with Session(bind=connection) as session:
            session.execute(text(statement), values)
            found = events.broken_link(session)
            session.rollback()
        connection.rollback()
    return found


def test_a_whole_chain_holds_and_tells_its_story(database: Database) -> None:
    write(database)
    assert verdict(database) is None
    with database.reading() as session:
        assert [e.verb for e in events.history(session, "thing:3")] == ["thing.made", "thing.seen"]
        seen = events.history(session, "case:1", audiences=["citizen"], limit=3)
        assert [(e.seq, e.actor) for e in seen] == [(2, "user:7"), (4, "user:7"), (6, "user:7")]
        assert events.history(session, "thing:3", audiences=["public"]) == []


def test_an_empty_log_is_whole(database: Database) -> None:
    assert verdict(database) is None


def test_an_act_that_failed_leaves_no_event(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as session:
            events.record(session, SYSTEM, "thing.made", ["thing:1"])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    write(database, 2)
    with database.reading() as session:
        assert [e.seq for e in events.history(session, "thing:0")] == [1, 2]


def _change(dice: random.Random, value: str) -> str:
    """``value`` with one character made another."""
    place = dice.randrange(len(value))
    other = dice.choice([c for c in '0123456789abcdef{}[],:" ' if c != value[place]])
    return value[:place] + other + value[place + 1 :]


def test_a_thousand_single_byte_changes_are_all_found(database: Database) -> None:
    """PostgreSQL's typed columns refuse most single bytes, so there the columns of text are spoilt."""
    write(database)
    dice, missed = random.Random(20260302), []
    columns = COLUMNS if database.is_sqlite else TEXTS
    for _ in range(1000):
        seq, column = dice.randint(1, LINKS), dice.choice(columns)
        with database.reading() as session:
            stored = session.execute(text(f"select {column} from event where seq = {seq}")).scalar_one()  # noqa: S608
        changed = _change(dice, stored)
        found = spoil(database, f"update event set {column} = :value where seq = :seq", value=changed, seq=seq)  # noqa: S608
        if found is None or found.seq != seq:
            missed.append((seq, column, stored, changed, found))
    assert missed == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update event set verb = 'thing.hidden' where seq = 5", Break(5, "content")),
        ("update event set at = '2020-01-01 00:00:00.000000' where seq = 5", Break(5, "content")),
        ("delete from event_ref where seq = 5", Break(5, "refs")),
        ("insert into event_ref (seq, ref) values (5, 'case:99')", Break(5, "refs")),
        ("update event set previous = hash where seq = 5", Break(5, "predecessor")),
        ("delete from event_ref where seq = 40; delete from event where seq = 40", Break(40, "head")),
        ("delete from event_ref where seq = 5; delete from event where seq = 5", Break(5, "missing")),
        ("delete from event_ref where seq < 3; delete from event where seq < 3", Break(1, "missing")),
        ("update event_head set hash = 'x'", Break(41, "head")),
        ("delete from event_head", Break(41, "head")),
    ],
)
def test_tampering_is_named_at_its_first_link(database: Database, statement: str, found: Break) -> None:
    write(database)
    with database.transaction() as session:
        for part in statement.split("; "):
            session.execute(text(part))
    assert verdict(database) == found


def test_a_link_slipped_in_at_the_end_is_found(database: Database) -> None:
    write(database, 2)
    with database.transaction() as session:
        session.execute(
            text(
                "insert into event (seq, at, actor, verb, audience, refs, data, previous, hash)"
                " select 3, at, actor, verb, audience, refs, data, hash, 'abc' from event where seq = 2"
            )
        )
    assert verdict(database) == Break(3, "content")


def test_the_log_refuses_what_it_could_not_hash_the_same_for_ever(database: Database) -> None:
    with database.transaction() as session:
        for facts in ({"share": 0.5}, {"deep": [1, {"x": 1e16}]}, {"nan": float("nan")}):
            with pytest.raises(ValueError):
                events.record(session, SYSTEM, "thing.made", [], data=facts)
        with pytest.raises(ValueError):
            events.record(session, SYSTEM, "thing.made", [], audience="friends")


def test_keys_that_are_numbers_hash_as_they_are_stored(database: Database) -> None:
    with database.transaction() as session:
        events.record(session, SYSTEM, "thing.made", [], data={10: "a", 9: "b"})  # type: ignore[dict-item]
    assert verdict(database) is None


def test_actors_are_named_as_they_acted() -> None:
    assert [system_for(7).ref, system_for(None).ref, user(3).ref] == ["system/user:7", "system", "user:3"]
