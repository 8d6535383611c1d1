"""Acts on the registers: numbering what came and what goes, handing it on, cancelling.

Office instruction (model of 2021): one register of incoming and one of outgoing items for the whole office,
numbered anew each calendar year; a cancelled line stays; a further dekretacja neither changes a superior's
disposition nor lengthens the term (§ 23), a wrong one is corrected by whoever made it (§ 24).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.parties import names
from eoffice.parties.models import Party
from eoffice.register.models import Assignment, Entry
from eoffice.register.queries import assignments, place
from eoffice.register.workflow import MANAGE, WORKFLOW
from portal.accounts import policy
from portal.accounts.models import Group, Membership, User
from portal.core import clock, events, numbering
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound

INCOMING, OUTGOING = "RPW", "RPWY"


class Details(TypedDict, total=False):
    """What annexes A and B allow to be said beside the required; all may be completed later."""

    kind: str
    letter_date: str
    posted_on: str
    sender_sign: str
    access: str
    attachments: int
    format: str
    dcmi_type: str
    remarks: str
    party_address: str
    others: int


def register_incoming(
    session: Session,
    actor: Actor,
    *,
    title: str,
    party: Party | None,
    party_name: str,
    channel: str,
    received_on: date,
    message_id: int | None = None,
    document_id: int | None = None,
    audience: str = "office",
    refs: Iterable[str] = (),
    **details: Unpack[Details],
) -> Entry:
    """Give an incoming item its line and number in RPW. The year is that of registering, not of receipt.

    ``refs`` are further subjects of the event (the citizen's submission); ``audience`` who may see it.
    Raises ``Invalid`` without a title or for a date of receipt in the future.
    """
    _require_desk(session, actor)
    if received_on > clock.today():
        raise Invalid("register.future", day=received_on)
    entry = _line(INCOMING, actor, title, party, party_name, channel, received_on, details)
    entry.message_id, entry.document_id = message_id, document_id
    return _number(session, actor, entry, "entry.registered", audience, refs)


def register_outgoing(
    session: Session,
    actor: Actor,
    *,
    title: str,
    party: Party | None,
    party_name: str,
    channel: str,
    sent_on: date | None = None,
    case_id: int | None = None,
    document_id: int | None = None,
    department_id: int | None = None,
    responsible_id: int | None = None,
    audience: str = "office",
    refs: Iterable[str] = (),
    **details: Unpack[Details],
) -> Entry:
    """Give an item that goes out its line and number in RPWY. ``channel`` is the way of sending (B14, required).

    ``sent_on`` is the day of handing over, today when left out.
    """
    _require_desk(session, actor, "dispatch.send")
    if not channel:
        raise Invalid("register.no_channel")
    entry = _line(OUTGOING, actor, title, party, party_name, channel, sent_on or clock.today(), details)
    entry.document_id = document_id
    entry.department_id, entry.responsible_id = department_id, responsible_id
    if case_id is not None:
        WORKFLOW.fire(entry, "join_case")
        entry.case_id = case_id
    return _number(session, actor, entry, "entry.sent", audience, refs)


def assign(
    session: Session,
    actor: Actor,
    entry_id: int,
    *,
    department_id: int | None,
    assignee_id: int | None = None,
    due_on: date | None = None,
    note: str = "",
) -> Entry:
    """Dekretacja: hand the item to a department, and perhaps to a person in it, with a term.

    Left out, the term set before holds. Raises ``Invalid`` for somebody outside the department or a term longer
    than a superior's, ``Forbidden`` for another department than a superior's, ``Conflict`` when it is too late.
    """
    entry = _entry(session, entry_id)
    policy.require(session, actor, MANAGE, place(session, entry))
    department_id = department_id if department_id is not None else entry.department_id
    department = session.get(Group, department_id) if department_id is not None else None
    if department is None or department.kind != "department":
        raise Invalid("register.no_department")
    _check_person(session, assignee_id, department)
    due_on = _term(session, actor, entry, department, due_on)
    WORKFLOW.fire(entry, "assign")
    entry.department_id, entry.assignee_id, entry.due_on = department.id, assignee_id, due_on
    session.add(
        Assignment(
            entry_id=entry.id, department_id=department.id, assignee_id=assignee_id, due_on=due_on,
            note=note.strip()[:500], made_at=clock.now(), made_by=actor.user_id,
        )
    )  # fmt: skip
    to = [events.ref("group", department.id), *([events.ref("user", assignee_id)] if assignee_id else [])]
    events.record(session, actor, "entry.assigned", [entry.ref, *to])
    return entry


def put_in_case(session: Session, entry: Entry, case_id: int) -> None:
    """Note which case the item is in. Part of the case's own act, which checks the right and leaves the event."""
    WORKFLOW.fire(entry, "join_case")
    entry.case_id = case_id
    session.flush()


def file_outside_cases(session: Session, actor: Actor, entry_id: int, symbol: str) -> Entry:
    """Put a document that belongs to no case under a JRWA class (instruction, § 27)."""
    entry = _entry(session, entry_id)
    policy.require(session, actor, MANAGE, place(session, entry))
    if not symbol:
        raise Invalid("register.no_class")
    WORKFLOW.fire(entry, "file")
    entry.filed_under = symbol
    events.record(session, actor, "entry.filed", [entry.ref], data={"class": symbol})
    return entry


def end_with_case(session: Session, actor: Actor, case_id: int) -> int:
    """The case has ended: so have its items. Says how many."""
    query = select(Entry).where(Entry.case_id == case_id, Entry.state == "in_case")
    items = list(session.scalars(query))
    for entry in items:
        WORKFLOW.fire(entry, "end")
        events.record(session, actor, "entry.ended", [entry.ref], audience="system")
    return len(items)


def cancel(session: Session, actor: Actor, entry_id: int, reason: str) -> Entry:
    """Cancel a wrong line: it stays, with its number and the reason ("anulowano")."""
    policy.require(session, actor, MANAGE, policy.OFFICE)
    entry = _entry(session, entry_id)
    reason = names.tidy(reason, 300)
    if not reason:
        raise Invalid("register.no_reason")
    WORKFLOW.fire(entry, "cancel")
    entry.cancelled_at, entry.cancel_reason = clock.now(), reason
    events.record(session, actor, "entry.cancelled", [entry.ref])
    return entry


def complete(
    session: Session,
    actor: Actor,
    entry_id: int,
    *,
    title: str,
    party_name: str = "",
    **details: Unpack[Details],
) -> Entry:
    """Complete or correct the metadata of a line; the event names the fields that changed."""
    entry = _entry(session, entry_id)
    policy.require(session, actor, MANAGE, place(session, entry))
    if entry.state == "cancelled":
        raise Conflict("register.cancelled")
    before = _metadata(entry)
    entry.title = _title(title)
    entry.party_name = names.tidy(party_name, 300) or entry.party_name
    _describe(entry, details)
    changed = sorted(name for name, value in _metadata(entry).items() if before[name] != value)
    if changed:
        events.record(session, actor, "entry.completed", [entry.ref], data={"fields": changed})
    return entry


ACCESS = ("full", "partial", "none")
_DESCRIBED = tuple(Details.__annotations__)


def _require_desk(session: Session, actor: Actor, permission: str = MANAGE) -> None:
    if not policy.can_somewhere(session, actor, permission, policy.OFFICE):
        raise Forbidden(permission=permission)


def _entry(session: Session, entry_id: int) -> Entry:
    entry = session.get(Entry, entry_id, with_for_update=True)
    if entry is None:
        raise NotFound("register.unknown")
    return entry


def _title(title: str) -> str:
    title = names.tidy(title, 300)
    if not title:
        raise Invalid("register.no_title")
    return title


def _metadata(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in ("title", "party_name", *_DESCRIBED)}


def _describe(entry: Entry, details: Details) -> None:
    """Write the details that were given. Raises ``Invalid``."""
    access = details.get("access", entry.access or "none")
    if access not in ACCESS:
        raise Invalid("register.access", access=access)
    entry.access = access
    entry.kind = names.tidy(details.get("kind", entry.kind or ""), 60) or "pismo"
    entry.letter_date = _partial_date(details.get("letter_date", entry.letter_date or ""))
    entry.posted_on = _partial_date(details.get("posted_on", entry.posted_on or ""))
    entry.attachments = max(0, details.get("attachments", entry.attachments or 0))
    entry.others = max(0, details.get("others", entry.others or 0))
    entry.sender_sign = names.tidy(details.get("sender_sign", entry.sender_sign or ""), 80)
    entry.remarks = names.tidy(details.get("remarks", entry.remarks or ""), 500)
    entry.format = details.get("format", entry.format or "")[:120]
    entry.dcmi_type = details.get("dcmi_type", entry.dcmi_type or "Text")[:20]
    entry.party_address = details.get("party_address", entry.party_address or "")[:400]


def _partial_date(text: str) -> str:
    """A date that may lack its day or month (annex A3). Raises ``Invalid``."""
    text = text.strip()
    if not text:
        return ""
    try:
        date.fromisoformat((text + "-01-01")[:10] if len(text) in (4, 7) else text)
    except ValueError:
        raise Invalid("register.date", date=text) from None
    return text


def _line(
    register: str,
    actor: Actor,
    title: str,
    party: Party | None,
    party_name: str,
    channel: str,
    day: date,
    details: Details,
) -> Entry:
    entry = Entry(
        register=register, state=WORKFLOW.initial, title=_title(title), party_id=party.id if party else None,
        party_name=names.tidy(party_name, 300) or (party.name if party else ""), channel=channel,
        received_on=day, registered_by=actor.user_id,
    )  # fmt: skip
    _describe(entry, details)
    return entry


def _number(session: Session, actor: Actor, entry: Entry, verb: str, audience: str, refs: Iterable[str]) -> Entry:
    if entry.document_id is not None and not entry.format:
        entry.format = session.scalar(select(Document.content_type).where(Document.id == entry.document_id)) or ""
    entry.registered_at = clock.now()
    entry.year = clock.year_of(entry.registered_at)
    entry.number = numbering.next_number(session, entry.register, entry.year)
    entry.identifier = f"{entry.register}-{entry.year}-{entry.number}"
    session.add(entry)
    session.flush()
    subjects = [entry.ref, *refs]
    if entry.party_id is not None:
        subjects.append(events.ref("party", entry.party_id))
    if entry.case_id is not None:
        subjects.append(events.ref("case", entry.case_id))
    facts = {"register": entry.register, "identifier": entry.identifier}
    events.record(session, actor, verb, subjects, audience=audience, data=facts)
    return entry


def _check_person(session: Session, user_id: int | None, department: Group) -> None:
    if user_id is None:
        return
    user = session.get(User, user_id)
    member = session.get(Membership, (user_id, department.id))
    if user is None or not user.active or member is None:
        raise Invalid("register.not_in_department")


def _term(session: Session, actor: Actor, entry: Entry, department: Group, due_on: date | None) -> date | None:
    """The term in force after this dekretacja, within what others have set before."""
    standing = _dispositions(session, entry, actor)
    limits = [one.due_on for one in standing if one.due_on is not None]
    limit = min(limits, default=None)
    if due_on is not None and limit is not None and due_on > limit:
        raise Invalid("register.term_lengthened", limit=limit)
    other = standing and standing[-1].department_id not in (None, department.id, department.parent_id)
    if other and not policy.can(session, actor, MANAGE, policy.OFFICE):
        raise Forbidden("register.disposition")
    return due_on or limit


def _dispositions(session: Session, entry: Entry, actor: Actor) -> list[Assignment]:
    """The last word of each other person: one's own earlier dekretacja may be corrected."""
    last = {one.made_by: one for one in assignments(session, entry.id) if one.made_by != actor.user_id}
    return sorted(last.values(), key=lambda one: one.id)
