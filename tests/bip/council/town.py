"""A council of five and its sessions, for tests."""

from __future__ import annotations

from typing import Any

from bip.council import actions as council
from bip.council.agenda import Point
from bip.council.voting import Vote
from portal.content import actions
from portal.core.actors import SYSTEM, Actor
from portal.core.db import Database

MARKS = {"publisher": "Urząd", "produced_by": "Biuro Rady", "produced_on": "2026-01-02"}
NAMES = ("Anna Nowak", "Jan Kowal", "Ewa Lipa", "Piotr Mak", "Zofia Żak")
KEYS = ("anna-nowak", "jan-kowal", "ewa-lipa", "piotr-mak", "zofia-zak")
HELD = "2026-11-19"


def term(database: Database, *, first: str = "2024-05-07", last: str = "", seats: str = "5") -> int:
    """A public term of office with its roll."""
    with database.transaction() as session:
        fields = MARKS | {"starts_on": first, "ends_on": last, "seats": seats}
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "council_term", f"Kadencja {first}", fields=fields
        )
        council.set_roll(session, SYSTEM, item.id, [{"name": name} for name in NAMES])
        return actions.publish(session, SYSTEM, item.id).id


def sitting(database: Database, name: str = "sesja", *, actor: Actor = SYSTEM, **more: Any) -> int:
    """A session that is a working copy yet."""
    fields = MARKS | {"number": "XXVIII", "held_on": HELD} | more
    with database.transaction() as session:
        return actions.create_item(
            session,
            actor,
            "/bip/ogloszenia",
            "session",
            f"Sesja {name}",
            name=name,
            fields=fields,
            body="<p>Obrady.</p>",
        ).id


def points(database: Database, item_id: int, *titles: str) -> None:
    with database.transaction() as session:
        found = [Point(number, title) for number, title in enumerate(titles, 1)]
        council.set_agenda(session, SYSTEM, item_id, found)


def vote(database: Database, item_id: int, subject: str, ways: str, *, actor: Actor = SYSTEM, **more: Any) -> None:
    """``ways``: a letter for each councillor, + for, - against, o abstained, n silent, x absent."""
    meant = {"+": "for", "-": "against", "o": "abstained", "n": "silent", "x": "absent"}
    cast = {key: meant[sign] for key, sign in zip(KEYS, ways, strict=True)}
    facts: dict[str, Any] = {"key": 0, "point": 0, "act": 0, "majority": "simple"} | more
    with database.transaction() as session:
        council.set_vote(session, actor, item_id, Vote(subject=subject, cast=cast, **facts))


def publish(database: Database, item_id: int, *, actor: Actor = SYSTEM, reason: str = "") -> None:
    with database.transaction() as session:
        actions.publish(session, actor, item_id, reason=reason)


def resolution(database: Database, number: str, name: str) -> int:
    fields = MARKS | {"number": number, "adopted_on": HELD, "in_force": "in_force"}
    with database.transaction() as session:
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "resolution", f"Uchwała {number}", name=name, fields=fields
        )
        return actions.publish(session, SYSTEM, item.id).id
