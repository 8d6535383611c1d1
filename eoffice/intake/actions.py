"""Acts of the intake: taking what a channel brought into our own hands, once and whole.

``accept`` is one commit: the item as it came, the files in it, its line in the register, and the intent to
confirm it. Only after that commit is the channel told to take the item off its queue; should it bring it again,
nothing is registered twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from eoffice.channels.port import Received
from eoffice.intake import legal, matching, queries, reading
from eoffice.intake.models import Message, MessageFile
from eoffice.intake.reading import Reading
from eoffice.intake.workflow import MANAGE, WORKFLOW
from eoffice.parties import actions as parties
from eoffice.parties import names
from eoffice.parties.models import Party
from eoffice.register import actions as register
from eoffice.register.models import Entry
from forms.models import Submission
from forms.view import Attachment
from portal.accounts import policy
from portal.accounts.models import User
from portal.core import clock, documents, events, outbox
from portal.core.actors import Actor
from portal.core.blobs import BlobStore, sha256
from portal.core.documents import Document
from portal.core.errors import Invalid
from portal.core.signatures import SignatureReport
from portal.web import texts

ACKNOWLEDGE = "channel.acknowledge"
"""Topic of the job that takes an item off the channel's queue; payload: channel, box, token, message."""


def external_key(received: Received) -> str:
    """What makes an item this item: the channel's id of it and its bytes; without an id the box and the moment.

    The bytes belong to the key even where there is an id: a second document under a known id is not dropped.
    """
    digest = sha256(received.document.data)
    if received.external_id:
        return f"{_short(received.external_id)}:{digest}"
    sent = received.sent_at.isoformat() if received.sent_at else ""
    return hashlib.sha256(f"{received.box}\n{sent}\n{digest}".encode()).hexdigest()


def accept(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    channel: str,
    received: Received,
    reports: Sequence[SignatureReport] = (),
) -> Message:
    """Take one item in. ``reports`` are the judged signatures of its document; without them no receipt is believed.

    A letter gets its line and number in RPW; a receipt is joined to what it proves; what cannot be read is kept
    as it came and set aside for a person, without a number; a trial sending is only kept. The same item again
    registers nothing and is confirmed again.
    """
    policy.require(session, actor, MANAGE, policy.OFFICE)
    known = queries.by_key(session, channel, external_key(received))
    if known is not None:
        # The channel answers again, so a confirmation that was put off need not wait any longer.
        outbox.hurry(session, f"{ACKNOWLEDGE}:{known.id}")
        _confirm(session, known, received.token)
        return known
    read = reading.read(received.document.data, reports)
    message = _keep(session, blobs, actor, channel, received, read, reports)
    if received.test:
        WORKFLOW.fire(message, "ignore")
        message.problem = "test"
    elif read.problem:
        _set_aside(session, actor, message, read.problem)
    elif read.receipt is not None:
        _take_receipt(session, actor, message, read)
    else:
        _register(session, blobs, actor, message, received, read)
    _confirm(session, message, received.token)
    return message


def acknowledged(session: Session, message_id: int) -> None:
    """The channel took the item off its queue."""
    message = queries.message(session, message_id)
    message.acknowledged_at = message.acknowledged_at or clock.now()


def set_effect(session: Session, actor: Actor, message_id: int, effect: str) -> Message:
    """A clerk's word on the legal effect of the way a letter came (``eoffice.intake.legal``)."""
    policy.require(session, actor, MANAGE, policy.OFFICE)
    if effect not in legal.EFFECTS:
        raise Invalid("intake.effect", effect=effect)
    message = queries.message(session, message_id)
    if message.effect != effect:
        facts = {"before": message.effect, "effect": effect}
        message.effect = effect
        events.record(session, actor, "message.assessed", [message.ref], data=facts)
    return message


def register_set_aside(
    session: Session,
    actor: Actor,
    message_id: int,
    *,
    title: str,
    party_name: str = "",
    party: Party | None = None,
    remarks: str = "",
) -> Entry:
    """A person read what the program could not: it gets its line in RPW, with the date on which it came."""
    policy.require(session, actor, MANAGE, policy.OFFICE)
    message = queries.message(session, message_id)
    WORKFLOW.fire(message, "register_by_hand")
    message.title, message.sender_party_id = names.tidy(title, 300), party.id if party else None
    message.sender_name = names.tidy(party_name, 300) or message.sender_name
    return register.register_incoming(
        session, actor, title=title, party=party, party_name=message.sender_name or _unknown_sender(),
        channel=message.channel, received_on=_day(message), message_id=message.id,
        document_id=message.document_id, remarks=remarks, refs=[message.ref],
    )  # fmt: skip


def dismiss(session: Session, actor: Actor, message_id: int, reason: str) -> Message:
    """A person decides that an item set aside is not to be registered (spam, a broken copy). It is kept."""
    policy.require(session, actor, MANAGE, policy.OFFICE)
    reason = names.tidy(reason, 300)
    if not reason:
        raise Invalid("intake.no_reason")
    message = queries.message(session, message_id)
    WORKFLOW.fire(message, "dismiss")
    message.reason, message.problem = reason, ""
    events.record(session, actor, "message.dismissed", [message.ref])
    return message


def _short(external_id: str) -> str:
    """The channel's id within the column; one that is too long is told by its digest."""
    return external_id if len(external_id) <= 80 else hashlib.sha256(external_id.encode()).hexdigest()


def _keep(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    channel: str,
    received: Received,
    read: Reading,
    reports: Sequence[SignatureReport],
) -> Message:
    """The item exactly as it came, and what was read of it."""
    document = documents.store(
        session, blobs, actor, data=received.document.data, name=received.document.name, origin=channel,
        allow_empty=True,
    )  # fmt: skip
    document.text, document.text_note = read.text or None, read.problem[:20]
    document.signatures = _judgement(reports)
    message = Message(
        channel=channel, external_key=external_key(received), external_id=_short(received.external_id),
        box=received.box[:120], kind=read.kind, state=WORKFLOW.initial,
        title=names.tidy(read.title, 300), sender_id=received.sender_id[:120],
        sender_name=names.tidy(received.sender_name, 300), reply_to=received.reply_to[:160],
        proof_of=_short(read.receipt.document_id) if read.receipt else "", sent_at=received.sent_at,
        received_at=clock.now(), document_id=document.id,
    )  # fmt: skip
    if received.extra:
        extra = documents.store(
            session, blobs, actor, data=received.extra, name=f"{document.name}.extra.xml", origin=channel
        )
        message.extra_id = extra.id
    session.add(message)
    session.flush()
    facts = {"channel": channel, "kind": read.kind}
    events.record(session, actor, "message.received", [message.ref, document.ref], data=facts)
    return message


def _judgement(reports: Sequence[SignatureReport]) -> dict[str, object]:
    """The signatures as judged when the item came, in a form the database keeps."""
    told = [{name: _plain(value) for name, value in asdict(report).items()} for report in reports]
    return {"reports": told} if told else {}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _confirm(session: Session, message: Message, token: str) -> None:
    """Intend to take the item off the queue, once more if the channel brought it again."""
    payload = {"channel": message.channel, "box": message.box, "token": token, "message": message.id}
    key = f"{ACKNOWLEDGE}:{message.id}"
    outbox.enqueue(session, ACKNOWLEDGE, key, payload, lane=lane(message.channel, message.box), again=True)


def lane(channel: str, box: str) -> str:
    """The lane of a box: looking into it and emptying it never run side by side."""
    return f"{channel}:{box}"[:80]


def _set_aside(session: Session, actor: Actor, message: Message, problem: str) -> None:
    WORKFLOW.fire(message, "set_aside")
    message.problem = problem[:60]
    events.record(session, actor, "message.set_aside", [message.ref], data={"problem": message.problem})


def _take_receipt(session: Session, actor: Actor, message: Message, read: Reading) -> None:
    if read.receipt is not None and read.receipt.genuine:
        matching.keep_receipt(session, message)
    else:
        _set_aside(session, actor, message, "receipt.not_genuine")


def _register(
    session: Session, blobs: BlobStore, actor: Actor, message: Message, received: Received, read: Reading
) -> None:
    taken = _take_files(session, blobs, actor, message, read.attachments)
    submission = matching.own_submission(session, message.channel, message.external_id, sha256(received.document.data))
    party = _sender(session, actor, received, read, submission)
    WORKFLOW.fire(message, "register")
    message.title = message.title or texts.message("intake.untitled", name=received.document.name)
    message.sender_party_id = party.id if party else None
    shown = (read.sender.display_name if read.sender and submission else "") or message.sender_name
    message.sender_name = names.tidy(shown, 300) or (party.name if party else _unknown_sender())
    message.effect = legal.assess(message.channel, received.sender_kind, _day(message))
    refs = [message.ref, *([submission.ref] if submission else [])]
    entry = register.register_incoming(
        session, actor, title=message.title, party=party, party_name=message.sender_name,
        channel=message.channel, received_on=_day(message), message_id=message.id,
        document_id=message.document_id, attachments=taken, letter_date=read.letter_date,
        party_address="\n".join(read.sender.address_lines) if read.sender else "", refs=refs,
    )  # fmt: skip
    if submission is not None:
        matching.arrived(session, submission, message, entry.printed)


def _day(message: Message) -> date:
    """The day the item entered the office's box: a letter that came while we slept came then (KPA art. 61 § 3a)."""
    came = min(message.sent_at or message.received_at, message.received_at)
    return clock.local(came).date()


def _unknown_sender() -> str:
    return texts.message("intake.unknown_sender")


def _sender(
    session: Session, actor: Actor, received: Received, read: Reading, submission: Submission | None
) -> Party | None:
    """Who sent it: for our own submissions the account that did; else whoever the channel authenticated.

    What the document says of its sender names a party only when the channel names nobody; it identifies none.
    """
    if submission is not None:
        user = session.get_one(User, submission.user_id)
        return parties.recognise(session, actor, kind="person", name=user.name, user_id=user.id)
    said = read.sender
    name = received.sender_name or (said.display_name if said else "") or received.sender_id
    if not names.tidy(name, 300):
        return None
    kind = received.sender_kind or (said.kind if said else "")
    kind = kind if kind in parties.KINDS else "organisation"
    first, _, last = received.sender_name.strip().rpartition(" ") if kind == "person" else ("", "", "")
    return parties.recognise(
        session, actor, kind=kind, name=name, first_name=first, last_name=last if first else "",
        identifiers={**received.sender_identifiers, "epuap": received.sender_id},
        addresses={"epuap": received.reply_to} if received.reply_to.startswith("/") else {},
    )  # fmt: skip


def _take_files(
    session: Session, blobs: BlobStore, actor: Actor, message: Message, attachments: Sequence[Attachment]
) -> int:
    """Keep every attachment as a document of its own, whatever is wrong with it; links are only noted."""
    for position, item in enumerate(attachments, start=1):
        kept: Document | None = None
        if item.data is not None:
            kept = documents.store(
                session, blobs, actor, data=item.data, name=item.name, origin=message.channel, allow_empty=True
            )
        session.add(
            MessageFile(
                message_id=message.id, position=position, name=documents.clean_name(item.name),
                document_id=kept.id if kept else None, uri=item.uri[:500],
                description=names.tidy(item.description, 300), problem=item.problem[:60],
            )
        )  # fmt: skip
    session.flush()
    return len(attachments)
