"""Business acts on deliveries: what became of each recipient's copy, and a person's word where nobody else knows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases.models import Case
from eoffice.channels.port import Handed
from eoffice.dispatch import fiction, queries
from eoffice.dispatch.addressing import COUNTER
from eoffice.dispatch.fiction import Presumption
from eoffice.dispatch.models import Delivery, Letter
from eoffice.dispatch.proofs import Proof
from eoffice.dispatch.workflow import ARRIVED, CLOSED, DELIVERY, GOING, LETTER
from eoffice.parties.models import Party
from portal.accounts import policy
from portal.core import clock, events, outbox
from portal.core.actors import SYSTEM, Actor
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import FAILED, UNCERTAIN, Job

PROOF_WAIT = timedelta(days=14)
"""How long a recipient has to collect (ustawa o doręczeniach elektronicznych art. 42(2))."""


def handed(session: Session, delivery: Delivery, result: Handed, receipt: Document | None) -> None:
    """The channel took the letter: keep its marks and wait for the proof."""
    if delivery.state not in GOING:
        return
    DELIVERY.fire(delivery, "hand")
    delivery.order_id, delivery.external_id, delivery.problem = result.order_id, result.external_id, ""
    delivery.sent_at = clock.now()
    delivery.due_on = clock.local(delivery.sent_at + PROOF_WAIT).date()
    letter, case = _context(session, delivery)
    refs = [delivery.ref, letter.ref, case.ref]
    if receipt is not None:
        refs.append(receipt.ref)
        cases.add_element(session, SYSTEM, case, kind="document", title=receipt.name, letter_id=letter.id,
                          document_id=receipt.id)  # fmt: skip
    data = {"channel": delivery.channel}
    events.record(session, SYSTEM, "delivery.handed", refs, audience="office", data=data)
    _expect_proof(session, delivery)
    _tell_sent(session, SYSTEM, letter, case)


def _expect_proof(session: Session, delivery: Delivery) -> None:
    due = delivery.due_on or clock.today()
    after = datetime.combine(due + timedelta(days=1), time(), tzinfo=clock.WARSAW)
    outbox.enqueue(
        session, "delivery.expire", f"delivery.expire:{delivery.id}:{due.isoformat()}",
        {"delivery": delivery.id}, run_after=after,
    )  # fmt: skip


def gave_up(session: Session, delivery: Delivery, state: str, code: str) -> None:
    """The sending failed or nobody knows whether it was made: it goes on the clerk's list."""
    if delivery.state != "waiting":
        return
    DELIVERY.fire(delivery, "fail" if state == FAILED else "lose")
    delivery.problem = code or state
    letter, case = _context(session, delivery)
    data = {"problem": delivery.problem}
    refs = [delivery.ref, letter.ref, case.ref]
    events.record(session, SYSTEM, f"delivery.{delivery.state}", refs, audience="office", data=data)


def decide(session: Session, actor: Actor, *, delivery_id: int, again: bool) -> Delivery:
    """A person's word on a failed or uncertain sending: send ``again``, or it is settled another way.

    Sending an uncertain letter again may deliver it twice; that is why only a person does it.
    """
    delivery, letter, case = _of_clerk(session, actor, delivery_id)
    job = session.scalars(select(Job).where(Job.key == f"delivery.send:{delivery.id}")).first()
    if job is None or job.state not in (FAILED, UNCERTAIN):
        raise Conflict("delivery.not_stuck")
    DELIVERY.fire(delivery, "retry" if again else "settle")
    outbox.decide(session, actor, job.id, again=again)
    verb = "delivery.retried" if again else "delivery.settled"
    events.record(session, actor, verb, [delivery.ref, letter.ref, case.ref], audience="office")
    _close_letter(session, actor, letter, case)
    return delivery


def handed_over(session: Session, actor: Actor, *, delivery_id: int, on: date) -> Delivery:
    """A letter collected at the counter: the recipient confirmed with signature and date (KPA art. 46)."""
    delivery, letter, case = _of_clerk(session, actor, delivery_id)
    if delivery.state != "to_hand":
        raise Conflict("delivery.not_at_counter")
    if on > clock.today() or (letter.approved_at and on < clock.local(letter.approved_at).date()):
        raise Invalid("delivery.date")
    delivery.sent_at = delivery.sent_at or clock.now()
    _tell_sent(session, actor, letter, case, force=True)
    _arrive(session, actor, delivery, "prove", _noon(on))
    return delivery


def settle(session: Session, actor: Actor, *, delivery_id: int) -> Delivery:
    """Nothing more is awaited of this delivery: it was done another way, or it is no longer needed."""
    delivery, letter, case = _of_clerk(session, actor, delivery_id)
    if delivery.state in GOING:
        raise Conflict("delivery.undecided")
    DELIVERY.fire(delivery, "settle")
    refs = [delivery.ref, letter.ref, case.ref]
    events.record(session, actor, "delivery.settled", refs, audience="office")
    _close_letter(session, actor, letter, case)
    return delivery


def divert(session: Session, actor: Actor, *, delivery_id: int) -> Delivery:
    """What could not be delivered electronically is laid out for collection at the counter."""
    delivery, letter, case = _of_clerk(session, actor, delivery_id)
    DELIVERY.fire(delivery, "divert")
    delivery.channel, delivery.address, delivery.problem = COUNTER, "", ""
    _settle_job(session, delivery)
    refs = [delivery.ref, letter.ref, case.ref]
    events.record(session, actor, "delivery.diverted", refs, audience="office")
    return delivery


def accept_proof(session: Session, actor: Actor, *, delivery_id: int, on: date) -> Delivery:
    """A clerk looked at a doubtful proof, or holds one that did not come by the channel, and takes it for good."""
    delivery, _letter, _case = _of_clerk(session, actor, delivery_id)
    if delivery.state not in ("doubtful", "no_proof"):
        raise Conflict("delivery.not_doubtful")
    if on > clock.today():
        raise Invalid("delivery.date")
    _arrive(session, actor, delivery, "prove", _noon(on))
    return delivery


def presumption(session: Session, delivery: Delivery) -> Presumption:
    """What the law presumes of this delivery if nobody collected it."""
    party = session.get_one(Party, delivery.party_id)
    sent = clock.local(delivery.sent_at).date() if delivery.sent_at else clock.today()
    return fiction.presumption(delivery.channel, party.kind, sent)


def presume(session: Session, actor: Actor, *, delivery_id: int) -> Delivery:
    """Take the computed day as the day of delivery. Raises ``Conflict("delivery.no_presumption")``."""
    delivery, _letter, _case = _of_clerk(session, actor, delivery_id)
    found = presumption(session, delivery)
    if found.on is None or found.on > clock.today():
        raise Conflict("delivery.no_presumption")
    _arrive(session, actor, delivery, "presume", _noon(found.on))
    return delivery


def lapse(session: Session, delivery: Delivery) -> None:
    """The proof did not come in time."""
    DELIVERY.fire(delivery, "lapse")
    letter, case = _context(session, delivery)
    refs = [delivery.ref, letter.ref, case.ref]
    events.record(session, SYSTEM, "delivery.no_proof", refs, audience="office")


def find_by_proof(session: Session, proof: Proof) -> Delivery | None:
    """The delivery a proof speaks of: by the mark we gave, else by the channel's own marks."""
    for column in (Delivery.mark, Delivery.external_id, Delivery.order_id):
        if not proof.document_id:
            continue
        found = list(session.scalars(select(Delivery).where(column == proof.document_id).with_for_update()))
        if len(found) == 1 and _case_agrees(session, found[0], proof):
            return found[0]
    return None


def proved(session: Session, delivery: Delivery, proof: Proof, document_id: int) -> None:
    """The proof came. One that does not verify is kept and shown, but delivers nothing by itself."""
    if delivery.state == "delivered":
        return
    letter, case = _context(session, delivery)
    delivery.proof_id = document_id
    cases.add_element(session, SYSTEM, case, kind="document", title=proof.name, letter_id=letter.id,
                      document_id=document_id)  # fmt: skip
    moment = proof.received_at
    if not proof.genuine or moment is None:
        _doubt(session, delivery, letter, case)
        return
    if delivery.state in GOING:
        _settle_job(session, delivery)
        delivery.sent_at = delivery.sent_at or moment
        _tell_sent(session, SYSTEM, letter, case, force=True)
    _arrive(session, SYSTEM, delivery, "prove", moment)


def _doubt(session: Session, delivery: Delivery, letter: Letter, case: Case) -> None:
    if not DELIVERY.allows(delivery.state, "doubt"):
        return
    _settle_job(session, delivery)
    DELIVERY.fire(delivery, "doubt")
    delivery.problem = "proof_doubtful"
    refs = [delivery.ref, letter.ref, case.ref]
    events.record(session, SYSTEM, "delivery.doubtful", refs, audience="office")


def _settle_job(session: Session, delivery: Delivery) -> None:
    """A proof answers the question of an uncertain sending: nobody needs to decide it any more."""
    job = session.scalars(select(Job).where(Job.key == f"delivery.send:{delivery.id}")).first()
    if job is not None and job.state in (FAILED, UNCERTAIN):
        outbox.decide(session, SYSTEM, job.id, again=False)


def _arrive(session: Session, actor: Actor, delivery: Delivery, transition: str, moment: datetime) -> None:
    letter, case = _context(session, delivery)
    DELIVERY.fire(delivery, transition)
    delivery.delivered_at, delivery.problem = moment, ""
    refs = [delivery.ref, letter.ref, case.ref]
    if delivery.proof_id:
        refs.append(events.ref("document", delivery.proof_id))
    verb = "delivery.presumed" if transition == "presume" else "delivery.delivered"
    data = {"on": clock.local(moment).date().isoformat(), "channel": delivery.channel}
    events.record(session, actor, verb, refs, audience="public", data=data)
    _close_letter(session, actor, letter, case)


def _tell_sent(session: Session, actor: Actor, letter: Letter, case: Case, *, force: bool = False) -> None:
    """Once nothing of the letter waits to leave, it is sent."""
    pending = [d for d in queries.deliveries(session, letter.id) if d.state in (*GOING, "to_hand")]
    if letter.state != "sending" or (pending and not force):
        return
    LETTER.fire(letter, "handed")
    refs = [letter.ref, case.ref, *([events.ref("entry", letter.entry_id)] if letter.entry_id else [])]
    data = {"kind": letter.kind, "number": letter.number}
    events.record(session, actor, "letter.sent", refs, audience="public", data=data)


def _close_letter(session: Session, actor: Actor, letter: Letter, case: Case) -> None:
    states = [delivery.state for delivery in queries.deliveries(session, letter.id)]
    if all(state in CLOSED for state in states) and any(state in ARRIVED for state in states):
        if LETTER.allows(letter.state, "delivered"):
            LETTER.fire(letter, "delivered")
        return
    _tell_sent(session, actor, letter, case)


def _context(session: Session, delivery: Delivery) -> tuple[Letter, Case]:
    letter = queries.locked_letter(session, delivery.letter_id)
    return letter, session.get_one(Case, letter.case_id)


def _of_clerk(session: Session, actor: Actor, delivery_id: int) -> tuple[Delivery, Letter, Case]:
    delivery = queries.locked_delivery(session, delivery_id)
    letter, case = _context(session, delivery)
    policy.require(session, actor, "dispatch.send", path=case.path)
    return delivery, letter, case


def _case_agrees(session: Session, delivery: Delivery, proof: Proof) -> bool:
    """A proof that names a case must name this one: marks alone could be guessed."""
    _, case = _context(session, delivery)
    return not proof.case_sign or proof.case_sign == case.sign


def _noon(day: date) -> datetime:
    """A day known without its hour, as a moment that is that day in every zone of the country."""
    return datetime.combine(day, time(12), tzinfo=clock.WARSAW)
