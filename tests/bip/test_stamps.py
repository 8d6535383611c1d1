"""The daily checkpoint gets a time-stamp of an outside authority; whatever else the authority answers is named."""

from __future__ import annotations

import base64
import dataclasses
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from bip import stamping, stamps, verify
from bip.models import BulletinCheckpoint, BulletinStamp
from bip.stamping import HttpTimeStamper, TimeStamper
from bip.stamps import BadStamp, Stamp
from bip.verify import Problem
from portal.commands.verify_bip import verify_bip
from portal.core import settings
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.ports import Ports
from portal.core.settings import Settings
from tests.bip.authority import OTHER_POLICY, POLICY, Authority, standing
from tests.bip.test_proofs import checkpoint, fetch, publish
from tests.content.web import make_app

ITEM = "/bip/ogloszenia/uchwala"


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "tsa"
    folder.mkdir()
    with standing(folder) as here:
        yield here


@pytest.fixture
def wanted(authority: Authority, tmp_path: Path) -> Settings:
    return settings.load(
        {}, data_dir=tmp_path, timestamp_url=authority.url, timestamp_certificates=str(authority.trusted)
    )


@pytest.fixture
def town(bulletin: Database, tmp_path: Path) -> Database:
    publish(bulletin, "Uchwala")
    checkpoint(bulletin, tmp_path)
    return bulletin


def ask(database: Database, wanted: Settings, *, timeout: float = 20) -> str:
    """One round of the standing job; the outcome, empty when there was nothing to do."""
    effect, ports = stamping.effect(wanted), Ports()
    ports.bind(TimeStamper, "default", HttpTimeStamper(wanted.timestamp_url, timeout=timeout))
    with database.reading() as session:
        asked = effect.load(session, {})
    if asked is None:
        return ""
    result = effect.call(ports, asked)
    with database.transaction() as session:
        effect.save(session, {}, result)
    return result.outcome


def client(database: Database, blobs: FolderBlobStore, wanted: Settings) -> FlaskClient:
    return make_app(database, blobs, wanted.data_dir, wanted).test_client()


def test_a_stamped_checkpoint_is_published_and_holds_for_us_and_for_openssl(
    town: Database, blobs: FolderBlobStore, wanted: Settings, authority: Authority, tmp_path: Path
) -> None:
    assert (ask(town, wanted), ask(town, wanted)) == ("granted", "")
    web = client(town, blobs, wanted)
    log, proof = fetch(web, "/bip/dziennik.json"), fetch(web, f"{ITEM}/dowod.json")
    assert verify.log(log, roots=[authority.root]) == verify.item(proof, roots=[authority.root]) == []
    note, stamp = tmp_path / "3.txt", tmp_path / "3.tsr"
    note.write_bytes(web.get("/bip/dziennik/3.txt").data)
    stamp.write_bytes(web.get("/bip/dziennik/3.tsr").data)
    assert authority.verifies(note, stamp)
    assert "Znacznik" in web.get("/bip/dziennik/").text


@pytest.mark.parametrize(
    ("behave", "outcome"),
    [
        ("nonce", "nonce"), ("imprint", "imprint"), ("foreign", "certificate"), ("expired", "certificate"),
        ("not_critical", "purpose"), ("substituted", "signer"), ("garbage", "garbage"), ("html", "garbage"),
        ("huge", "too_long"), ("hang", "timeout"), ("busy", "status"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named_once_and_asked_again(
    town: Database, blobs: FolderBlobStore, wanted: Settings, authority: Authority, behave: str, outcome: str
) -> None:
    authority.behave = behave
    timeout = 0.5 if behave == "hang" else 20
    assert [ask(town, wanted, timeout=timeout), ask(town, wanted, timeout=timeout)] == [outcome, outcome]
    with town.reading() as session:
        assert [row.outcome for row in session.scalars(select(BulletinStamp))] == [outcome]
    authority.behave = ""
    assert ask(town, wanted) == "granted"


def test_a_policy_that_is_asked_for_is_required_and_a_refusal_keeps_the_words(town: Database, wanted: Settings) -> None:
    assert ask(town, dataclasses.replace(wanted, timestamp_policy=OTHER_POLICY)) == "rejected"
    with town.reading() as session:
        assert "policy" in str(session.scalar(select(BulletinStamp.said)))
    assert ask(town, dataclasses.replace(wanted, timestamp_policy=POLICY)) == "granted"


def test_nobody_is_asked_when_it_is_off_or_the_checkpoint_is_old(town: Database, wanted: Settings) -> None:
    assert ask(town, dataclasses.replace(wanted, timestamp_url="")) == ""
    with town.transaction() as session:
        session.execute(update(BulletinCheckpoint).values(at=datetime.now(UTC) - timedelta(days=8)))
    assert ask(town, wanted) == ""


def test_without_certificates_to_trust_no_stamp_is_accepted(town: Database, wanted: Settings) -> None:
    assert ask(town, dataclasses.replace(wanted, timestamp_certificates="/nie/ma.pem")) == "no_roots"


def test_an_authority_that_is_away_is_unreachable(town: Database, wanted: Settings) -> None:
    assert ask(town, dataclasses.replace(wanted, timestamp_url="http://127.0.0.1:9/tsa")) == "unreachable"


@pytest.mark.parametrize(("days", "code"), [(-1, "early"), (8, "late")])
def test_a_stamp_must_be_of_the_time_that_the_checkpoint_states(days: int, code: str) -> None:
    now = datetime.now(UTC)
    with pytest.raises(BadStamp) as refused:
        stamps.timely(Stamp(now + timedelta(days=days), POLICY, ""), now)
    assert refused.value.code == code


def test_a_forged_checkpoint_finds_no_stamp_and_a_lost_stamp_is_missed(
    town: Database, blobs: FolderBlobStore, wanted: Settings
) -> None:
    ask(town, wanted)
    log = fetch(client(town, blobs, wanted), "/bip/dziennik.json")
    stamp = log["stamps"][0]
    damaged = base64.b64encode(base64.b64decode(stamp["answer"])[:-1] + b"\1").decode()
    assert verify.log({**log, "stamps": [{**stamp, "answer": damaged}]})
    assert verify.log({**log, "stamps": [{**stamp, "size": 2}]}) == [Problem("stamp_of_nothing", 2)]
    assert verify.log({**log, "stamp_certificates": ""}) == [Problem("stamp_no_roots", 3)]
    assert verify.growth(log, {**log, "stamps": []}) == [Problem("stamp_gone", 3)]


def test_the_command_checks_the_stamp_of_a_bundle_with_the_certificate_one_trusts(
    town: Database, blobs: FolderBlobStore, wanted: Settings, authority: Authority, tmp_path: Path
) -> None:
    ask(town, wanted)
    kept, said = tmp_path / "paczka.zip", list[str]()
    with client(town, blobs, wanted).get(f"{ITEM}/paczka.zip") as answer:
        kept.write_bytes(answer.data)
    assert verify_bip(str(kept), said.append, tsa=str(authority.trusted))
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes((authority.folder / "signer.pem").read_bytes())
    assert not verify_bip(str(kept), said.append, tsa=str(stranger))
    assert any("nie prowadzi do zaufanego urzędu" in line for line in said)
    with zipfile.ZipFile(BytesIO(kept.read_bytes())) as package:
        assert {"stan.txt", "stan.tsr", "stan.tsq"} <= set(package.namelist())
