"""Business acts on letters: written, accepted, approved by another person, sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases import queries as case_queries
from eoffice.cases.models import Case
from eoffice.dispatch import addressing, queries
from eoffice.dispatch.addressing import COUNTER, Way
from eoffice.dispatch.models import Delivery, Letter
from eoffice.dispatch.workflow import DELIVERY, EDITABLE, LETTER
from eoffice.parties import queries as parties
from eoffice.register import actions as register
from eoffice.register.models import Entry
from forms import clean
from portal.accounts import policy
from portal.core import clock, events, outbox
from portal.core.actors import Actor
from portal.core.errors import Conflict, Forbidden, Invalid

KINDS = ("letter", "decision")
TITLE_LIMIT, BODY_LIMIT = 300, 100_000


def write_letter(
    session: Session,
    actor: Actor,
    *,
    case_id: int,
    kind: str,
    title: str,
    body: str,
    recipients: Sequence[int] = (),
) -> Letter:
    """Begin a letter in a case. Without ``recipients`` it goes to the party the case was opened for.

    Raises ``Forbidden``, ``Conflict("case.ended")``, ``Invalid``.
    """
    case = cases.live_case(session, actor, case_id)
    policy.require(session, actor, "letters.write", path=case.path)
    if kind not in KINDS:
        raise Invalid("letter.kind")
    title, body = _checked(title, body)
    cases.begin(session, actor, case)
    letter = Letter(
        case_id=case.id, kind=kind, title=title, body=body, state=LETTER.initial,
        author_id=actor.user_id, created_at=clock.now(),
    )  # fmt: skip
    session.add(letter)
    session.flush()
    _plan(session, letter, case, recipients)
    events.record(session, actor, "letter.written", [letter.ref, case.ref], audience="office")
    return letter


def update_letter(
    session: Session,
    actor: Actor,
    *,
    letter_id: int,
    version: int,
    title: str,
    body: str,
    recipients: Sequence[int] = (),
) -> Letter:
    """Change a draft. ``version`` is the one the author saw: a letter changed meanwhile is not overwritten."""
    letter, case = _editable(session, actor, letter_id, version)
    letter.title, letter.body = _checked(title, body)
    letter.version += 1
    _plan(session, letter, case, recipients)
    data = {"version": letter.version}
    events.record(session, actor, "letter.changed", [letter.ref, case.ref], audience="office", data=data)
    return letter


def choose_way(session: Session, actor: Actor, *, delivery_id: int, channel: str) -> Delivery:
    """Let a recipient get the letter another way than the one chosen for them. Raises ``Invalid``."""
    delivery = queries.locked_delivery(session, delivery_id)
    letter, case = _open(session, actor, delivery.letter_id, "letters.write", "dispatch.send")
    if delivery.state != "planned":
        raise Conflict("delivery.not_planned")
    found = [way for way in addressing.ways(session, delivery.party_id) if way.channel == channel]
    if not found:
        raise Invalid("delivery.no_address", channel=channel)
    _go_by(delivery, found[0])
    data = {"channel": channel}
    refs = [delivery.ref, letter.ref, case.ref]
    events.record(session, actor, "delivery.way_chosen", refs, audience="office", data=data)
    return delivery


def submit_for_approval(session: Session, actor: Actor, *, letter_id: int, version: int) -> Letter:
    """Hand a draft to the head for acceptance (instruction § 34)."""
    letter, case = _editable(session, actor, letter_id, version)
    if not queries.deliveries(session, letter.id):
        raise Invalid("letter.no_recipient")
    LETTER.fire(letter, "submit")
    letter.remark = ""
    events.record(session, actor, "letter.submitted", [letter.ref, case.ref], audience="office")
    return letter


def return_letter(session: Session, actor: Actor, *, letter_id: int, version: int, remark: str) -> Letter:
    """Give a letter back with a remark; both stay in the case (instruction § 35)."""
    letter, case = _open(session, actor, letter_id, "letters.approve")
    _same(letter, version)
    if not remark.strip():
        raise Invalid("letter.remark_empty")
    LETTER.fire(letter, "return")
    letter.remark = remark.strip()[:500]
    cases.add_element(session, actor, case, kind="note", title=letter.title, letter_id=letter.id, note=letter.remark)
    events.record(session, actor, "letter.returned", [letter.ref, case.ref], audience="office")
    return letter


def withdraw_letter(session: Session, actor: Actor, *, letter_id: int, version: int) -> Letter:
    """Give up a draft. It stays in the case as withdrawn."""
    letter, case = _editable(session, actor, letter_id, version)
    LETTER.fire(letter, "withdraw")
    events.record(session, actor, "letter.withdrawn", [letter.ref, case.ref], audience="office")
    return letter


def approve(session: Session, actor: Actor, *, letter_id: int, version: int) -> Letter:
    """Accept a letter: from now on it does not change. Its XML is made and sealed at once (effect ``letter.seal``).

    ``version`` is the one that was read. Raises ``Forbidden("letter.own")`` for one's own letter: two pairs of eyes.
    """
    letter, case = _open(session, actor, letter_id, "letters.approve")
    if letter.author_id is not None and letter.author_id == actor.user_id:
        raise Forbidden("letter.own")
    _same(letter, version)
    LETTER.fire(letter, "approve")
    letter.approver_id, letter.approved_at = actor.user_id, clock.now()
    case.letters_count += 1
    letter.number = case.letters_count
    data = {"number": letter.number, "kind": letter.kind}
    events.record(session, actor, "letter.approved", [letter.ref, case.ref], audience="citizen", data=data)
    if letter.kind == "decision":
        cases.decided(session, actor, case)
    outbox.enqueue(session, "letter.seal", f"letter.seal:{letter.id}", {"letter": letter.id})
    return letter


def send(session: Session, actor: Actor, *, letter_id: int) -> Letter:
    """Send a sealed letter: one RPWY entry, and one delivery for each recipient on its way.

    The number is given with the intent to send: what is not in the register does not leave the office.
    """
    letter, case = _open(session, actor, letter_id, "dispatch.send")
    LETTER.fire(letter, "send")
    recipients = queries.deliveries(session, letter.id)
    entry = _register(session, actor, letter, case, recipients)
    letter.entry_id = entry.id
    for position, delivery in enumerate(recipients, start=1):
        delivery.mark = f"{entry.identifier}-{position}"
        _start(session, delivery)
    return letter


def _register(session: Session, actor: Actor, letter: Letter, case: Case, recipients: Sequence[Delivery]) -> Entry:
    first = parties.party(session, recipients[0].party_id)
    return register.register_outgoing(
        session,
        actor,
        title=letter.title,
        party=first,
        party_name=first.name,
        channel=recipients[0].channel,
        case_id=case.id,
        document_id=letter.document_id,
        department_id=case.department_id,
        responsible_id=letter.approver_id,
        refs=[letter.ref],
        letter_date=clock.local(letter.approved_at or clock.now()).date().isoformat(),
        sender_sign=f"{case.sign}.{letter.number}",
        others=len(recipients) - 1,
    )


def _start(session: Session, delivery: Delivery) -> None:
    if delivery.channel == COUNTER:
        DELIVERY.fire(delivery, "lay_out")
        return
    DELIVERY.fire(delivery, "queue")
    outbox.enqueue(
        session,
        "delivery.send",
        f"delivery.send:{delivery.id}",
        {"delivery": delivery.id},
        lane=f"{delivery.channel}.send",
    )


def _open(session: Session, actor: Actor, letter_id: int, *rights: str) -> tuple[Letter, Case]:
    """The letter, locked, with its case, when ``actor`` holds one of ``rights`` there."""
    letter = queries.locked_letter(session, letter_id)
    case = case_queries.locked(session, letter.case_id)
    if not any(policy.can(session, actor, right, path=case.path) for right in rights):
        raise Forbidden(permission=rights[0])
    return letter, case


def _editable(session: Session, actor: Actor, letter_id: int, version: int) -> tuple[Letter, Case]:
    letter, case = _open(session, actor, letter_id, "letters.write")
    if letter.state not in EDITABLE:
        raise Conflict("letter.not_editable")
    _same(letter, version)
    return letter, case


def _same(letter: Letter, version: int) -> None:
    if letter.version != version:
        raise Conflict("letter.changed_meanwhile")


def _checked(title: str, body: str) -> tuple[str, str]:
    title, body = clean.line(title), clean.block(body)
    if not title or not body:
        raise Invalid("letter.empty")
    if len(title) > TITLE_LIMIT or len(body) > BODY_LIMIT:
        raise Invalid("letter.too_long")
    return title, body


def _plan(session: Session, letter: Letter, case: Case, recipients: Sequence[int]) -> None:
    """Make the planned deliveries those to ``recipients``; ways already chosen stay."""
    wanted = list(dict.fromkeys(recipients)) or ([case.party_id] if case.party_id else [])
    if not set(wanted) <= case_queries.party_ids(session, case.id):
        raise Invalid("letter.recipient")
    planned = {delivery.party_id: delivery for delivery in queries.deliveries(session, letter.id)}
    for party_id, delivery in planned.items():
        if party_id not in wanted:
            session.delete(delivery)
    for party_id in wanted:
        if party_id not in planned:
            delivery = Delivery(
                letter_id=letter.id, party_id=party_id, state=DELIVERY.initial,
                key=f"letter:{letter.id}:party:{party_id}",
            )  # fmt: skip
            _go_by(delivery, addressing.ways(session, party_id)[0])
            session.add(delivery)
    session.flush()


def _go_by(delivery: Delivery, way: Way) -> None:
    delivery.channel, delivery.address = way.channel, way.address
