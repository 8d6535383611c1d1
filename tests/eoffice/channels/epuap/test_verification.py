"""A signed answer is believed in the shapes the server writes, and in none that an attacker makes of it."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from lxml import etree

from eoffice.channels.epuap import verification
from eoffice.channels.epuap.xmldsig import BadSignature
from portal.core import xml
from tests.eoffice.channels.epuap import wrapping
from tests.eoffice.channels.epuap.support import Keys, answer_text, document, status

PAYLOAD = status(
    "OdpowiedzSkrytki",
    1,
    "<identyfikatorDokumentu>123456</identyfikatorDokumentu><identyfikatorUpp>123457</identyfikatorUpp>"
    + document(b"<upp/>", "zalacznik", "UPP.xml"),
)
MUTATIONS = 20_000 if os.environ.get("WROTA_TEST_FULL") == "1" else 500


def read(data: bytes, *pinned: bytes) -> bytes:
    """What the client would use of an answer: the canonical bytes of the verified Body."""
    body = verification.verified_body(xml.parse(data), pinned)
    return etree.tostring(body, method="c14n", exclusive=True)


@pytest.fixture(scope="module")
def genuine(server_keys: Keys) -> bytes:
    return answer_text(PAYLOAD, server_keys)


@pytest.mark.parametrize("soap", ["soapenv", "S", "ns7"])
@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("timestamp", [False, True])
def test_every_shape_the_server_writes_is_believed(
    server_keys: Keys, soap: str, inclusive: bool, timestamp: bool
) -> None:
    data = answer_text(PAYLOAD, server_keys, soap=soap, inclusive=inclusive, timestamp=timestamp)
    assert b"<identyfikatorDokumentu>123456</identyfikatorDokumentu>" in read(data, server_keys.der)


def test_during_a_roll_over_both_pinned_certificates_are_believed(server_keys: Keys, stranger: Keys) -> None:
    for keys in (server_keys, stranger):
        assert read(answer_text(PAYLOAD, keys), server_keys.der, stranger.der)


def test_a_well_made_signature_by_a_certificate_not_pinned_is_refused(server_keys: Keys, stranger: Keys) -> None:
    with pytest.raises(BadSignature) as refusal:
        read(answer_text(PAYLOAD, stranger), server_keys.der)
    assert refusal.value.code == "untrusted_certificate"


def test_no_wrapped_answer_is_believed_and_none_crashes(genuine: bytes, server_keys: Keys, stranger: Keys) -> None:
    corpus = wrapping.corpus(genuine, stranger)
    outcomes = {}
    for name, forged in corpus.items():
        try:
            outcomes[name] = "ACCEPTED" if b"666666" in read(forged, server_keys.der) else "ACCEPTED UNCHANGED"
        except (BadSignature, xml.UnsafeXml) as refusal:
            outcomes[name] = f"refused: {refusal}"
    print(f"\nwrapping corpus: {len(corpus)} forged answers, {sum('refused' in o for o in outcomes.values())} refused")
    assert len(corpus) >= 24
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.startswith("refused")} == {}


def test_the_forgeries_are_good_enough_to_fool_a_lookup_by_id(
    genuine: bytes, server_keys: Keys, stranger: Keys
) -> None:
    """A control: a verifier that trusts ids accepts some of the same corpus, so the corpus is no straw man."""
    fooled = wrapping.naive_acceptances(wrapping.corpus(genuine, stranger), server_keys)
    print(f"\na verification by id alone accepts {len(fooled)}: {', '.join(sorted(fooled))}")
    assert len(fooled) >= 5


def test_a_changed_byte_never_changes_what_is_read(genuine: bytes, server_keys: Keys) -> None:
    chance = random.Random(20260302)
    said = read(genuine, server_keys.der)
    accepted = 0
    for _ in range(MUTATIONS):
        data = bytearray(genuine)
        data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert read(bytes(data), server_keys.der) == said
            accepted += 1
        except (BadSignature, xml.UnsafeXml):
            continue
    print(f"\n{MUTATIONS} single-byte mutations: {accepted} harmless ones accepted, 0 with another meaning")


def test_a_file_that_is_no_certificate_cannot_be_pinned(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        verification.certificate_der(b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
