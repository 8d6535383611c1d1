"""WS-Skrytka: submission to a box against a UPP (``nadaj``, ``nadajAny``)."""

from __future__ import annotations

from lxml import etree

from eoffice.sandbox import directory
from eoffice.sandbox.call import Call, Operation, file_of
from eoffice.sandbox.envelope import add_file, answer_root, status
from eoffice.sandbox.lodging import Lodged, Submission, check, lodge
from eoffice.sandbox.mail import File
from eoffice.sandbox.names import EXT, OBI, q
from eoffice.sandbox.refusals import BadRequest
from eoffice.sandbox.texts import say
from eoffice.sandbox.xml import add, elements


def _nadaj(call: Call) -> etree._Element:
    return _submit(call, file_of(call.payload), "nadaj")


def _nadaj_any(call: Call) -> etree._Element:
    """The document stands in the Body as elements; it is written out anew, so no signature survives it."""
    inner = list(elements(call.payload))
    if len(inner) != 1:
        raise BadRequest("empty_document")
    content = etree.tostring(inner[0], xml_declaration=True, encoding="UTF-8", with_tail=False)
    return _submit(call, File(call.header("NazwaPliku"), "text/xml", content), "nadajAny")


def _submit(call: Call, file: File, operation: str) -> etree._Element:
    sender, box = call.sender(), directory.box(call.sandbox.store, call.header("AdresSkrytki"))
    reply_to, trial = call.reply_box(), call.header_flag("CzyProbne")
    extra = call.header_bytes("DaneDodatkowe")
    check(file, box)
    if trial:
        return _answer(Lodged(0))
    copies = 2 if "duplicate" in call.tricks else 1
    return _answer(lodge(call.sandbox, Submission(file, sender, box, reply_to, operation, extra, copies)))


def _answer(done: Lodged) -> etree._Element:
    root = answer_root(OBI, "OdpowiedzSkrytki")
    status(root, 1, say("ok"))
    add(root, "identyfikatorDokumentu", done.document)
    if done.upp_id is not None:
        add(root, "identyfikatorUpp", done.upp_id)
    if done.upp is not None:
        add_file(root, "zalacznik", done.upp)
    return root


OPERATIONS = {
    q(OBI, "Dokument"): Operation("nadaj", "skrytka", _nadaj),
    q(EXT, "Dokument"): Operation("nadajAny", "skrytka", _nadaj_any),
}
