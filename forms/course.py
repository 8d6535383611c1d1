"""What becomes of a submission after it was sent: noted by those who carry it, register it, receive its proof.

Each act may be repeated: jobs run at least once.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from forms.models import Submission
from forms.workflow import REGISTERED, SUBMISSION
from portal.accounts import policy
from portal.core import events
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import Conflict


def hold(session: Session, submission: Submission) -> None:
    """Read the row anew and keep others off it until the transaction ends; our own changes are written first."""
    session.flush()
    session.refresh(submission, with_for_update=True)


def mark_lodged(
    session: Session,
    actor: Actor,
    submission: Submission,
    channel: str,
    external_id: str,
    receipt: Document | None = None,
) -> Submission:
    """The office's box has it. ``receipt`` is the UPP when it came at once (else ``attach_receipt`` later).

    Repeating it changes nothing; after the register was quicker only the facts are noted.
    """
    hold(session, submission)
    first = not submission.external_id
    if SUBMISSION.allows(submission.state, "lodge"):
        SUBMISSION.fire(submission, "lodge")
    elif first and submission.state != REGISTERED:
        raise Conflict("submission.not_now", state=submission.state)
    if first:
        submission.channel, submission.external_id = channel, external_id
        facts = {"channel": channel}
        events.record(session, actor, "submission.lodged", [submission.ref], audience="citizen", data=facts)
    if receipt is not None:
        attach_receipt(session, actor, submission, receipt)
    return submission


def attach_receipt(session: Session, actor: Actor, submission: Submission, receipt: Document) -> Submission:
    """Keep the official receipt of submission (UPP). The first one stays: a second changes nothing."""
    if submission.receipt_id is None:
        submission.receipt_id = receipt.id
        refs = [submission.ref, receipt.ref]
        events.record(session, actor, "submission.receipt", refs, audience="citizen")
    return submission


def mark_registered(session: Session, actor: Actor, submission: Submission, number: str) -> Submission:
    """The office gave it a number in its register of incoming letters (RPW). Repeating it changes nothing."""
    hold(session, submission)
    if submission.state != REGISTERED:
        SUBMISSION.fire(submission, "register")
        facts = {"number": number}
        events.record(session, actor, "submission.registered", [submission.ref], audience="citizen", data=facts)
    return submission


def mark_failed(session: Session, actor: Actor, submission: Submission, code: str = "") -> Submission:
    """It could not be handed over; a person at the office sees to it."""
    return _mark(session, actor, submission, "fail", "submission.failed", code)


def mark_uncertain(session: Session, actor: Actor, submission: Submission, code: str = "") -> Submission:
    """It left and no answer came: it is looked up or decided by a person, never sent again blindly."""
    return _mark(session, actor, submission, "doubt", "submission.uncertain", code)


def mark_retried(session: Session, actor: Actor, submission: Submission) -> Submission:
    """A person decided to hand it over again."""
    policy.require(session, actor, "jobs.manage", policy.OFFICE)
    return _mark(session, actor, submission, "retry", "submission.retried", "")


def _mark(session: Session, actor: Actor, submission: Submission, transition: str, verb: str, code: str) -> Submission:
    hold(session, submission)
    if submission.state == SUBMISSION.transition(transition).target:
        return submission
    SUBMISSION.fire(submission, transition)
    facts = {"code": code} if code else {}
    events.record(session, actor, verb, [submission.ref], audience="citizen", data=facts)
    return submission
