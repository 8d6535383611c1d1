"""How the letters of the demo office came: paper at the counter, or a document from the office's box on ePUAP."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from eoffice.channels.port import File, Received
from eoffice.parties import actions as parties
from eoffice.parties.models import Party
from eoffice.register import actions as register
from eoffice.register.models import Entry
from forms import document
from forms.letter import ORGANISATION, PERSON, Contact, Enclosure, Letter
from forms.names import PISMO_OGOLNE
from forms.office import office_of
from portal.commands import paper
from portal.core import clock, documents
from portal.core.actors import Actor
from portal.core.program import Program
from portal.town import town
from portal.web import formats

PDF, XML = "application/pdf", "application/xml"

Facts = dict[str, Any]


def on_paper(session: Session, program: Program, actor: Actor, facts: Facts) -> Entry:
    """A letter handed in at the counter: its sender is recognised, the scan kept, the line written."""
    party = _recognised(session, actor, facts["from"])
    post, day = _sender(facts["from"])["post"], clock.today()
    scan = paper.sheet(
        head=f"{program.settings.town_place}, {formats.day(day)}", day=day, sender=f"{party.name}\n{post}",
        title=facts["title"], body=facts["body"],
    )  # fmt: skip
    kept = documents.store(session, program.blobs, actor, data=scan, name="skan.pdf", origin="counter")
    return register.register_incoming(
        session, actor, title=facts["title"], party=party, party_name=party.name, channel="counter",
        received_on=day, document_id=kept.id, letter_date=day.isoformat(), party_address=post,
        sender_sign=facts.get("sender_sign", ""), attachments=facts.get("attachments", 0),
    )  # fmt: skip


def by_epuap(program: Program, facts: Facts) -> Received:
    """The document as it lay in the box. A ``damaged`` one was cut off on its way."""
    sender = _sender(facts["from"])
    data = _letter(program, facts, sender)
    pesel = sender.get("pesel", "")
    return Received(
        box=program.settings.epuap_box,
        token="",
        document=File("pismo.xml", XML, data[: len(data) // 2] if facts.get("damaged") else data),
        external_id=str(uuid.uuid5(uuid.NAMESPACE_URL, facts["title"])),
        sender_id=sender["id"],
        sender_name=_name(sender),
        sender_kind=sender["kind"],
        sender_identifiers={"pesel": pesel} if pesel else {},
        reply_to=sender["box"],
        sent_at=clock.now(),
    )


def _sender(told: Facts) -> Facts:
    """Who wrote: said in full, or a citizen of the town by their account."""
    if "login" not in told:
        return told
    one = next(citizen for citizen in town()["citizens"] if citizen["login"] == told["login"])
    return {**one, "kind": PERSON, "id": one["epuap"]}


def _name(sender: Facts) -> str:
    return str(sender.get("name") or f"{sender['first_name']} {sender['last_name']}")


def _recognised(session: Session, actor: Actor, told: Facts) -> Party:
    sender = _sender(told)
    pesel = sender.get("pesel", "")
    return parties.recognise(
        session, actor, kind=sender["kind"], name=_name(sender), first_name=sender.get("first_name", ""),
        last_name=sender.get("last_name", ""), identifiers={"pesel": pesel} if pesel else {},
        addresses={"post": sender["post"]},
    )  # fmt: skip


def _letter(program: Program, facts: Facts, sender: Facts) -> bytes:
    """The letter in the template citizens and offices write in (CRD "pismo ogólne")."""
    day = clock.today()
    return document.write(
        Letter(
            namespace=PISMO_OGOLNE, created=day, title=facts["title"], sender=_contact(sender),
            recipient=office_of(program.settings).contact, paragraphs=tuple(facts["body"].split("\n")),
            place=sender.get("city", program.settings.town_place), kind="inne pismo", kind_other="pismo ogólne",
            enclosures=tuple(
                Enclosure(item["name"], PDF, paper.sheet(day=day, body=item["text"]))
                for item in facts.get("enclosures", ())
            ),
        )
    )  # fmt: skip


def _contact(sender: Facts) -> Contact:
    told = ("first_name", "last_name", "pesel", "street", "building", "flat", "postcode", "city", "email")
    parts = {part: sender[part] for part in told if part in sender}
    if sender["kind"] == PERSON:
        return Contact(kind=PERSON, **parts)
    return Contact(kind=ORGANISATION, name=sender["name"], **parts)
