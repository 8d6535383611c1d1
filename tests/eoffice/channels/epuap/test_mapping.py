"""Their words, as untidy as they were seen, and ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from eoffice.channels.epuap import mapping
from eoffice.channels.port import File, Outgoing
from tests.eoffice.channels.epuap.support import b64, outgoing


@pytest.mark.parametrize(("text", "value"), [("1", True), ("true", True), (" true ", True), ("0", False), ("", False)])
def test_booleans_come_in_two_spellings(text: str, value: bool) -> None:
    assert mapping.boolean(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-02T10:15:30.123+01:00", datetime(2026, 3, 2, 9, 15, 30, 123000, tzinfo=UTC)),
        ("2026-03-02T10:15:30Z", datetime(2026, 3, 2, 10, 15, 30, tzinfo=UTC)),
        ("2026-03-02T10:15:30", datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC)),
        ("2026-07-02T10:15:30", datetime(2026, 7, 2, 8, 15, 30, tzinfo=UTC)),
        ("2026-03-02T10:15:30.1234567Z", datetime(2026, 3, 2, 10, 15, 30, 123456, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("wczoraj", None),
        ("", None),
    ],
)
def test_a_date_without_zone_is_the_time_of_warsaw(text: str, value: datetime | None) -> None:
    assert mapping.moment(text) == value


@pytest.mark.parametrize(
    ("claimed", "data", "kind"),
    [
        ("XML", b"<a/>", "application/xml"),
        ("text/xml", b"\xef\xbb\xbf\n <a/>", "application/xml"),
        ("", b"<a/>", "application/xml"),
        ("XML", b"%PDF-1.7", "application/octet-stream"),
        ("", b"", "application/octet-stream"),
        ("application/pdf", b"%PDF-1.7", "application/pdf"),
    ],
)
def test_the_claimed_type_is_not_taken_at_its_word(claimed: str, data: bytes, kind: str) -> None:
    element = etree.fromstring(f"<d><nazwaPliku>a</nazwaPliku><typPliku>{claimed}</typPliku><zawartosc/></d>")
    element[2].text = b64(data)
    assert mapping.file(element) == File("a", kind, data)


@pytest.mark.parametrize(
    ("kind", "first", "last", "name", "said"),
    [
        ("F", "Jan", "Kowalski", "Jan Kowalski", "person"),
        ("P", "UG", "Urząd Gminy", "Urząd Gminy", "organisation"),
        ("PP", "UG", "", "UG", "organisation"),
        ("X", "", "Ktoś", "Ktoś", ""),
    ],
)
def test_the_sender_is_named_by_what_he_is(kind: str, first: str, last: str, name: str, said: str) -> None:
    answer = etree.fromstring(
        f"<a><danePodmiotu><typOsoby>{kind}</typOsoby><imieSkrot>{first}</imieSkrot><nazwiskoNazwa>{last}"
        "</nazwiskoNazwa></danePodmiotu><dokument><zawartosc/></dokument></a>"
    )
    taken = mapping.received(answer, "/a/b", "sha1")
    assert (taken.sender_name, taken.sender_kind) == (name, said)


@pytest.mark.parametrize(
    ("extra", "identifier"),
    [
        (
            b"<a><IdentyfikatorDokumentu>1</IdentyfikatorDokumentu>"
            b"<b><IdentyfikatorDokumentu> 2 </IdentyfikatorDokumentu></b></a>",
            "2",
        ),
        (b"<a xmlns='urn:x'><IdentyfikatorDokumentu>3</IdentyfikatorDokumentu></a>", "3"),
        (b"<a><IdentyfikatorDokumentu>4</IdentyfikatorDokumentu><IdentyfikatorDokumentu/></a>", "4"),
        (b"<IdentyfikatorDokumentu>5</IdentyfikatorDokumentu>", "5"),
        (b"<a/>", ""),
        (b"not xml", ""),
        (b"", ""),
    ],
)
def test_the_id_of_a_document_is_the_last_one_in_the_additional_data(extra: bytes, identifier: str) -> None:
    assert mapping.document_id(extra) == identifier


def test_a_mark_is_always_the_same_and_says_nothing() -> None:
    assert mapping.mark("submission:1") == mapping.mark("submission:1")
    assert mapping.mark("submission:1") != mapping.mark("submission:2")
    assert mapping.mark("submission:1").isalnum()
    assert len(mapping.mark("submission:1")) == 16


@pytest.mark.parametrize(
    ("name", "stem", "ending"),
    [
        ("pismo.xml", "pismo", "xml"),
        ("Odpowiedź na wniosek.XML", "Odpowied-na-wniosek", "XML"),
        ("../../etc/passwd", "etc-passwd", "xml"),
        ("bez-końcówki", "bez-ko-c-wki", "xml"),
        ("", "pismo", "xml"),
        (".xml", "pismo", "xml"),
        ("a" * 300 + ".xml", "a" * 60, "xml"),
    ],
)
def test_a_file_name_keeps_what_every_system_keeps(name: str, stem: str, ending: str) -> None:
    letter: Outgoing = outgoing(document=File(name, "application/xml", b"<a/>"))
    assert mapping.file_name(letter) == f"{stem}-{mapping.mark(letter.key)}.{ending}"
