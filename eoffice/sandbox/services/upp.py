"""WS-obslugaUpp: a UPP for a document the podmiot's own system took in, alone or with the document sent on."""

from __future__ import annotations

from lxml import etree

from eoffice.sandbox import directory, mail, receipts
from eoffice.sandbox.call import Call, Operation, child, child_text, file_of, only
from eoffice.sandbox.directory import Podmiot
from eoffice.sandbox.envelope import add_file, answer_root, status
from eoffice.sandbox.lodging import Submission, check, lodge
from eoffice.sandbox.mail import File, Sender
from eoffice.sandbox.names import OBI, q
from eoffice.sandbox.refusals import BadRequest
from eoffice.sandbox.texts import say


def _issue(call: Call) -> etree._Element:
    only(call.payload, "podmiot", "nadawca", "dokument")
    sandbox = call.sandbox
    owner = directory.podmiot(sandbox.store, call.entitled(child_text(call.payload, "podmiot")))
    sender = _sender(call)
    file = _document(call)
    mail.well_formed(file.content)
    now = sandbox.clock.now()
    with sandbox.store.writing() as db:
        document = mail.keep(db, file, now)
        number = mail.keep(db, File("", "", b""), now)
        receipt = receipts.upp(number, document, sender, owner, f"/{owner.id}", now, sandbox.keys.seal)
        mail.fill(db, number, receipt)
    return _answer(receipt)


def _issue_and_send(call: Call) -> etree._Element:
    only(call.payload, "podmiot", "adresSkrytki", "adresOdpowiedzi", "dokument")
    store = call.sandbox.store
    sender = Sender(call.entitled(child_text(call.payload, "podmiot")), system=call.system.name)
    box = directory.box(store, child_text(call.payload, "adresSkrytki"))
    reply_to = child_text(call.payload, "adresOdpowiedzi")
    if directory.box(store, reply_to).podmiot not in call.system.acts_for:
        raise BadRequest("reply_box", address=reply_to)
    file = _document(call)
    check(file, box)
    return _answer(lodge(call.sandbox, Submission(file, sender, box, reply_to, "dajUppPrzeslij")).upp)


def _document(call: Call) -> File:
    element = child(call.payload, "dokument")
    if element is None:
        raise BadRequest("element_missing", name="dokument")
    return file_of(element)


def _sender(call: Call) -> Podmiot:
    """``UzytkownikTyp``: a person ePUAP need not know."""
    element = child(call.payload, "nadawca")
    if element is None:
        raise BadRequest("element_missing", name="nadawca")
    only(element, "identyfikator", "typIdentyfikatora", "nazwa")
    name = child_text(element, "nazwa")
    return Podmiot(child_text(element, "identyfikator"), "P", name, name, None, None, None, True)


def _answer(receipt: File | None) -> etree._Element:
    root = answer_root(OBI, "OdpowiedzDajUpp")
    status(root, 1, say("ok"))
    if receipt is not None:
        add_file(root, "upp", receipt)
    return root


OPERATIONS = {
    q(OBI, "ZapytanieDajUpp"): Operation("dajUpp", "obslugaUpp", _issue),
    q(OBI, "ZapytanieDajUppPrzeslij"): Operation("dajUppPrzeslij", "obslugaUpp", _issue_and_send),
}
