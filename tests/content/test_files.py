"""Files on their way in: lies, bombs, scripts and viruses are met with a sentence; without a scanner they wait."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.content import acquired, actions, files, scanning
from portal.content.models import Item
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.documents import Document
from portal.core.errors import Invalid, Permanent, Temporary
from portal.core.outbox import Effects
from portal.core.ports import Ports
from portal.core.settings import Settings
from portal.core.worker import Presence, Worker
from tests.content.conftest import People, add_person
from tests.content.web import log_in, make_app, post

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">%s</svg>'


def zipped(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * size)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "pusty.pdf", "document.empty"),
        (b"MZ\x90\0 program", "faktura.pdf", "content.file_program"),
        (b"<html><script>1</script></html>", "plan.pdf", "content.file_lies"),
        (b"%PDF-1.7", "zdjecie.jpg", "content.file_lies"),
        (b"zwykly tekst", "pismo.docx", "content.file_lies"),
        (b"PK\x03\x04 urwany", "pismo.docx", "content.zip_damaged"),
        (zipped(20_000_000), "pismo.docx", "content.zip_bomb"),
        (SVG % b"<script>alert(1)</script>", "herb.svg", "content.svg_active"),
        (SVG % b'<a onclick="x()">a</a>', "herb.svg", "content.svg_active"),
        (SVG % b'<image href="http://obcy.example/x.png"/>', "herb.svg", "content.svg_active"),
        (SVG % b"<foreignObject/>", "herb.svg", "content.svg_active"),
    ],
)
def test_what_should_not_be_kept_is_refused(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        files.check(data, name)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SVG % b'<path d="M0 0h9"/><use href="#a"/>', "herb.svg"),
        (zipped(5_000), "pismo.docx"),
        (b"%PDF-1.7", "plan.pdf"),
        ("zażółć".encode(), "lista.csv"),
        ("zażółć\r\n".encode("cp1250"), "umowa.txt"),
    ],
)
def test_honest_files_are_taken(data: bytes, name: str) -> None:
    assert files.check(data, name) is None


def test_names_lose_folders_and_what_turns_letters_round() -> None:
    assert documents.clean_name("../../etc/passwd") == "passwd"
    assert documents.clean_name("umowa\u202efdp.exe") == "umowafdp.exe"


class Daemon(socketserver.StreamRequestHandler):
    """A small clamd: reads INSTREAM as the protocol says and knows one virus."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        if len(data) > 200_000:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        else:
            self.wfile.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in data else b"stream: OK\0")


@pytest.fixture
def clamd() -> Iterator[scanning.Clamd]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield scanning.Clamd("127.0.0.1", server.server_address[1], timeout=5)
        server.shutdown()
        thread.join()


def test_clamd_is_asked_by_its_own_protocol(clamd: scanning.Clamd) -> None:
    assert clamd.scan(b"umowa" * 30_000) == scanning.Verdict()
    assert clamd.scan(EICAR).virus == "Win.Test.EICAR_HDB-1"
    with pytest.raises(Permanent):
        clamd.scan(b"0" * 300_000)
    with pytest.raises(Temporary):
        scanning.Clamd("127.0.0.1", 1, timeout=1).scan(b"x")


def kept(site: Database, blobs: FolderBlobStore, data: bytes) -> tuple[int, int]:
    """A file that came while a scanner is configured, on a page."""
    scanning.install(site, Settings(scanner="clamd"))
    with site.transaction() as session:
        one = files.keep(session, blobs, SYSTEM, data=data, name="umowa.txt", origin="content")
        attached = [actions.Attachment(one.id, "Umowa")]
        return actions.create_item(session, SYSTEM, "/urzad", "file", "Umowa", files=attached).id, one.id


def look(site: Database, blobs: FolderBlobStore, scanner: scanning.Scanner, document_id: int) -> None:
    """What the worker does with the job."""
    effect, ports = scanning.effect(blobs), Ports()
    ports.bind(scanning.Scanner, "default", scanner)
    payload = {"document": document_id}
    with site.reading() as session:
        digest = effect.load(session, payload)
    verdict = effect.call(ports, digest)
    with site.transaction() as session:
        effect.save(session, payload, verdict)


def test_a_file_waits_in_quarantine_until_it_was_looked_at(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, clamd: scanning.Clamd
) -> None:
    client = make_app(site, blobs, tmp_path).test_client()
    item, document = kept(site, blobs, b"umowa")
    with site.transaction() as session:
        path = actions.publish(session, SYSTEM, item).path
    address = f"/zalacznik/{item}/{document}/umowa.txt"
    with pytest.raises(Temporary):
        look(site, blobs, scanning.Clamd("127.0.0.1", 1, timeout=1), document)
    assert client.get(address).status_code == 404
    assert "czeka na sprawdzenie" in client.get(path).text
    look(site, blobs, clamd, document)
    assert client.get(address).data == b"umowa"
    assert "Pobierz plik" in client.get(path).text


def test_a_file_with_a_virus_is_neither_published_nor_handed_out(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, clamd: scanning.Clamd, people: People
) -> None:
    item, document = kept(site, blobs, EICAR)
    look(site, blobs, clamd, document)
    editor = log_in(make_app(site, blobs, tmp_path).test_client(), people.editor)
    assert editor.get(f"/zalacznik/{item}/{document}/umowa.txt").status_code == 404
    with site.transaction() as session, pytest.raises(Invalid) as refusal:
        actions.publish(session, SYSTEM, item)
    assert refusal.value.code == "content.file_infected_publish"
    with site.reading() as session:
        assert session.get_one(Document, document).scan_note == "Win.Test.EICAR_HDB-1"


def test_a_file_too_large_for_the_scanner_is_said_and_can_be_looked_at_again(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, clamd: scanning.Clamd, people: People
) -> None:
    item, document = kept(site, blobs, b"0" * 300_000)
    ports = Ports()
    ports.bind(scanning.Scanner, "default", clamd)
    effects, presence = Effects("effect"), Presence(tmp_path / "worker")
    effects.register(documents.SCAN, scanning.effect(blobs))
    Worker(site, effects, ports, presence).drain()
    presence.leave()
    client = log_in(make_app(site, blobs, tmp_path).test_client(), people.editor)
    here = f"/redakcja/strona/{item}"
    assert "za duży dla programu antywirusowego" in client.get(here).text
    assert client.get(f"/zalacznik/{item}/{document}/umowa.txt").status_code == 404
    post(client, here, f"{here}/plik/{document}/sprawdz", {})
    with site.reading() as session:
        assert session.get_one(Document, document).scan == "waiting"
    assert "czeka na sprawdzenie" in client.get(here).text
    post(client, f"{here}/edycja", f"{here}/plik/{document}/sprawdz", {})
    assert "nie czeka na ponowne" in client.get(here).text


def folder_id(site: Database) -> int:
    with site.reading() as session:
        return session.scalars(select(Item.id).where(Item.path == "/urzad")).one()


def test_of_many_files_each_has_its_own_result(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, people: People
) -> None:
    editor = log_in(make_app(site, blobs, tmp_path).test_client(), people.editor)
    address = f"/redakcja/strona/{folder_id(site)}/wgraj"
    sent = [(io.BytesIO(b"plan"), "plan.txt"), (io.BytesIO(b"MZ"), "gra.exe"), (io.BytesIO(b"spis"), "spis.txt")]
    page = post(editor, address, address, {"files": sent}).text
    assert page.count("Opisz: ") == 2
    assert "Plik „gra.exe” jest programem." in page
    with site.reading() as session:
        assert set(session.scalars(select(Item.path).where(Item.type == "file"))) == {"/urzad/plan", "/urzad/spis"}


@pytest.fixture
def admin(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return log_in(make_app(site, blobs, tmp_path).test_client(), add_person(site, "ada", "Ada", "site_admin"))


def test_settings_hold_for_everything_below_and_say_where_they_come_from(site: Database, admin: FlaskClient) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Dowód", name="dowod")
        actions.publish(session, SYSTEM, page.id)
    address = f"/redakcja/strona/{folder_id(site)}/ustawienia"
    post(admin, address, address, {"banner": "Kasa nieczynna", "colour": "#1E6B3A", "contact": "pokój 5"})
    visitor = admin.application.test_client()
    shown = visitor.get("/urzad/dowod").text
    for piece in ("Kasa nieczynna", "/barwa/1e6b3a.css", "pokój 5"):
        assert piece in shown
        assert piece not in visitor.get("/").text
    below = admin.get(f"/redakcja/strona/{page.id}/ustawienia").text
    assert "Odziedziczone z „Urząd”: Kasa nieczynna" in below
    assert visitor.get("/barwa/1e6b3a.css").content_type.startswith("text/css")
    assert visitor.get("/barwa/ffffff.css").status_code == 404


def test_settings_nobody_could_read_are_refused_and_what_was_typed_stays(site: Database, admin: FlaskClient) -> None:
    address = f"/redakcja/strona/{folder_id(site)}/ustawienia"
    page = post(admin, address, address, {"banner": "Kasa nieczynna", "colour": "#FFFF00"}).text
    assert "za jasny" in page
    assert "Kasa nieczynna" in page
    for wrong in ({"banner_link": "javascript:alert(1)"}, {"layout": "kosmos"}, {"banner": "x" * 301}):
        with pytest.raises(Invalid):
            acquired.checked(wrong)


def test_only_those_who_administer_the_place_change_its_settings(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, people: People
) -> None:
    app = make_app(site, blobs, tmp_path)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = log_in(app.test_client(), people.publisher).post(
        f"/redakcja/strona/{folder_id(site)}/ustawienia", data={"banner": "Atak"}
    )
    assert answer.status_code == 403
    assert Settings().scanner == "none"
