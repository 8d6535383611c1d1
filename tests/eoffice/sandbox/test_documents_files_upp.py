"""The document store, the big files, and receipts for documents taken in elsewhere."""

from __future__ import annotations

import base64
import email
import hashlib

import pytest
from lxml import etree

from tests.eoffice.sandbox.client import FILES, LETTER, STORE, Fault, b64
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
LETTER_BYTES = (LETTER % 1).encode()


def _store(world: World, operation: str, inner: str) -> etree._Element:
    return world.office.call("ZarzadzanieDokumentami", f'<z:{operation} xmlns:z="{STORE}">{inner}</z:{operation}>')


def _listed(world: World, folder: str = "SENT", podmiot: str = "jkowalski") -> list[etree._Element]:
    inner = f"<sklad><nazwa>{folder}</nazwa><podmiot>{podmiot}</podmiot></sklad>"
    return list(_store(world, "zawartoscSkladu", inner)[0])


def test_the_folder_sent_tells_whether_a_lost_sending_was_done(world: World) -> None:
    world.fault("nadaj", "lose")
    with pytest.raises(OSError):
        world.office.nadaj(LETTER_BYTES, OFFICE_BOX, CITIZEN_BOX, "jkowalski")

    [details] = _listed(world)
    assert details.findtext("nazwa") == "pismo.xml"
    assert details.findtext("adresat/adres") == OFFICE_BOX
    assert details.findtext("nadawca/adres") == CITIZEN_BOX
    assert details.findtext("folder") == "SENT"
    assert (details.findtext("dataNadania") or "").endswith("Z")
    assert (details.findtext("idUPO") or "").isdigit()
    assert details.find("dataOdebrania").get(NIL) == "true"
    asked = f"<idDokumentu>{details.findtext('id')}</idDokumentu><podmiot>jkowalski</podmiot>"
    answer = _store(world, "pobierzDokument", asked)
    assert base64.b64decode(answer.findtext("pobierzDokumentResult/tresc") or "") == LETTER_BYTES


def test_the_receipt_of_a_lost_sending_can_be_fetched_from_the_store(world: World) -> None:
    world.fault("nadaj", "lose")
    with pytest.raises(OSError):
        world.office.nadaj(LETTER_BYTES, OFFICE_BOX, CITIZEN_BOX, "jkowalski")

    asked = f"<idDokumentu>{_listed(world)[0].findtext('idUPO')}</idDokumentu><podmiot>jkowalski</podmiot>"
    answer = _store(world, "pobierzDokument", asked)
    assert b":UPP>" in base64.b64decode(answer.findtext("pobierzDokumentResult/tresc") or "")


def test_an_undone_sending_is_not_listed(world: World) -> None:
    world.fault("nadaj", "drop")
    with pytest.raises(OSError):
        world.office.nadaj(LETTER_BYTES, OFFICE_BOX, CITIZEN_BOX, "jkowalski")

    assert _listed(world) == []


def test_a_document_can_be_put_into_the_store_and_deleted(world: World) -> None:
    details = "<szczegolyDokumentu><nazwa>szkic.xml</nazwa><folder>DRAFT</folder></szczegolyDokumentu>"
    inner = "<sklad><nazwa>DRAFT</nazwa><podmiot>gminaWrotkowo</podmiot></sklad>"
    added = _store(world, "dodajDokument", f"{inner}<dokument>{details}<tresc>{b64(LETTER_BYTES)}</tresc></dokument>")
    number = added.findtext("dodajDokumentResult")

    assert [one.findtext("id") for one in _listed(world, "DRAFT", "gminaWrotkowo")] == [number]
    _store(world, "usunDokument", f"<idDokumentu>{number}</idDokumentu><podmiot>gminaWrotkowo</podmiot>")
    assert _listed(world, "DRAFT", "gminaWrotkowo") == []


@pytest.mark.parametrize("number", ["1", "-1", "x' OR 1=1 --", "9" * 40])
def test_a_document_that_is_not_there_is_a_fault(world: World, number: str) -> None:
    with pytest.raises(Fault):
        _store(world, "pobierzDokument", f"<idDokumentu>{number}</idDokumentu><podmiot>jkowalski</podmiot>")


def test_nobody_looks_into_a_strangers_store(world: World) -> None:
    with pytest.raises(Fault) as caught:
        _listed(world, podmiot="starostwoWrotki")
    assert caught.value.status == 401


def _download(world: World, identifier: str) -> str:
    inner = f"<fileId>{identifier}</fileId><subject>gminaWrotkowo</subject>"
    return f'<f:DownloadFileParam xmlns:f="{FILES}">{inner}</f:DownloadFileParam>'


def test_a_big_file_is_uploaded_and_downloaded_once(world: World) -> None:
    inner = f"<file>{b64(b'duzo')}</file><filename>mapa.tif</filename>"
    inner += "<mimeType>image/tiff</mimeType><subject>gminaWrotkowo</subject>"
    identifier = world.office.call("FileRepo", f'<f:UploadFileParam xmlns:f="{FILES}">{inner}</f:UploadFileParam>').text

    answer = world.office.call("FileRepo", _download(world, identifier or ""))
    assert base64.b64decode(answer.findtext("file") or "") == b"duzo"
    assert answer.findtext("filename") == "mapa.tif"
    with pytest.raises(Fault) as caught:
        world.office.call("FileRepo", _download(world, identifier or ""))
    assert caught.value.number is not None


def test_the_whole_address_names_a_file_too(world: World) -> None:
    url = world.api("files", {"podmiot": "jkowalski", "name": "a.pdf", "content": b64(b"%PDF")})["url"]

    assert world.office.call("FileRepo", _download(world, url)).findtext("filename") == "a.pdf"


def test_a_file_can_come_as_its_own_mime_part(world: World) -> None:
    content = bytes(range(256)) * 5000
    identifier = world.api("files", {"podmiot": "jkowalski", "name": "a.bin", "content": b64(content)})["id"]
    world.fault("downloadFile", "mtom")

    answer = world.office.post("FileRepo", world.office.request(_download(world, identifier)))
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    xml, part = email.message_from_bytes(head + answer.content).get_payload()
    root = etree.fromstring(xml.get_payload(decode=True))
    include = root.find(".//{http://www.w3.org/2004/08/xop/include}Include")
    assert include.get("href") == f"cid:{part['Content-ID'].strip('<>')}"
    data = part.get_payload(decode=True)
    assert data.removesuffix(b"\n") == content.removesuffix(b"\n")
    holder = include.getparent()
    holder.remove(include)
    holder.text = b64(content)
    assert world.office.trusted(root).findtext("filename") == "a.bin"


def test_a_receipt_is_issued_for_a_document_taken_in_elsewhere(world: World) -> None:
    sender = "<nadawca><identyfikator>x1</identyfikator><typIdentyfikatora>ePUAP-ID</typIdentyfikatora>"
    sender += "<nazwa>Ewa Lis</nazwa></nadawca>"
    file = f"<dokument><nazwaPliku>a.xml</nazwaPliku><zawartosc>{b64(LETTER_BYTES)}</zawartosc></dokument>"
    answer = world.office.call(
        "obslugaUpp", f"<o:ZapytanieDajUpp><podmiot>gminaWrotkowo</podmiot>{sender}{file}</o:ZapytanieDajUpp>"
    )

    receipt = base64.b64decode(answer.findtext("upp/zawartosc") or "").decode()
    assert "Ewa Lis" in receipt
    assert world.queue() == []


def test_a_receipt_can_be_issued_and_the_document_sent_on(world: World) -> None:
    file = f"<dokument><nazwaPliku>a.xml</nazwaPliku><zawartosc>{b64(LETTER_BYTES)}</zawartosc></dokument>"
    inner = f"<podmiot>jkowalski</podmiot><adresSkrytki>{OFFICE_BOX}</adresSkrytki>"
    inner += f"<adresOdpowiedzi>{CITIZEN_BOX}</adresOdpowiedzi>{file}"
    answer = world.office.call("obslugaUpp", f"<o:ZapytanieDajUppPrzeslij>{inner}</o:ZapytanieDajUppPrzeslij>")

    assert answer.find("upp") is not None
    [row] = world.queue()
    assert row["sha256"] == hashlib.sha256(LETTER_BYTES).hexdigest()
