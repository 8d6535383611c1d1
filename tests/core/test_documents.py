"""Documents and their bytes: kept once, never changed, damage found."""

from __future__ import annotations

import io
import random
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import BlobStore, FolderBlobStore, MissingBlob, sha256
from portal.core.db import Database
from portal.core.documents import Damage, Document, clean_name, content_type_of
from portal.core.errors import Invalid

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF"


def store(database: Database, blobs: FolderBlobStore, data: bytes, name: str = "pismo.pdf") -> Document:
    with database.transaction() as session:
        return documents.store(session, blobs, SYSTEM, data=data, name=name, origin="form")


def damage(database: Database, blobs: FolderBlobStore) -> list[Damage]:
    with database.reading() as session:
        return list(documents.damaged(session, blobs))


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)


def test_the_same_bytes_are_kept_once_under_several_names(database: Database, blobs: FolderBlobStore) -> None:
    first, second = store(database, blobs, PDF), store(database, blobs, PDF, "kopia.pdf")
    assert (first.sha256, first.id != second.id) == (second.sha256, True)
    assert len([path for path in blobs.root.rglob("*") if path.is_file()]) == 1
    assert (blobs.get(first.sha256), first.content_type, first.size) == (PDF, "application/pdf", len(PDF))
    assert damage(database, blobs) == []


def test_an_empty_file_is_refused_unless_others_sent_it(database: Database, blobs: FolderBlobStore) -> None:
    with pytest.raises(Invalid):
        store(database, blobs, b"")
    with database.transaction() as session:
        kept = documents.store(session, blobs, SYSTEM, data=b"", name="x", origin="epuap", allow_empty=True)
    assert kept.size == 0


def test_bytes_without_a_row_are_left_by_an_act_that_failed_never_the_reverse(
    database: Database, blobs: FolderBlobStore
) -> None:
    def fail() -> None:
        with database.transaction() as session:
            documents.store(session, blobs, SYSTEM, data=PDF, name="a.pdf", origin="form")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert blobs.holds(sha256(PDF))
    with database.reading() as session:
        assert session.execute(text("select count(*) from document")).scalar_one() == 0


def test_one_changed_byte_of_any_document_is_found(database: Database, blobs: FolderBlobStore) -> None:
    dice = random.Random(3)
    kept = [store(database, blobs, dice.randbytes(200 + n)) for n in range(20)]
    for document in kept:
        path, whole = blobs.path(document.sha256), blobs.get(document.sha256)
        place = dice.randrange(len(whole))
        overwrite(path, whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert damage(database, blobs) == [Damage(document.id, "changed")]
        overwrite(path, whole)
    assert damage(database, blobs) == []


def test_missing_bytes_changed_rows_and_unrecorded_rows_are_found(database: Database, blobs: FolderBlobStore) -> None:
    one, two, three = (store(database, blobs, bytes([n]) * 9) for n in (1, 2, 3))
    blobs.path(one.sha256).unlink()
    with database.transaction() as session:
        session.execute(text("update document set size = 8 where id = :id"), {"id": two.id})
        copied = "sha256, size, content_type, name, origin, created_at, text_note, signatures"
        session.execute(text(f"insert into document (id, {copied}) select 99, {copied} from document where id = 3"))  # noqa: S608
    expected = [Damage(one.id, "missing"), Damage(two.id, "row"), Damage(99, "unrecorded")]
    assert damage(database, blobs) == expected
    assert three.id == 3


def test_bytes_are_held_back_when_all_documents_with_them_are(database: Database, blobs: FolderBlobStore) -> None:
    free, held, twice = (store(database, blobs, data) for data in (b"wolny", b"zatrzymany", b"podwojny"))
    store(database, blobs, b"podwojny", "inna-nazwa.txt")
    with database.transaction() as session:
        for number in (held.id, twice.id):
            session.get_one(Document, number).scan = documents.INFECTED
    with database.reading() as session:
        found = documents.quarantined(session, [free.sha256, held.sha256, twice.sha256])
    assert found == {held.sha256}


def test_a_folder_store_is_a_blob_store_and_says_what_it_lacks(blobs: FolderBlobStore) -> None:
    assert isinstance(blobs, BlobStore)
    with pytest.raises(MissingBlob):
        blobs.get("0" * 64)


def test_many_threads_putting_the_same_bytes_leave_one_whole_file(blobs: FolderBlobStore) -> None:
    data = random.Random(1).randbytes(300_000)
    threads = [threading.Thread(target=blobs.put, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.read_bytes() == data for path in blobs.root.rglob("*") if path.is_file()] == [True]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\Temp\\umowa.pdf", "umowa.pdf"), ("fak\u202etxt.exe", "faktxt.exe"),
     ("", "plik"), (" . ", "plik"), ("a\x00b\n.xml", "ab.xml"), ("z" * 300 + ".pdf", "z" * 196 + ".pdf"),
     ("o\u0301.txt", "ó.txt")],
)  # fmt: skip
def test_names_of_files_are_made_safe(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def _zip(first: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(first, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [(PDF, "obraz.png", "application/pdf"), (b"<a/>", "a.txt", "application/xml"), (b"<svg/>", "a", "image/svg+xml"),
     (b"<!DOCTYPE html><p>", "a.xml", "text/html"), (b"<a", "a.xml", "text/plain"), (b"a;b", "a.csv", "text/csv"),
     (b"zwyk\xc5\x82y", "a", "text/plain"), (b"\xff\xfe\x00\x01\x02", "a.txt", "application/octet-stream"),
     (_zip("mimetype", b"application/vnd.oasis.opendocument.text"), "a", "application/vnd.oasis.opendocument.text")],
    ids=["pdf", "xml", "svg", "html", "broken xml", "csv", "text", "binary", "odt"],
)  # fmt: skip
def test_the_type_of_a_file_is_found_in_its_content(data: bytes, name: str, kind: str) -> None:
    assert content_type_of(data, name) == kind
