"""FileRepo: files too big for a document. Each podmiot can download a file once, and never again."""

from __future__ import annotations

import base64
import secrets
import sqlite3

from lxml import etree

from eoffice.sandbox import mail
from eoffice.sandbox.call import Call, Operation, child_bytes, child_text, only
from eoffice.sandbox.envelope import answer_root
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.mail import File
from eoffice.sandbox.names import FILES, q
from eoffice.sandbox.refusals import Refusal
from eoffice.sandbox.xml import add

SERVLET = "/file-download-servlet/DownloadServlet?fileId="


def keep(sandbox: Sandbox, file: File, owner: str, encoding: str = "") -> str:
    """Store a big file; its identifier, to be put behind ``SERVLET``."""
    identifier = secrets.token_hex(16)
    with sandbox.store.writing() as db:
        db.execute(
            "INSERT INTO file (id, name, mime, encoding, content, owner) VALUES (?, ?, ?, ?, ?, ?)",
            (identifier, file.name, file.type, encoding or None, file.content, owner),
        )
    return identifier


def _upload(call: Call) -> etree._Element:
    only(call.payload, "file", "filename", "mimeType", "encoding", "subject")
    owner = call.entitled(child_text(call.payload, "subject"))
    file = File(
        child_text(call.payload, "filename"),
        child_text(call.payload, "mimeType"),
        child_bytes(call.payload, "file"),
    )
    root = answer_root(FILES, "fileId5")
    root.text = keep(call.sandbox, file, owner, child_text(call.payload, "encoding", required=False))
    return root


def _download(call: Call) -> etree._Element:
    only(call.payload, "fileId", "subject")
    podmiot = call.entitled(child_text(call.payload, "subject"))
    identifier = child_text(call.payload, "fileId").partition("fileId=")[2] or child_text(call.payload, "fileId")
    found = mail.rows(call.sandbox.store, "SELECT * FROM file WHERE id = ?", (identifier,))
    if not found:
        raise Refusal("unknown_file", id=identifier[:40])
    with call.sandbox.store.writing() as db:
        taken = "INSERT OR IGNORE INTO file_taken (file, podmiot) VALUES (?, ?)"
        if db.execute(taken, (identifier, podmiot)).rowcount == 0:
            raise Refusal("file_taken", id=identifier, podmiot=podmiot)
    return _answer(found[0])


def _answer(row: sqlite3.Row) -> etree._Element:
    root = answer_root(FILES, "DataDocument")
    add(root, "file", base64.b64encode(row["content"]).decode())
    add(root, "filename", row["name"])
    add(root, "mimeType", row["mime"])
    if row["encoding"]:
        add(root, "encoding", row["encoding"])
    return root


OPERATIONS = {
    q(FILES, "UploadFileParam"): Operation("uploadFile", "FileRepo", _upload),
    q(FILES, "DownloadFileParam"): Operation("downloadFile", "FileRepo", _download),
}
