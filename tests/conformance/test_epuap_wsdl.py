"""Our own service descriptions and the published ones lead to the same bytes on the wire.

The published files may not be kept in this repository, so they are read from a folder beside it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from eoffice.channels.epuap import wsse
from eoffice.channels.epuap.envelopes import WSDL_DIR, Envelopes
from tests.eoffice.channels.epuap.support import Keys, make_keys

BOX = {"podmiot": "gminaX", "nazwaSkrytki": "SkrytkaESP", "adresSkrytki": "/gminaX/SkrytkaESP"}
FILE = {"nazwaPliku": "zażółć.xml", "typPliku": "text/xml", "zawartosc": bytes(range(256))}
LODGE = {
    "podmiot": "gminaX",
    "adresSkrytki": "/starostwoY/skrytka",
    "adresOdpowiedzi": "/gminaX/SkrytkaESP",
    "czyProbne": False,
}
DELIVER = {
    "terminDoreczenia": datetime(2026, 4, 1, 12, tzinfo=UTC),
    "identyfikatorDokumentu": "RPWY/7/2026",
    "identyfikatorSprawy": "OR.1431.3.2026",
}
Call = tuple[str, str, dict[str, object], dict[str, object]]
CALLS: list[Call] = [
    ("skrytka", "nadaj", FILE, LODGE),
    ("skrytka", "nadaj", FILE, LODGE | {"daneDodatkowe": b"<a/>", "czyProbne": True}),
    ("doreczyciel", "dorecz", FILE, LODGE | DELIVER),
    ("doreczyciel", "dorecz", FILE, LODGE | {"upd": FILE, "daneDodatkowe": b"<a/>"}),
    ("pull", "oczekujaceDokumenty", BOX, {}),
    ("pull", "pobierzNastepny", BOX, {}),
    ("pull", "potwierdzOdebranie", BOX | {"skrot": "2jmj7l5rSw0yVb/vlWAYkK/YBwk="}, {}),
    ("filerepo", "downloadFile", {"fileId": "abc", "subject": "gminaX"}, {}),
    ("ZarzadzanieDokumentami", "zawartoscSkladu", {"sklad": {"nazwa": "SkrytkaESP", "podmiot": "gminaX"}}, {}),
    ("ZarzadzanieDokumentami", "pobierzDokument", {"idDokumentu": 31, "podmiot": "gminaX"}, {}),
]


@pytest.fixture(scope="module")
def published() -> Path:
    """The folder of the published descriptions."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(os.environ.get("WROTA_TEST_SHARED") or beside) / "reference" / "epuap" / "wsdl"
    if not (folder / "skrytka.wsdl").exists():
        pytest.fail(
            f"The published ePUAP descriptions are not in {folder}. Set WROTA_TEST_SHARED to the folder that holds"
            " reference/epuap/wsdl (skrytka.wsdl, doreczyciel.wsdl, pull.wsdl, filerepo.wsdl and others)."
        )
    return folder


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> wsse.Identity:
    keys: Keys = make_keys(tmp_path_factory.mktemp("office"), "office")
    return wsse.Identity.load(keys.key_file, keys.certificate_file)


def wire(envelopes: Envelopes, identity: wsse.Identity, call: Call) -> tuple[bytes, dict[str, str]]:
    """What a client built on ``envelopes`` sends: signed bytes (ids counted, so equal) and HTTP headers."""
    numbers = count(1)
    request = envelopes.build(*call)
    return wsse.sign(request.envelope, identity, lambda prefix: f"{prefix}-{next(numbers)}"), dict(request.headers)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}.{call[1]}")
def test_the_same_bytes_go_on_the_wire(published: Path, identity: wsse.Identity, call: Call) -> None:
    ours, theirs = wire(Envelopes(WSDL_DIR), identity, call), wire(Envelopes(published), identity, call)
    assert ours == theirs
    assert len(ours[0]) > 1_000


def test_every_description_of_ours_is_compared() -> None:
    assert {path.stem for path in WSDL_DIR.glob("*.wsdl")} == {service for service, *_ in CALLS}


def test_none_of_ours_is_a_copy_of_a_published_one(published: Path) -> None:
    theirs = {line.strip() for path in published.glob("*.*") for line in path.read_bytes().splitlines()}
    for path in [*WSDL_DIR.glob("*.wsdl"), *WSDL_DIR.glob("*.xsd")]:
        lines = [line.strip() for line in path.read_bytes().splitlines() if line.strip()]
        same = sum(line in theirs for line in lines)
        assert same / len(lines) < 0.2, f"{path.name}: {same} of {len(lines)} lines are the same"
