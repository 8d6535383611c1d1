"""WS-pull: an office empties its boxes (``oczekujaceDokumenty``, ``pobierzNastepny``, ``potwierdzOdebranie``).

The head of the queue is given again and again until it is confirmed with the SHA-1 of its bytes. Status 1 is
success, 0 means there is nothing (or it was confirmed before), anything else is an error.
"""

from __future__ import annotations

import base64
import sqlite3

from lxml import etree

from eoffice.sandbox import deliveries, directory, mail
from eoffice.sandbox.call import Call, Operation, child_text, only
from eoffice.sandbox.clock import polish
from eoffice.sandbox.directory import Box, Podmiot
from eoffice.sandbox.envelope import add_file, answer_root, status
from eoffice.sandbox.mail import File
from eoffice.sandbox.names import OBI, XSI, q
from eoffice.sandbox.refusals import Refusal
from eoffice.sandbox.texts import say
from eoffice.sandbox.xml import add

_ASKED = ("podmiot", "nazwaSkrytki", "adresSkrytki")
_WRONG_DIGEST = 2


def _box(call: Call, *more: str) -> Box:
    """The box asked about: it must be the podmiot's own, under its name."""
    only(call.payload, *_ASKED, *more)
    podmiot = call.entitled(child_text(call.payload, "podmiot"))
    address = child_text(call.payload, "adresSkrytki")
    box = directory.box(call.sandbox.store, address)
    if box.podmiot != podmiot or box.name != child_text(call.payload, "nazwaSkrytki"):
        raise Refusal("box_mismatch", address=address)
    deliveries.settle(call.sandbox)
    return box


def _waiting(call: Call) -> etree._Element:
    box = _box(call)
    root = answer_root(OBI, "OdpowiedzPullOczekujace")
    status(root, 1, say("ok"))
    add(root, "oczekujace", mail.waiting(call.sandbox.store, box.address))
    return root


def _next(call: Call) -> etree._Element:
    box = _box(call)
    row = mail.head(call.sandbox.store, box.address)
    root = answer_root(OBI, "OdpowiedzPullPobierz")
    if row is None:
        status(root, 0, say("queue_empty"))
        return root
    status(root, 1, say("ok"))
    _add_sender(root, directory.podmiot(call.sandbox.store, row["podmiot"]), row)
    add(root, "dataNadania", polish(row["sent_at"]))
    add(root, "nazwaSkrytki", box.name)
    add(root, "adresSkrytki", box.address)
    reply = add(root, "adresOdpowiedzi", row["reply_to"])
    if row["reply_to"] is None:
        reply.set(q(XSI, "nil"), "true")
    add(root, "czyTestowe", bool(row["test"]))
    add(root, "daneDodatkowe", base64.b64encode(row["extra"]).decode())
    add_file(root, "dokument", File(row["name"], row["type"], row["content"]))
    return root


def _add_sender(root: etree._Element, podmiot: Podmiot, row: sqlite3.Row) -> None:
    facts = add(root, "danePodmiotu")
    add(facts, "identyfikator", podmiot.id)
    add(facts, "typOsoby", podmiot.kind)
    add(facts, "imieSkrot", podmiot.short_name)
    add(facts, "nazwiskoNazwa", podmiot.name)
    for name, value in (("nip", podmiot.nip), ("pesel", podmiot.pesel), ("regon", podmiot.regon)):
        if value:
            add(facts, name, value)
    add(facts, "zgoda", podmiot.consent)
    who = add(root, "daneNadawcy")
    if row["login"]:
        add(who, "uzytkownik", row["login"])
    if row["system"]:
        add(who, "system", row["system"])


def _confirm(call: Call) -> etree._Element:
    box = _box(call, "skrot")
    sandbox = call.sandbox
    outcome = mail.confirm(
        sandbox.store,
        box.address,
        child_text(call.payload, "skrot"),
        sandbox.clock.now(),
        keep_it="duplicate" in call.tricks,
    )
    root = answer_root(OBI, "OdpowiedzPullPotwierdz")
    if outcome == "confirmed":
        status(root, 1, say("ok"))
    elif outcome == "again":
        status(root, 0, say("confirmed_again"))
    else:
        status(root, _WRONG_DIGEST, say("wrong_digest"))
    return root


OPERATIONS = {
    q(OBI, "ZapytaniePullOczekujace"): Operation("oczekujaceDokumenty", "pull", _waiting),
    q(OBI, "ZapytaniePullPobierz"): Operation("pobierzNastepny", "pull", _next),
    q(OBI, "ZapytaniePullPotwierdz"): Operation("potwierdzOdebranie", "pull", _confirm),
}
