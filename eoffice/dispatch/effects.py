"""What letters do outside: they are sealed, handed to channels, proved, or stay without proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases.models import Case
from eoffice.channels.port import Channel, File, Handed, Outgoing
from eoffice.dispatch import deliveries, proofs, sealing
from eoffice.dispatch.models import Delivery, Letter
from eoffice.dispatch.sealing import Office
from eoffice.dispatch.workflow import GOING, LETTER
from eoffice.intake.models import Message
from portal.core import clock, documents, events
from portal.core.actors import system_for
from portal.core.blobs import BlobStore
from portal.core.documents import Document
from portal.core.errors import OutsideError, Permanent
from portal.core.outbox import Effect
from portal.core.ports import Ports
from portal.core.signatures import SignatureReport, Signer, Verifier

XML = "application/xml"


def effects(blobs: BlobStore, office: Office, reply_to: dict[str, str]) -> list[Effect[Any, Any]]:
    """The effects of this room. ``reply_to`` names, per channel, the address proofs should come back to."""
    return [_seal(blobs, office), _send(blobs, reply_to), _proof(blobs), EXPIRE]


@dataclass(frozen=True, slots=True)
class ToSeal:
    xml: bytes
    at: datetime


def _seal(blobs: BlobStore, office: Office) -> Effect[ToSeal, bytes]:
    def load(session: Session, payload: dict[str, Any]) -> ToSeal | None:
        letter = session.get_one(Letter, payload["letter"])
        if letter.state != "approved":
            return None
        return ToSeal(sealing.xml_of(session, letter, office), letter.approved_at or clock.now())

    def call(ports: Ports, request: ToSeal) -> bytes:
        return ports.of(Signer).sign(request.xml, at=request.at)

    def save(session: Session, payload: dict[str, Any], signed: bytes) -> None:
        letter = session.get_one(Letter, payload["letter"], with_for_update=True)
        if letter.state != "approved":
            return
        actor = system_for(letter.approver_id)
        case = session.get_one(Case, letter.case_id)
        name = f"{case.sign}.{letter.number}.xml"
        made = documents.store(session, blobs, actor, data=signed, name=name, origin="made", content_type=XML)
        letter.document_id = made.id
        LETTER.fire(letter, "seal")
        cases.add_element(
            session, actor, case, kind="letter", title=letter.title, letter_id=letter.id, document_id=made.id
        )
        refs = [letter.ref, case.ref, made.ref]
        events.record(session, actor, "letter.sealed", refs, audience="office")

    return Effect("letter.seal", load, call, save)


@dataclass(frozen=True, slots=True)
class ToSend:
    channel: str
    outgoing: Outgoing


def _send(blobs: BlobStore, reply_to: dict[str, str]) -> Effect[ToSend, Handed]:
    def load(session: Session, payload: dict[str, Any]) -> ToSend | None:
        delivery = session.get_one(Delivery, payload["delivery"])
        if delivery.state not in GOING:
            return None
        letter = session.get_one(Letter, delivery.letter_id)
        case = session.get_one(Case, letter.case_id)
        document = session.get_one(Document, letter.document_id)
        file = File(document.name, document.content_type, blobs.get(document.sha256))
        outgoing = Outgoing(
            key=delivery.key, document=file, recipient=delivery.address,
            reply_to=reply_to.get(delivery.channel, ""), case_sign=case.sign, document_id=delivery.mark,
            due=clock.now() + deliveries.PROOF_WAIT,
        )  # fmt: skip
        return ToSend(delivery.channel, outgoing)

    def call(ports: Ports, request: ToSend) -> Handed:
        return ports.of(Channel, request.channel).send(request.outgoing)

    def find(ports: Ports, request: ToSend) -> Handed | bool | None:
        found = ports.of(Channel, request.channel).find(request.outgoing)
        if found is None:
            return None
        return (found.handed or Handed("")) if found.done else False

    def save(session: Session, payload: dict[str, Any], result: Handed) -> None:
        delivery = session.get_one(Delivery, payload["delivery"], with_for_update=True)
        actor = system_for(None)
        receipt = None
        if result.receipt is not None:
            file = result.receipt
            receipt = documents.store(session, blobs, actor, data=file.data, name=file.name, origin=delivery.channel)
        deliveries.handed(session, delivery, result, receipt)

    def gave_up(session: Session, payload: dict[str, Any], state: str, error: OutsideError) -> None:
        delivery = session.get_one(Delivery, payload["delivery"], with_for_update=True)
        deliveries.gave_up(session, delivery, state, error.code)

    return Effect("delivery.send", load, call, save, repeatable=False, find=find, gave_up=gave_up)


@dataclass(frozen=True, slots=True)
class ToRead:
    channel: str
    data: bytes


def _proof(blobs: BlobStore) -> Effect[ToRead, Sequence[SignatureReport]]:
    def load(session: Session, payload: dict[str, Any]) -> ToRead | None:
        message = session.get_one(Message, payload["message"])
        document = session.get_one(Document, message.document_id)
        return ToRead(message.channel, blobs.get(document.sha256))

    def call(ports: Ports, request: ToRead) -> Sequence[SignatureReport]:
        return ports.of(Verifier).verify(request.data)

    def save(session: Session, payload: dict[str, Any], reports: Sequence[SignatureReport]) -> None:
        message = session.get_one(Message, payload["message"], with_for_update=True)
        document = session.get_one(Document, message.document_id)
        proof = proofs.read(message.channel, blobs.get(document.sha256), reports)
        delivery = deliveries.find_by_proof(session, proof) if proof else None
        if proof is None or delivery is None:
            raise Permanent("no delivery awaits this proof", code="proof.unmatched")
        deliveries.proved(session, delivery, proof, document.id)

    def gave_up(session: Session, payload: dict[str, Any], state: str, error: OutsideError) -> None:  # noqa: ARG001
        message = session.get_one(Message, payload["message"], with_for_update=True)
        message.problem = error.code[:60]

    return Effect("proof.received", load, call, save, gave_up=gave_up)


def _expired(session: Session, payload: dict[str, Any]) -> int | None:
    delivery = session.get_one(Delivery, payload["delivery"])
    return delivery.id if delivery.state == "handed" else None


def _nothing_outside(_ports: Ports, delivery_id: int) -> int:
    return delivery_id


def _lapse(session: Session, _payload: dict[str, Any], delivery_id: int) -> None:
    delivery = session.get_one(Delivery, delivery_id, with_for_update=True)
    if delivery.state == "handed":
        deliveries.lapse(session, delivery)


EXPIRE: Effect[int, int] = Effect("delivery.expire", _expired, _nothing_outside, _lapse)
