"""WS-Doręczyciel: delivery against a signed UPD (``dorecz``), and its collection (``odbierz``)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from eoffice.sandbox import deliveries, directory, mail, xades
from eoffice.sandbox.call import Call, Operation, file_of
from eoffice.sandbox.deliveries import Order
from eoffice.sandbox.envelope import answer_root, status
from eoffice.sandbox.identity import Identity
from eoffice.sandbox.lodging import check, require_signature
from eoffice.sandbox.mail import File
from eoffice.sandbox.names import OBI, POLISH_TIME, UPO, q
from eoffice.sandbox.refusals import BadRequest, Refusal
from eoffice.sandbox.texts import say
from eoffice.sandbox.xml import add


def _deliver(call: Call) -> etree._Element:
    file = file_of(call.payload)
    box = directory.box(call.sandbox.store, call.header("AdresSkrytki"))
    order = Order(
        file,
        call.sender(),
        box,
        call.reply_box(),
        call.header("IdentyfikatorDokumentu", required=False),
        call.header("IdentyfikatorSprawy", required=False),
        _due(call),
        call.header_bytes("DaneDodatkowe"),
    )
    require_signature(check(file, box))
    if call.header_flag("CzyProbne"):
        return _answer(0, 0)
    document, number = deliveries.place(call.sandbox, order, never="upd_never" in call.tricks)
    if "duplicate" in call.tricks:
        deliveries.place(call.sandbox, order)
    return _answer(document, number)


def _due(call: Call) -> int | None:
    """``TerminDoreczenia`` in milliseconds; without a zone it is Polish time. It must lie ahead."""
    text = call.header("TerminDoreczenia", required=False)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(POLISH_TIME))
        due = int(aware.timestamp() * 1000)
    except (ValueError, OverflowError) as cause:
        raise BadRequest("bad_value", name="TerminDoreczenia") from cause
    if due <= call.sandbox.clock.now():
        raise BadRequest("due_past")
    return due


def _answer(document: int, number: int) -> etree._Element:
    root = answer_root(OBI, "OdpowiedzDoreczyciela")
    status(root, 1, say("ok"))
    add(root, "identyfikatorDokumentu", document)
    add(root, "identyfikatorZlecenia", number)
    return root


def _collect(call: Call) -> etree._Element:
    """The recipient's own software hands in the UPD it was given, now signed; the document follows by pull."""
    podmiot = call.sender().podmiot
    file = file_of(call.payload)
    root = mail.well_formed(file.content)
    order = deliveries.find(call.sandbox, _order_number(root))
    if directory.box(call.sandbox.store, order["box"]).podmiot != podmiot:
        raise Refusal("unknown_order")
    _check_signature(file, call.sandbox.keys.client(podmiot))
    if not call.header_flag("CzyProbne") and not deliveries.collect(call.sandbox, order["id"], signed=file):
        raise Refusal("order_settled", order=order["id"])
    answer = answer_root(OBI, "StatusDoreczyciela")
    add(answer, "kod", 1)
    add(answer, "komunikat", say("ok"))
    return answer


def _order_number(root: etree._Element) -> int:
    name = f"{q(UPO, 'UPD')}/{q(UPO, 'IdentyfikatorPoswiadczenia')}"
    digits = "".join(letter for letter in root.findtext(name, "") if letter in "0123456789")
    if root.tag != q(UPO, "Dokument") or not 0 < len(digits) <= 12:
        raise Refusal("unknown_order")
    return int(digits)


def _check_signature(file: File, recipient: Identity) -> None:
    """One enveloped signature over the whole UPD by the recipient's registered key."""
    if not xades.signed_by(file.content, recipient.certificate):
        raise Refusal("upd_signature")


OPERATIONS = {
    q(OBI, "Dokument"): Operation("dorecz", "doreczyciel", _deliver),
    q(OBI, "UPD"): Operation("odbierz", "doreczyciel", _collect),
}
