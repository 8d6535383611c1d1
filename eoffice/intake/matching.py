"""Ours among what came in: submissions lodged by our own portal, and receipts for them.

A document is taken for our own submission only by the id the channel gave when it was lodged, or, while that
answer is not known yet, by its very bytes. What a file's name or text says proves nothing: then anybody could
put a letter into somebody else's matter.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.intake.models import Message
from eoffice.intake.workflow import WORKFLOW
from forms import actions as forms
from forms.models import Submission
from portal.core import events, outbox
from portal.core.actors import SYSTEM, Actor, system_for
from portal.core.documents import Document
from portal.core.outbox import FAILED, UNCERTAIN, Job

SENT = ("submitted", "lodged", "failed", "uncertain", "registered")
RECEIPT = "submission.receipt"
"""Topic of the job that asks the channel for the UPP of a lodging whose answer was lost."""

UNMATCHED = "receipt.unmatched"


def own_submission(session: Session, channel: str, external_id: str, sha256: str) -> Submission | None:
    """The submission this document is, when our portal lodged it and it is not registered yet."""
    if external_id:
        same = (Submission.channel == channel, Submission.external_id == external_id)
        found = session.scalars(select(Submission).where(*same)).first()
        if found is not None:
            return found if not _registered(session, found) else None
    query = (
        select(Submission)
        .join(Document, Document.id == Submission.document_id)
        .where(Document.sha256 == sha256, Submission.external_id == "", Submission.state.in_(SENT))
        .order_by(Submission.id)
    )
    return next((one for one in session.scalars(query) if not _registered(session, one)), None)


def by_external_id(session: Session, channel: str, external_id: str) -> Submission | None:
    """The submission the channel knows under this id."""
    if not external_id:
        return None
    same = (Submission.channel == channel, Submission.external_id == external_id)
    return session.scalars(select(Submission).where(*same)).first()


def arrived(session: Session, submission: Submission, message: Message, number: str) -> None:
    """Our own submission reached the box and has its number: whatever became of the lodging's answer, it is lodged."""
    actor = system_for(submission.user_id)
    message.submission_id = submission.id
    if not submission.external_id:
        forms.mark_lodged(session, actor, submission, message.channel, message.external_id)
        _settle_lodging(session, submission)
    forms.mark_registered(session, actor, submission, number)
    attach_waiting(session, actor, submission)
    if submission.receipt_id is None:
        outbox.enqueue(session, RECEIPT, f"{RECEIPT}:{submission.id}", {"submission": submission.id})


def attach_waiting(session: Session, actor: Actor, submission: Submission) -> None:
    """Receipts that came before we knew the id they speak of."""
    if not submission.external_id:
        return
    query = select(Message).where(
        Message.channel == submission.channel, Message.kind == "upp", Message.state == "proof",
        Message.problem == UNMATCHED, Message.proof_of == submission.external_id,
    )  # fmt: skip
    for message in session.scalars(query):
        attach(session, actor, submission, message)


def attach(session: Session, actor: Actor, submission: Submission, message: Message) -> None:
    """Join a genuine UPP to its submission; the first one stays the submission's receipt."""
    message.submission_id, message.problem = submission.id, ""
    forms.attach_receipt(session, actor, submission, session.get_one(Document, message.document_id))
    refs = [message.ref, submission.ref]
    events.record(session, actor, "message.receipt_matched", refs, audience="office")


def keep_receipt(session: Session, message: Message) -> None:
    """A genuine receipt: to its submission, or upwards to whoever sends letters."""
    WORKFLOW.fire(message, "keep_proof")
    if message.kind == "upd":
        payload = {"message": message.id}
        outbox.enqueue(session, "proof.received", f"proof.received:{message.id}", payload)
        return
    submission = by_external_id(session, message.channel, message.proof_of)
    if submission is None:
        message.problem = UNMATCHED
    else:
        attach(session, SYSTEM, submission, message)


def _registered(session: Session, submission: Submission) -> bool:
    query = select(Message.id).where(Message.submission_id == submission.id, Message.kind == "letter")
    return session.execute(query.limit(1)).first() is not None


def _settle_lodging(session: Session, submission: Submission) -> None:
    """The document itself answers what nobody could tell: take the lodging off the operator's list."""
    key = f"{forms.LODGE}:{submission.id}"
    query = select(Job.id).where(Job.key == key, Job.state.in_((FAILED, UNCERTAIN)))
    job = session.execute(query).scalar_one_or_none()
    if job is not None:
        outbox.decide(session, SYSTEM, job, again=False)
