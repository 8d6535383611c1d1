"""What an outsider can find out: anything changed, removed or back-dated after publication."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from bip import checkpoints, merkle, notes, verify
from bip import effects as bip_effects
from bip.models import BulletinLeaf
from bip.verify import Problem
from portal.content import actions
from portal.content.models import ItemVersion
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.ports import Ports
from tests.content.web import make_app


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def publish(database: Database, title: str) -> int:
    with database.transaction() as session:
        marks = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-11-20"}
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "bip_page", title, body=f"<p>{title}</p>", fields=marks
        )
        return actions.publish(session, SYSTEM, item.id).id


def checkpoint(database: Database, folder: Path) -> int:
    """Run the daily effect; how many checkpoints it made."""
    effect = bip_effects.effects(lambda: checkpoints.log_key(folder / "bip_log_key.pem"))[0]
    with database.reading() as session:
        request = effect.load(session, {})
    if request is None:
        return 0
    result = effect.call(Ports(), request)
    with database.transaction() as session:
        effect.save(session, {}, result)
    return 1


def fetch(client: FlaskClient, address: str) -> dict[str, Any]:
    found = client.get(address).json
    assert isinstance(found, dict)
    return found


def test_a_checkpoint_is_made_when_there_is_something_new(
    client: FlaskClient, bulletin: Database, tmp_path: Path
) -> None:
    publish(bulletin, "Pierwsza")
    assert checkpoint(bulletin, tmp_path) == 1
    assert checkpoint(bulletin, tmp_path) == 0
    publish(bulletin, "Druga")
    assert checkpoint(bulletin, tmp_path) == 1
    log = fetch(client, "/bip/dziennik.json")
    assert len(log["checkpoints"]) == 2
    assert verify.log(log) == []


def test_growth_between_two_sizes_is_proved(client: FlaskClient, bulletin: Database) -> None:
    for title in ("A", "B", "C"):
        publish(bulletin, title)
    proof = fetch(client, "/bip/dziennik/2/5.json")
    roots = (bytes.fromhex(proof["first_root"]), bytes.fromhex(proof["second_root"]))
    steps = [bytes.fromhex(step) for step in proof["proof"]]
    assert merkle.consistent(2, 5, *roots, steps)
    assert client.get("/bip/dziennik/2/50.json").status_code == 404


def test_a_text_changed_in_the_database_is_found(client: FlaskClient, bulletin: Database) -> None:
    number = publish(bulletin, "Uchwala")
    with bulletin.transaction() as session:
        session.execute(update(ItemVersion).where(ItemVersion.item_id == number).values(body="<p>inaczej</p>"))
    problems = verify.item(fetch(client, "/bip/ogloszenia/uchwala/dowod.json"))
    assert problems == [Problem("content", 2)]


def test_a_back_dated_leaf_is_found_even_when_its_hash_is_made_anew(
    client: FlaskClient, bulletin: Database, tmp_path: Path
) -> None:
    publish(bulletin, "Uchwala")
    checkpoint(bulletin, tmp_path)
    kept = fetch(client, "/bip/dziennik.json")
    with bulletin.transaction() as session:
        forged = merkle.leaf_hash(b"forged").hex()
        session.execute(update(BulletinLeaf).where(BulletinLeaf.position == 1).values(hash=forged))
    now = fetch(client, "/bip/dziennik.json")
    assert verify.log(now) == [Problem("changed", 3)]
    assert verify.growth(kept, now) == [Problem("between", 1)]


def test_a_removed_leaf_is_found(client: FlaskClient, bulletin: Database, tmp_path: Path) -> None:
    publish(bulletin, "Uchwala")
    checkpoint(bulletin, tmp_path)
    kept = fetch(client, "/bip/dziennik.json")
    with bulletin.transaction() as session:
        session.delete(session.get_one(BulletinLeaf, 2))
    now = fetch(client, "/bip/dziennik.json")
    assert verify.log(now) == [Problem("shorter", 3)]
    assert verify.growth(kept, now) == [Problem("between", 2)]


def test_a_checkpoint_signed_by_somebody_else_is_refused(
    client: FlaskClient, bulletin: Database, tmp_path: Path
) -> None:
    checkpoint(bulletin, tmp_path)
    log = fetch(client, "/bip/dziennik.json")
    stranger = notes.public_text(checkpoints.log_key(tmp_path / "other.pem").public_key())
    assert verify.log(log, key=stranger) == [Problem("note", 1)]
    log["checkpoints"] = ["nonsense"]
    assert verify.log(log) == [Problem("note", 1)]
