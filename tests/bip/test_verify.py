"""What an outsider's check finds: a thousand forgeries, a bundle from the web checked offline, in words."""

from __future__ import annotations

import copy
import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from flask.testing import FlaskClient

from bip import actions as bip
from bip import merkle, notes, verify
from portal.commands.verify_bip import CannotRead, verify_bip
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.test_proofs import checkpoint, fetch, publish
from tests.content.web import make_app

ITEM = "/bip/ogloszenia/uchwala"
FORGERIES = 1000


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    number = publish(bulletin, "Uchwala")
    with bulletin.transaction() as session:
        bip.correct(session, SYSTEM, number, reason="Omyłka", body_html="<p>Inaczej</p>")
    for title in ("A", "B", "C"):
        publish(bulletin, title)
    checkpoint(bulletin, tmp_path)
    return make_app(bulletin, blobs, tmp_path).test_client()


def packed(client: FlaskClient) -> bytes:
    with client.get(f"{ITEM}/paczka.zip") as answer:
        return bytes(answer.data)


def forged_log(chance: random.Random, log: dict[str, Any]) -> dict[str, Any]:
    """What someone with every right in the database makes of it: leaves changed, all sums counted anew."""
    leaves, at = list(log["leaves"]), chance.randrange(log["size"])
    other = merkle.leaf_hash(chance.randbytes(8)).hex()
    kind = chance.choice(("change", "remove", "insert", "swap", "cut", "rewrite"))
    if kind == "change":
        leaves[at] = other
    elif kind == "remove":
        del leaves[at]
    elif kind == "insert":
        leaves.insert(at, other)
    elif kind == "swap":
        two = (at + chance.randrange(1, len(leaves))) % len(leaves)
        leaves[at], leaves[two] = leaves[two], leaves[at]
    elif kind == "cut":
        leaves = leaves[:at]
    else:
        leaves[at:] = [merkle.leaf_hash(chance.randbytes(8)).hex() for _ in leaves[at:]]
    made = merkle.root([bytes.fromhex(leaf) for leaf in leaves]).hex()
    return {**log, "leaves": leaves, "size": len(leaves), "root": made}


def forged_proof(chance: random.Random, proof: dict[str, Any]) -> dict[str, Any]:
    """One fact of one leaf changed, its own sums counted anew by chance."""
    made = copy.deepcopy(proof)
    leaf = chance.choice(made["leaves"])
    name = chance.choice(("at", "act", "path", "number", "position", "content", "digest"))
    if name == "content":
        leaf["content"]["body"] += "!"
        leaf["digest"] = verify.digest(leaf["salt"], leaf["content"]) if chance.random() < 0.5 else leaf["digest"]
    elif name in ("number", "position"):
        leaf[name] += 1
    else:
        leaf[name] = {"at": "2020-01-01T00:00:00+00:00", "act": "withdrawn", "path": "/bip/x", "digest": "0" * 64}[name]
    if chance.random() < 0.5:
        facts = [leaf[key] for key in ("position", "act", "item", "number", "at", "path", "digest")]
        leaf["hash"] = merkle.leaf_hash(verify.canonical(facts)).hex()
    return made


def test_every_one_of_a_thousand_forged_logs_and_proofs_is_found(client: FlaskClient) -> None:
    chance = random.Random(6962)
    log, proof = fetch(client, "/bip/dziennik.json"), fetch(client, f"{ITEM}/dowod.json")
    for _ in range(FORGERIES):
        forged = forged_log(chance, log)
        assert verify.log(forged)
        assert verify.growth(log, {**forged, "checkpoints": []})
        assert verify.item(forged_proof(chance, proof))


def test_a_bundle_fetched_from_the_page_holds_without_the_office(client: FlaskClient, tmp_path: Path) -> None:
    kept, said = tmp_path / "paczka.zip", list[str]()
    kept.write_bytes(packed(client))
    key = str(fetch(client, "/bip/dziennik.json")["key"])
    assert verify_bip(str(kept), said.append, key=key)
    assert said[-1] == "Wszystko się zgadza."


def test_a_bundle_with_a_changed_file_is_named_broken(client: FlaskClient, tmp_path: Path) -> None:
    folder, said = tmp_path / "paczka", list[str]()
    with zipfile.ZipFile(io.BytesIO(packed(client))) as package:
        package.extractall(folder)
    page = folder / "index.html"
    page.write_text(page.read_text().replace("Inaczej", "Jeszcze inaczej"))
    assert not verify_bip(str(folder), said.append)
    assert "Plik index.html zmieniono, dodano lub usunięto." in said


def test_a_bundle_damaged_on_its_way_is_said_to_be_unreadable(client: FlaskClient, tmp_path: Path) -> None:
    kept, said = tmp_path / "paczka.zip", list[str]()
    data = bytearray(packed(client))
    data[len(data) // 4] ^= 0xFF
    kept.write_bytes(data)
    assert not verify_bip(str(kept), said.append)


def test_a_proof_signed_with_another_key_than_the_kept_one_is_refused(client: FlaskClient, tmp_path: Path) -> None:
    kept, said = tmp_path / "dowod.json", list[str]()
    kept.write_bytes(client.get(f"{ITEM}/dowod.json").data)
    stranger = notes.public_text(notes.Ed25519PrivateKey.generate().public_key())
    assert not verify_bip(str(kept), said.append, key=stranger)
    assert any("podpisał go kto inny" in line for line in said)


@pytest.mark.parametrize("data", ["{}", "[]", "nic", json.dumps({"leaves": ["zz"], "audit_path": 1})])
def test_what_is_no_proof_is_said_to_be_none(data: str, tmp_path: Path) -> None:
    kept, said = tmp_path / "dowod.json", list[str]()
    kept.write_text(data)
    assert not verify_bip(str(kept), said.append)
    assert said == ["To nie jest dowód ani dziennik Biuletynu: pliku nie da się odczytać."]


def test_a_place_with_nothing_to_check_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="Nie ma tu czego sprawdzić"):
        verify_bip(str(tmp_path), print)


def test_the_check_loads_no_database_code() -> None:
    code = "import sys, bip.verify; sys.exit(any(name.startswith(('sqlalchemy', 'portal')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_withdrawn_page_gives_no_bundle_and_a_proof_that_says_nothing_of_its_text(
    client: FlaskClient, bulletin: Database, tmp_path: Path
) -> None:
    number = publish(bulletin, "Z bledem")
    with bulletin.transaction() as session:
        bip.withdraw(session, SYSTEM, number, reason="Omyłka")
    assert client.get("/bip/ogloszenia/z-bledem/paczka.zip").status_code == 404
    kept, said = tmp_path / "dowod.json", list[str]()
    kept.write_bytes(client.get("/bip/ogloszenia/z-bledem/dowod.json").data)
    assert verify_bip(str(kept), said.append)
    assert "treści nie pokazano, bo ją wycofano" in " ".join(said)


def test_the_log_of_a_copy_is_parsed_once(client: FlaskClient, tmp_path: Path) -> None:
    log = client.get("/bip/dziennik.json").data
    (tmp_path / "dziennik.json").write_bytes(log)
    parsed = list[bytes]()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is json.loads.__code__ and frame.f_locals["s"] == log:
            parsed.append(log)

    sys.setprofile(note)
    try:
        assert verify_bip(str(tmp_path), lambda _: None)
    finally:
        sys.setprofile(None)
    assert len(parsed) == 1
