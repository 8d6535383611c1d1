"""What the intake does outside: lodging our own submissions, looking into boxes, taking items off their queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from eoffice.channels.port import Channel, File, Found, Handed, Outgoing, Received
from eoffice.intake import actions, matching
from eoffice.parties import queries as parties
from forms import actions as forms
from forms.models import Submission
from forms.workflow import LODGED, REGISTERED
from portal.core import documents, outbox
from portal.core.actors import SYSTEM, system_for
from portal.core.blobs import BlobStore
from portal.core.documents import Document
from portal.core.errors import OutsideError
from portal.core.outbox import FAILED, Effect, Job
from portal.core.ports import Ports
from portal.core.settings import Settings
from portal.core.signatures import SignatureReport, Verifier

POLL = "channel.poll"
"""Topic of the recurring job that looks into a box; payload: channel, box."""

LODGE_CHANNEL = "epuap"

LODGE_ATTEMPTS = 60
"""About two days of waits: an outage over a weekend must not send citizens' letters to the operator's list."""

CONFIRM_ATTEMPTS = 1000
"""The queue stands still until its head is confirmed, so giving up helps nobody."""


def effects(blobs: BlobStore, settings: Settings) -> list[Effect[Any, Any]]:
    """The effects of this room."""
    return [_lodge(blobs, settings), _receipt(blobs, settings), _poll(blobs), ACKNOWLEDGE]


def ensure_polling(session: Session, channel: str, boxes: Sequence[str], every: int) -> None:
    """Look into ``boxes`` of ``channel`` every so many seconds from now on; called at each start."""
    for box in boxes:
        key, payload = _poll_key(channel, box), {"channel": channel, "box": box}
        if not outbox.enqueue(session, POLL, key, payload, lane=actions.lane(channel, box), every=every):
            session.execute(update(Job).where(Job.key == key).values(every=every))


def _poll_key(channel: str, box: str) -> str:
    return f"{POLL}:{channel}:{box}"


def _outgoing(session: Session, blobs: BlobStore, settings: Settings, submission: Submission) -> Outgoing:
    """The document of a submission on its way to our own box.

    It goes in the name of the citizen where ePUAP knows them and lets us; the receipt is to come back to us,
    because it is here that the citizen looks for it.
    """
    document = session.get_one(Document, submission.document_id)
    party = parties.of_user(session, submission.user_id)
    identifiers = parties.identifiers(session, party.id) if party else {}
    return Outgoing(
        key=submission.reference,
        document=File(document.name, document.content_type, blobs.get(document.sha256)),
        recipient=settings.epuap_box,
        reply_to=settings.epuap_box,
        on_behalf=identifiers.get("epuap", ""),
    )


def _keep_receipt(session: Session, blobs: BlobStore, submission: Submission, handed: Handed) -> Document | None:
    if handed.receipt is None or submission.receipt_id is not None:
        return None
    return documents.store(
        session, blobs, system_for(submission.user_id), data=handed.receipt.data,
        name=handed.receipt.name or f"UPP-{submission.reference}.xml", origin=LODGE_CHANNEL,
    )  # fmt: skip


def _lodge(blobs: BlobStore, settings: Settings) -> Effect[Outgoing, Handed]:
    def load(session: Session, payload: dict[str, Any]) -> Outgoing | None:
        submission = session.get_one(Submission, payload["submission"])
        if submission.state in (LODGED, REGISTERED):
            return None
        return _outgoing(session, blobs, settings, submission)

    def save(session: Session, payload: dict[str, Any], handed: Handed) -> None:
        submission = session.get_one(Submission, payload["submission"], with_for_update=True)
        actor = system_for(submission.user_id)
        receipt = _keep_receipt(session, blobs, submission, handed)
        forms.mark_lodged(session, actor, submission, LODGE_CHANNEL, handed.external_id, receipt)
        matching.attach_waiting(session, actor, submission)

    def gave_up(session: Session, payload: dict[str, Any], state: str, error: OutsideError) -> None:
        submission = session.get_one(Submission, payload["submission"], with_for_update=True)
        note = forms.mark_failed if state == FAILED else forms.mark_uncertain
        note(session, system_for(submission.user_id), submission, error.code)

    return Effect(
        forms.LODGE, load, _call_lodge, save, repeatable=False, find=_find, gave_up=gave_up,
        attempts=LODGE_ATTEMPTS,
    )  # fmt: skip


def _call_lodge(ports: Ports, outgoing: Outgoing) -> Handed:
    return ports.of(Channel, LODGE_CHANNEL).lodge(outgoing)


def _find(ports: Ports, outgoing: Outgoing) -> Handed | bool | None:
    found = ports.of(Channel, LODGE_CHANNEL).find(outgoing)
    if found is None:
        return None
    return (found.handed or Handed("")) if found.done else False


def _receipt(blobs: BlobStore, settings: Settings) -> Effect[Outgoing, Found | None]:
    """The UPP of a lodging whose answer was lost, where the channel lets us look it up."""

    def load(session: Session, payload: dict[str, Any]) -> Outgoing | None:
        submission = session.get_one(Submission, payload["submission"])
        return None if submission.receipt_id else _outgoing(session, blobs, settings, submission)

    def call(ports: Ports, outgoing: Outgoing) -> Found | None:
        return ports.of(Channel, LODGE_CHANNEL).find(outgoing)

    def save(session: Session, payload: dict[str, Any], found: Found | None) -> None:
        submission = session.get_one(Submission, payload["submission"], with_for_update=True)
        receipt = _keep_receipt(session, blobs, submission, found.handed) if found and found.handed else None
        if receipt is not None:
            forms.attach_receipt(session, system_for(submission.user_id), submission, receipt)

    return Effect(matching.RECEIPT, load, call, save)


@dataclass(frozen=True, slots=True)
class Box:
    """A box to look into."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was at the head of the box's queue, with its signatures judged; ``received`` is ``None`` when empty."""

    received: Received | None
    reports: tuple[SignatureReport, ...] = ()


def _load_box(_session: Session, payload: dict[str, Any]) -> Box:
    return Box(payload["channel"], payload["box"])


def _look(ports: Ports, box: Box) -> Taken:
    received = ports.of(Channel, box.channel).receive(box.address)
    if received is None:
        return Taken(None)
    return Taken(received, tuple(ports.of(Verifier).verify(received.document.data)))


def _poll(blobs: BlobStore) -> Effect[Box, Taken]:
    """The head of the queue into our hands. One at a time: it is the same one until it is confirmed."""

    def save(session: Session, payload: dict[str, Any], taken: Taken) -> None:
        if taken.received is not None:
            actions.accept(session, blobs, SYSTEM, payload["channel"], taken.received, taken.reports)

    return Effect(POLL, _load_box, _look, save)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An item to take off its queue."""

    box: Box
    token: str


def _load_confirmation(_session: Session, payload: dict[str, Any]) -> Confirmation:
    return Confirmation(Box(payload["channel"], payload["box"]), payload["token"])


def _take_off(ports: Ports, item: Confirmation) -> None:
    ports.of(Channel, item.box.channel).acknowledge(item.box.address, item.token)


def _taken_off(session: Session, payload: dict[str, Any], _result: None) -> None:
    actions.acknowledged(session, payload["message"])
    # There may be more behind it: look again now, not at the next time.
    outbox.hurry(session, _poll_key(payload["channel"], payload["box"]))


ACKNOWLEDGE: Effect[Confirmation, None] = Effect(
    actions.ACKNOWLEDGE, _load_confirmation, _take_off, _taken_off, attempts=CONFIRM_ATTEMPTS
)
