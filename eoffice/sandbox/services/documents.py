"""WS-ZarzadzanieDokumentami: the store ("skład") of a podmiot, where one can see what was really sent.

``zawartoscSkladu`` lists the folder named by ``sklad/nazwa`` (SENT, DRAFT, MYFILES, RECEIVED); any other name is
taken as the store's own name and lists everything. Absent values are sent as ``xsi:nil``. Dates are GMT.
"""

from __future__ import annotations

import base64
import sqlite3

from lxml import etree

from eoffice.sandbox import directory, mail
from eoffice.sandbox.call import Call, Operation, child, child_bytes, child_text, only
from eoffice.sandbox.clock import greenwich
from eoffice.sandbox.envelope import answer_root
from eoffice.sandbox.mail import File
from eoffice.sandbox.names import STORE, XSI, q
from eoffice.sandbox.refusals import BadRequest, Refusal
from eoffice.sandbox.xml import add

FOLDERS = ("RECEIVED", "SENT", "DRAFT", "MYFILES")
_COLUMNS = "s.*, d.created_at, d.sha1"
_ROLE = "ZarzadzanieDokumentami"


def _contents(call: Call) -> etree._Element:
    only(call.payload, "sklad")
    folder, podmiot = _store_of(call)
    known = folder if folder in FOLDERS else None
    found = mail.rows(
        call.sandbox.store,
        f"SELECT {_COLUMNS} FROM stored s JOIN document d ON d.id = s.document"  # noqa: S608 - a constant
        " WHERE s.podmiot = ?1 AND (?2 IS NULL OR s.folder = ?2) ORDER BY s.document",
        (podmiot, known),
    )
    root = answer_root(STORE, "zawartoscSkladuResponse")
    contents = add(root, "zawartoscSkladu")
    for row in found:
        _details(call, add(contents, "SzczegolyDokumentuTyp"), row)
    return root


def _fetch(call: Call) -> etree._Element:
    row = _own(call)
    root = answer_root(STORE, "pobierzDokumentResponse")
    result = add(root, "pobierzDokumentResult")
    _details(call, add(result, "szczegolyDokumentu"), row)
    content = mail.rows(call.sandbox.store, "SELECT content FROM document WHERE id = ?", (row["document"],))
    add(result, "tresc", base64.b64encode(content[0]["content"]).decode())
    return root


def _add(call: Call) -> etree._Element:
    only(call.payload, "sklad", "dokument")
    folder, podmiot = _store_of(call)
    element = child(call.payload, "dokument")
    details = child(element, "szczegolyDokumentu") if element is not None else None
    if element is None or details is None:
        raise BadRequest("element_missing", name="szczegolyDokumentu")
    name, content = child_text(details, "nazwa"), child_bytes(element, "tresc")
    mail.well_formed(content)
    place = child_text(details, "folder", required=False) or folder
    with call.sandbox.store.writing() as db:
        number = mail.keep(db, File(name, "text/xml", content), call.sandbox.clock.now())
        db.execute(
            "INSERT INTO stored (document, podmiot, folder, name) VALUES (?, ?, ?, ?)",
            (number, podmiot, place if place in {"DRAFT", "MYFILES"} else "MYFILES", name),
        )
    root = answer_root(STORE, "dodajDokumentResponse")
    add(root, "dodajDokumentResult", number)
    return root


def _delete(call: Call) -> etree._Element:
    row = _own(call)
    with call.sandbox.store.writing() as db:
        db.execute("DELETE FROM stored WHERE document = ?", (row["document"],))
    root = answer_root(STORE, "usunDokumentResponse")
    add(root, "usunDokumentResult", True)
    return root


def _store_of(call: Call) -> tuple[str, str]:
    element = child(call.payload, "sklad")
    if element is None:
        raise BadRequest("element_missing", name="sklad")
    only(element, "nazwa", "podmiot")
    return child_text(element, "nazwa"), call.entitled(child_text(element, "podmiot"))


def _own(call: Call) -> sqlite3.Row:
    """The stored document asked for; without ``podmiot`` (nil) it is the system's own."""
    only(call.payload, "idDokumentu", "podmiot")
    text = child_text(call.payload, "idDokumentu")
    podmiot = call.entitled(child_text(call.payload, "podmiot", required=False) or call.system.podmiot)
    found = mail.rows(
        call.sandbox.store,
        f"SELECT {_COLUMNS} FROM stored s JOIN document d ON d.id = s.document"  # noqa: S608 - a constant
        " WHERE s.podmiot = ? AND CAST(s.document AS TEXT) = ?",
        (podmiot, text),
    )
    if not found:
        raise Refusal("unknown_document", id=text[:20])
    return found[0]


def _details(call: Call, element: etree._Element, row: sqlite3.Row) -> None:
    """``SzczegolyDokumentuTyp``, every element present."""
    add(element, "id", row["document"])
    add(element, "nazwa", row["name"])
    _maybe(element, "metadane", None)
    _maybe(element, "idUPO", row["upp"])
    _party(call, element, "nadawca", row["podmiot"] if row["sent_at"] else None, row["reply_to"])
    recipient = row["recipient"].split("/")[1] if row["recipient"] else None
    _party(call, element, "adresat", recipient, row["recipient"])
    _maybe(element, "dataNadania", row["sent_at"] and greenwich(row["sent_at"]))
    _maybe(element, "dataOdebrania", None)
    _maybe(element, "dataUtworzenia", greenwich(row["created_at"]))
    _maybe(element, "formularz", None)
    _maybe(element, "folder", row["folder"])


def _party(call: Call, element: etree._Element, name: str, podmiot: str | None, address: str | None) -> None:
    party = _maybe(element, name, None if podmiot is None else "")
    if podmiot is not None:
        party.text = None
        add(party, "nazwa", directory.podmiot(call.sandbox.store, podmiot).full_name)
        add(party, "adres", address or "")


def _maybe(parent: etree._Element, name: str, value: object | None) -> etree._Element:
    element = add(parent, name, value)
    if value is None:
        element.set(q(XSI, "nil"), "true")
    return element


OPERATIONS = {
    q(STORE, "zawartoscSkladu"): Operation("zawartoscSkladu", _ROLE, _contents),
    q(STORE, "pobierzDokument"): Operation("pobierzDokument", _ROLE, _fetch),
    q(STORE, "dodajDokument"): Operation("dodajDokument", _ROLE, _add),
    q(STORE, "usunDokument"): Operation("usunDokument", _ROLE, _delete),
}
