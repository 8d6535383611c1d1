"""A thousand forgeries by someone with every right in the database: an outsider's kept copies show each of them."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from bip import actions as bip
from bip import auditing, checkpoints, exports, journal, merkle, notes, proofs, tree, verify, verify_register
from bip.digests import leaf_data
from bip.models import BulletinLeaf, BulletinNode
from bip.types import LEAVES
from portal.commands.verify_bip import CannotRead, verify_bip
from portal.content import queries
from portal.content.models import Item, ItemVersion
from portal.core import events
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.events import Event, EventHead, EventRef
from portal.core.numbering import NumberSeries
from tests.bip.test_proofs import checkpoint, publish

FORGERIES = 1000 if os.environ.get("WROTA_TEST_FULL") == "1" else 64
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

Forger = Callable[[random.Random, Session], None]


@dataclass(frozen=True)
class Copies:
    """What an outsider keeps: the log, the register of changes, and every item's proof."""

    log: dict[str, Any]
    register: dict[str, Any]
    items: dict[str, Any]


def taken(session: Session, key: str, paths: list[str]) -> Copies:
    pages = {path: queries.page_at(session, path) for path in paths}
    kept = {path: proofs.of_item(session, page, key) for path, page in pages.items() if page is not None}
    rows = [exports.register_row(line, "") for line in journal.parts(lambda: nullcontext(session), journal.changes())]
    log = json.loads("".join(proofs.log(lambda: nullcontext(session), key)))
    return Copies(log, {"rows": rows}, kept)


def problems(kept: Copies, now: Copies) -> list[verify.Problem]:
    """All that the outsider finds, with the copies kept from before the forgery."""
    key = str(kept.log["key"])
    found = (
        verify.log(now.log, key=key)
        + verify.growth(kept.log, now.log)
        + verify_register.register(now.register, kept.register)
    )
    found += verify_register.places(now.register, now.log, whole=True)
    for path, before in kept.items.items():
        after = now.items.get(path)
        found += verify.item(after, kept.log, key=key) if after else [verify.Problem("absent", path)]
        if after and len(after["leaves"]) < len(before["leaves"]):
            found.append(verify.Problem("absent", path))
    return found


def stored(session: Session, table: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.execute(select(*table.__table__.columns))]


def leaves(session: Session) -> list[dict[str, Any]]:
    return sorted(stored(session, BulletinLeaf), key=lambda row: row["position"])


def some_leaf(chance: random.Random, session: Session) -> dict[str, Any]:
    return chance.choice(leaves(session))


def written(chance: random.Random, session: Session, leaf: dict[str, Any], **changed: Any) -> None:
    """The leaf with other facts; its own hash and the tree above it are made anew by chance."""
    made = {**leaf, **changed}
    if chance.random() < 0.7:
        number = session.scalar(select(ItemVersion.number).where(ItemVersion.id == made["version_id"])) or 0
        facts = (made["position"], made["act"], made["item_id"], number, made["at"], made["path"], made["digest"])
        made["hash"] = merkle.leaf_hash(leaf_data(*facts)).hex()
    session.execute(delete(BulletinLeaf).where(BulletinLeaf.position == made["position"]))
    session.execute(insert(BulletinLeaf), [made])


def edited_leaf(chance: random.Random, session: Session) -> None:
    name, value = chance.choice(
        [("path", "/bip/inna"), ("act", "moved"), ("digest", "0" * 64), ("salt", "1" * 32), ("at", LONG_AGO)]
    )
    written(chance, session, some_leaf(chance, session), **{name: value})


def deleted_leaf(chance: random.Random, session: Session) -> None:
    session.execute(delete(BulletinLeaf).where(BulletinLeaf.position == some_leaf(chance, session)["position"]))


def inserted_leaf(chance: random.Random, session: Session) -> None:
    """Between the others, which move up by one; or after them, with a moment long past."""
    place, end = some_leaf(chance, session), tree.size(session)
    at = chance.choice([place["position"], end])
    later = [row for row in leaves(session) if row["position"] >= at]
    session.execute(delete(BulletinLeaf).where(BulletinLeaf.position >= at))
    session.execute(update(NumberSeries).where(NumberSeries.name == LEAVES).values(last=end + 1))
    for row in [
        {**place, "position": at, "at": LONG_AGO},
        *({**row, "position": row["position"] + 1} for row in later),
    ]:
        written(chance, session, row)


def swapped_leaves(chance: random.Random, session: Session) -> None:
    one, two = chance.sample(leaves(session), 2)
    written(chance, session, one, **{**two, "position": one["position"]})
    written(chance, session, two, **{**one, "position": two["position"]})


def edited_version(chance: random.Random, session: Session) -> None:
    name, value = chance.choice([("body", "<p>x</p>"), ("title", "x"), ("author", "x"), ("published_by", "x")])
    chosen = ItemVersion.id == some_leaf(chance, session)["version_id"]
    session.execute(update(ItemVersion).where(chosen).values({name: value}))


def backdated(chance: random.Random, session: Session) -> None:
    """The version says it was made available long ago, or the item does; the leaf as if it never covered that."""
    leaf = some_leaf(chance, session)
    if chance.random() < 0.5:
        session.execute(update(Item).where(Item.id == leaf["item_id"]).values(published_at=LONG_AGO))
        return
    session.execute(update(ItemVersion).where(ItemVersion.id == leaf["version_id"]).values(published_at=LONG_AGO))
    if chance.random() < 0.5:
        session.execute(update(BulletinLeaf).values(form=1))


def deleted_version(chance: random.Random, session: Session) -> None:
    session.execute(delete(ItemVersion).where(ItemVersion.id == some_leaf(chance, session)["version_id"]))


def some_event(chance: random.Random, session: Session) -> dict[str, Any]:
    public = [row for row in stored(session, Event) if row["verb"] in journal.ACTS and row["audience"] == "public"]
    return chance.choice(sorted(public, key=lambda row: row["seq"]))


def edited_event(chance: random.Random, session: Session) -> None:
    name, value = chance.choice(
        [("at", LONG_AGO), ("verb", "bip.moved"), ("verb", "bip.quiet"), ("audience", "office")]
    )
    session.execute(update(Event).where(Event.seq == some_event(chance, session)["seq"]).values({name: value}))
    rechained(chance, session)


def deleted_event(chance: random.Random, session: Session) -> None:
    seq = some_event(chance, session)["seq"]
    session.execute(delete(EventRef).where(EventRef.seq == seq))
    session.execute(delete(Event).where(Event.seq == seq))
    rechained(chance, session)


def rechained(chance: random.Random, session: Session) -> None:
    """Half of the time the whole chain is counted anew, so that the office's own check finds nothing."""
    if chance.random() < 0.5:
        return
    previous = events.GENESIS
    for row in sorted(stored(session, Event), key=lambda row: row["seq"]):
        at = row["at"].isoformat()
        facts = (row["actor"], row["verb"], row["audience"], row["refs"], row["data"])
        mark = events.digest(previous, row["seq"], at, *facts)
        session.execute(update(Event).where(Event.seq == row["seq"]).values(previous=previous, hash=mark))
        previous = mark
    session.execute(update(EventHead).values(hash=previous))


FORGERS: list[Forger] = [
    edited_leaf, deleted_leaf, inserted_leaf, swapped_leaves, edited_version, deleted_version, edited_event,
    deleted_event, backdated,
]  # fmt: skip


CHAINED = (edited_event, deleted_event)
"""What the office's own check finds by the chain of events, when that was not counted anew."""


def forged(chance: random.Random, session: Session, forger: Forger, key: str, paths: list[str]) -> Copies | None:
    """What the outsider is shown after the forgery; ``None`` when a proof can no longer be made at all."""
    keys = "set local session_replication_role = replica"
    session.execute(text(keys if session.get_bind().dialect.name == "postgresql" else "pragma defer_foreign_keys = on"))
    forger(chance, session)
    if chance.random() < 0.7:
        session.execute(delete(BulletinNode))
    session.expire_all()
    if forger not in CHAINED:
        assert list(auditing.faults(lambda: nullcontext(session))), f"{forger.__name__} unseen from inside"
    try:
        return taken(session, key, paths)
    except (LookupError, AttributeError):
        return None


@pytest.fixture
def town(bulletin: Database, tmp_path: Path) -> Database:
    number = publish(bulletin, "Uchwala")
    with bulletin.transaction() as session:
        bip.correct(session, SYSTEM, number, reason="Omyłka", body_html="<p>Inaczej</p>")
    for title in ("A", "B", "C"):
        publish(bulletin, title)
    checkpoint(bulletin, tmp_path)
    return bulletin


def test_every_forgery_in_the_database_is_found_with_the_copies_kept_outside(town: Database, tmp_path: Path) -> None:
    chance = random.Random(9162)
    key = notes.public_text(checkpoints.log_key(tmp_path / "bip_log_key.pem").public_key())
    with town.reading() as session:
        paths = sorted(set(session.scalars(select(BulletinLeaf.path))))
        kept = taken(session, key, paths)
        assert list(auditing.faults(lambda: nullcontext(session))) == problems(kept, kept) == []
    for number in range(FORGERIES):
        forger = FORGERS[number % len(FORGERS)]
        with Session(town.write) as session:  # never committed: the next forger finds the town whole
            now = forged(chance, session, forger, key, paths)
        assert now is None or problems(kept, now), f"{forger.__name__}, number {number}"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("at", LONG_AGO.isoformat(), "register_facts"), ("act", "withdrawn", "register_facts"),
        ("item", 1, "register_facts"), ("leaf", None, "register_no_leaf"), ("leaf", 0, "register_twice"),
        ("", None, "register_missing"),
    ],
)  # fmt: skip
def test_a_line_of_the_register_is_compared_with_its_leaf_without_any_kept_copy(
    town: Database, name: str, value: object, code: str
) -> None:
    with town.reading() as session:
        now = taken(session, "", [])
    line = now.register["rows"][1]
    now.register["rows"][1:2] = [{**line, name: value}] if name else []
    problems = verify_register.places(now.register, now.log, whole=True)
    place = line["leaf"] if code == "register_missing" else line["seq"]
    assert verify.Problem(code, place) in problems


def lines(*numbers: int, reason: str = "") -> str:
    facts = {"at": "2026-11-24T10:00:00+00:00", "act": "updated", "item": 1, "version": 1, "event_hash": "0"}
    return json.dumps({"rows": [{"seq": seq, "reason": reason, **facts} for seq in numbers]})


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (lines(9, 5, 3), "Wszystko się zgadza."),
        (lines(9, 3), "Rejestr zmian: wiersza 5 z wcześniejszej kopii już nie ma."),
        (lines(5, 4, 3), "Rejestr zmian: wiersz 4 dopisano później między wiersze, które już były."),
        (lines(5, 3, reason="x"), "Rejestr zmian: wiersz 3 mówi co innego niż we wcześniejszej kopii."),
        (lines(5, 3, 3), "Rejestr zmian: wiersz 3 stoi nie na swoim miejscu albo jest powtórzony."),
    ],
)
def test_the_register_of_changes_is_compared_with_a_kept_copy(now: str, said: str, tmp_path: Path) -> None:
    kept, new, heard = tmp_path / "kept.json", tmp_path / "new.json", list[str]()
    kept.write_text(lines(5, 3))
    new.write_text(now)
    assert verify_bip(str(new), heard.append, earlier=str(kept)) == (said == "Wszystko się zgadza.")
    assert said in heard


def test_a_kept_copy_of_another_kind_is_refused_in_words(tmp_path: Path) -> None:
    register, log = tmp_path / "rejestr.json", tmp_path / "dziennik.json"
    register.write_text(lines(3))
    log.write_text("{}")
    with pytest.raises(CannotRead, match="tego samego rodzaju"):
        verify_bip(str(register), print, earlier=str(log))
