"""Letters of other senders: read by namespaces, whatever their prefixes, generation and faults."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from forms.document import view
from forms.view import Attachment
from tests.forms.hostile import wrapped
from tests.forms.samples import PDF, PNG

CRD = "http://crd.gov.pl/xml/schematy"
LATER = "http://crd.gov.pl/wzor/2017/10/24/4566/"


def letter(
    attachments: str = "", namespace: str = LATER, sender: str = "", text: str = "<Informacja>Treść.</Informacja>"
) -> bytes:
    """A letter in the manner of the later generation: default namespaces declared anew on each level."""
    sender = sender or (
        f'<Osoba xmlns="{CRD}/osoba/2009/11/16/"><IdOsoby><PESEL>44051401359</PESEL></IdOsoby>'
        "<Imie>Jan</Imie><ImieDrugie>Maria</ImieDrugie><Nazwisko>Rokita</Nazwisko><Nazwisko>Nowak</Nazwisko></Osoba>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<?xml-stylesheet type="text/xsl" href="{namespace}styl.xsl"?>'
        f'<Dokument xmlns="{namespace}"><OpisDokumentu><CID xmlns="{CRD}/struktura/2009/11/16/">abc@pfe</CID>'
        f'</OpisDokumentu><DaneDokumentu><Data xmlns="{CRD}/meta/2009/11/16/" typDaty="stworzony">'
        f'<Czas>2026-05-23</Czas></Data><Adresaci xmlns="{CRD}/struktura/2009/11/16/">'
        f'<Podmiot xmlns="{CRD}/meta/2009/11/16/"><Instytucja xmlns="{CRD}/instytucja/2009/11/16/">'
        "<IdInstytucji><NIP/></IdInstytucji><NazwaInstytucji>Urząd  Gminy</NazwaInstytucji></Instytucja></Podmiot>"
        f'</Adresaci><Nadawcy xmlns="{CRD}/struktura/2009/11/16/"><Podmiot xmlns="{CRD}/meta/2009/11/16/">{sender}'
        "</Podmiot></Nadawcy></DaneDokumentu>"
        '<TrescDokumentu format="text/xml" kodowanie="XML"><MiejscowoscDokumentu>Łódź</MiejscowoscDokumentu>'
        '<Tytul>Prośba</Tytul><RodzajWnioskuRozszerzony rodzaj="wniosek" jakiInny="Doprecyzuj rodzaj"/>'
        f"<Informacje>{text}</Informacje>"
        f'<Zalaczniki xmlns="{CRD}/struktura/2009/11/16/">{attachments}</Zalaczniki></TrescDokumentu></Dokument>'
    ).encode()


def enclosed(
    data: bytes | str, name: str = "umowa.pdf", claimed: str = "application/pdf", coding: str = "base64"
) -> str:
    body = data if isinstance(data, str) else base64.b64encode(data).decode()
    return (
        f'<Zalacznik format="{claimed}" kodowanie="{coding}" nazwaPliku="{name}">'
        f"<DaneZalacznika>{body}</DaneZalacznika><OpisZalacznika>opis</OpisZalacznika></Zalacznik>"
    )


def only(attachments: str) -> Attachment:
    (found,) = view(letter(attachments)).attachments
    return found


def test_a_letter_of_the_later_generation_is_read() -> None:
    seen = view(letter())

    assert (seen.kind, seen.known, seen.problems) == ("letter", True, ())
    assert (seen.title, seen.place, seen.created) == ("Prośba", "Łódź", date(2026, 5, 23))
    assert seen.letter_kind == "wniosek"
    assert seen.paragraphs == ("Treść.",)
    assert seen.correlation == "abc@pfe"
    assert seen.stylesheet == f"{LATER}styl.xsl"
    assert seen.sender is not None
    assert (seen.sender.display_name, seen.sender.pesel) == ("Jan Maria Rokita-Nowak", "44051401359")
    assert seen.recipient is not None
    assert (seen.recipient.name, seen.recipient.identifiers) == ("Urząd Gminy", {})


def test_a_byte_order_mark_and_other_prefixes_change_nothing() -> None:
    plain = letter().decode()
    prefixed = plain.replace("<Tytul>", f'<q:Tytul xmlns:q="{LATER}">').replace("</Tytul>", "</q:Tytul>")

    assert view(b"\xef\xbb\xbf" + prefixed.encode()) == view(letter())


def test_a_comment_inside_a_name_neither_cuts_nor_joins_it() -> None:
    person = f'<Osoba xmlns="{CRD}/osoba/2009/11/16/"><Imie>Jan</Imie><Nazwisko>Kow<!-- x -->alski</Nazwisko></Osoba>'

    seen = view(letter(sender=person))

    assert seen.sender is not None
    assert seen.sender.last_name == "Kowalski"


def test_a_local_template_nobody_knows_is_listed_in_full() -> None:
    local = "http://epuap.gov.pl/fe-model-web/wzor_lokalny/gminaX/zgloszenie/"
    seen = view(letter(namespace=local, text="<Informacja>Treść.</Informacja><Numer>12</Numer>"))

    assert seen.kind == "letter"
    assert "unknown_template" in seen.problems
    assert seen.title == "Prośba"
    assert ("Numer", "12") in [(row.label, row.text) for row in seen.rows]


def test_any_other_document_is_a_list_of_its_texts() -> None:
    seen = view(b'<zgloszenie xmlns="urn:x"><adres><ulica>Lipowa</ulica> obok <!-- nic --> szkoly</adres></zgloszenie>')

    assert (seen.kind, seen.namespace, seen.root) == ("other", "urn:x", "zgloszenie")
    assert [(row.path, row.text) for row in seen.rows] == [
        (("zgloszenie", "adres"), "obok  szkoly"),
        (("zgloszenie", "adres", "ulica"), "Lipowa"),
    ]


def test_a_letter_without_title_and_sender_says_so() -> None:
    seen = view(f'<Dokument xmlns="{LATER}"><TrescDokumentu/></Dokument>'.encode())

    assert seen.problems == ("no_title", "no_sender")


def test_very_many_texts_are_cut_and_it_is_said() -> None:
    seen = view(b"<a>" + b"<b>x</b>" * 3000 + b"</a>")

    assert len(seen.rows) == 2000
    assert "too_many_rows" in seen.problems


def test_very_many_attachments_are_cut_and_it_is_said() -> None:
    seen = view(letter(enclosed(PDF) * 201))

    assert len(seen.attachments) == 200
    assert "too_many_attachments" in seen.problems


@pytest.mark.parametrize(
    ("attachment", "problem"),
    [
        (enclosed(PDF), ""),
        (enclosed(PDF, claimed="text/plain"), ""),
        (enclosed(PDF, name="umowa", claimed="application/octet-stream"), ""),
        (enclosed(b""), "empty"),
        (enclosed("  \n "), "empty"),
        (enclosed("to nie jest base64!"), "base64"),
        (enclosed("AAA"), "base64"),
        (enclosed(PDF, coding="uuencode"), "encoding"),
        (enclosed(PNG), "mislabelled"),
        (enclosed(PNG, name="umowa", claimed="application/pdf"), "mislabelled"),
        (enclosed(b"MZ" + b"\0" * 99), "dangerous"),
        (enclosed(PDF, name="umowa.pdf.js"), "dangerous"),
        ('<Zalacznik kodowanie="URI" nazwaPliku="a.pdf"/>', "missing"),
        (enclosed("https://epuap.gov.pl/file-download-servlet/DownloadServlet?fileId=1", coding="URI"), ""),
        (enclosed("http://epuap.gov.pl/file-download-servlet/DownloadServlet?fileId=1", coding="URI"), "foreign_uri"),
        (enclosed("https://epuap.gov.pl.zly.example/?fileId=1", coding="URI"), "foreign_uri"),
        (enclosed("https://epuap.gov.pl@zly.example/?fileId=1", coding="URI"), "foreign_uri"),
        (enclosed("file:///etc/passwd", coding="URI"), "foreign_uri"),
        (enclosed("http://169.254.169.254/?fileId=1"), "foreign_uri"),
    ],
)
def test_what_is_wrong_with_an_attachment_is_named(attachment: str, problem: str) -> None:
    found = only(attachment)

    assert found.problem == problem
    assert ("attachments" in view(letter(attachment)).problems) == bool(problem)


def test_an_attachment_is_what_it_holds_and_its_name_is_made_safe() -> None:
    found = only(enclosed(PDF, name="..\\..\\umowa\u202e.pdf", claimed="text/html"))

    assert (found.name, found.content_type, found.claimed, found.data) == (
        "umowa.pdf",
        "application/pdf",
        "text/html",
        PDF,
    )
    assert found.description == "opis"


def test_line_breaks_inside_base64_are_no_fault() -> None:
    assert only(enclosed(base64.encodebytes(PDF * 5).decode())).data == PDF * 5


def test_a_wrapped_letter_is_shown_unwrapped() -> None:
    seen = view(wrapped(letter()))

    assert (seen.kind, seen.title, seen.wrapped) == ("letter", "Prośba", True)


def test_a_wrapped_file_that_is_no_letter_is_an_attachment_under_its_plain_name() -> None:
    seen = view(wrapped(b"nie xml"))

    assert (seen.wrapped, seen.title) == (True, "pismo.xml")
    assert [(item.name, item.data) for item in seen.attachments] == [("pismo.xml", b"nie xml")]


def test_signatures_of_the_document_are_counted_and_not_listed_as_text() -> None:
    signed = letter().replace(
        b"</Dokument>",
        b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyName>k</KeyName></Signature></Dokument>',
    )

    assert view(signed).signatures == 1
    assert "k" not in view(signed).text.split()
