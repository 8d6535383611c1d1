"""Business acts on cases. Each checks the right, moves the state, adds what happened and records it."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from eoffice.cases import queries, signs, terms
from eoffice.cases.models import Case, CaseElement, CaseParty, JrwaClass
from eoffice.cases.workflow import LIVE, OUTCOMES, WORKFLOW
from eoffice.register import actions as register
from eoffice.register.models import Entry
from portal.accounts import policy
from portal.accounts.models import Group
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.numbering import next_number

TITLE_LIMIT = 300


def open_case(
    session: Session,
    actor: Actor,
    *,
    entry_id: int | None,
    department_id: int,
    symbol: str,
    title: str,
    assignee_id: int | None = None,
    due_on: date | None = None,
) -> Case:
    """Open a case of the end class ``symbol`` in a department, from an entry or (``None``) by the office itself.

    The number is the next one of department, class and year (instruction § 26); without ``due_on`` the term of
    the class is counted from the day of receipt (KPA art. 35, 57, 61 § 3). Raises ``Forbidden``, ``NotFound``,
    ``Invalid`` for a class that takes no cases or an empty title, ``Conflict("entry.in_case")``.
    """
    department = _department(session, department_id)
    policy.require(session, actor, "cases.work", path=f"/biuro/{department.symbol}")
    jrwa = _end_class(session, symbol)
    entry = _free_entry(session, entry_id) if entry_id is not None else None
    started = entry.received_on if entry else clock.today()
    case = _new_case(session, department, jrwa, title)
    case.assignee_id = assignee_id
    case.party_id = entry.party_id if entry else None
    case.due_on = due_on or terms.ends_on(started, jrwa.term)
    session.add(case)
    session.flush()
    if case.party_id:
        session.add(CaseParty(case_id=case.id, party_id=case.party_id))
    refs = [case.ref]
    if entry:
        _put_in(session, actor, case, entry)
        refs += register_refs(entry)
    events.record(session, actor, "case.opened", refs, audience="public", data={"sign": case.sign})
    return case


def _new_case(session: Session, department: Group, jrwa: JrwaClass, title: str) -> Case:
    name, year = str(department.symbol), clock.year_of(clock.now())
    number = next_number(session, f"case/{name}.{jrwa.symbol}", year)
    return Case(
        sign=str(signs.Sign(name, jrwa.symbol, number, year)), department_symbol=name, symbol=jrwa.symbol,
        number=number, year=year, title=_title(title), state=WORKFLOW.initial,
        department_id=department.id, opened_at=clock.now(),
    )  # fmt: skip


def join_entry(session: Session, actor: Actor, *, case_id: int, entry_id: int) -> CaseElement:
    """Put an entry into a case that lives already: an answer, a supplement, an opinion (instruction § 28)."""
    case = live_case(session, actor, case_id)
    entry = _free_entry(session, entry_id)
    if entry.party_id and entry.party_id not in queries.party_ids(session, case.id):
        session.add(CaseParty(case_id=case.id, party_id=entry.party_id, role="participant"))
    element = _put_in(session, actor, case, entry)
    refs = [case.ref, *register_refs(entry)]
    events.record(session, actor, "case.entry_joined", refs, audience="public")
    return element


def note(session: Session, actor: Actor, *, case_id: int, text: str) -> CaseElement:
    """Add an official note (notatka służbowa, instruction § 32) to the case's files."""
    case = live_case(session, actor, case_id)
    if not text.strip():
        raise Invalid("case.note_empty")
    begin(session, actor, case)
    title = text.strip().splitlines()[0][:TITLE_LIMIT]
    element = add_element(session, actor, case, kind="note", title=title, note=text.strip())
    events.record(session, actor, "case.noted", [case.ref, f"element:{element.id}"], audience="office")
    return element


def assign(session: Session, actor: Actor, *, case_id: int, assignee_id: int) -> Case:
    """Name the person in charge. The sign does not change with them (instruction § 26)."""
    case = live_case(session, actor, case_id)
    case.assignee_id = assignee_id
    data = {"assignee": assignee_id}
    events.record(session, actor, "case.assigned", [case.ref], audience="citizen", data=data)
    return case


def begin(session: Session, actor: Actor, case: Case) -> None:
    """Note that work on an open case has begun; nothing when it has."""
    if case.state == "open":
        WORKFLOW.fire(case, "begin")
        events.record(session, actor, "case.begun", [case.ref], audience="public")


def await_party(session: Session, actor: Actor, *, case_id: int) -> Case:
    """Wait for the party (a call to complete the application): the term stands still (KPA art. 35 § 5)."""
    case = live_case(session, actor, case_id)
    WORKFLOW.fire(case, "await_party")
    case.paused_on = clock.today()
    events.record(session, actor, "case.awaiting_party", [case.ref], audience="public")
    return case


def party_answered(session: Session, actor: Actor, *, case_id: int) -> Case:
    """The party answered or its time ran out: the term runs again, longer by the days of waiting."""
    case = live_case(session, actor, case_id)
    WORKFLOW.fire(case, "party_answered")
    if case.due_on and case.paused_on:
        case.due_on = terms.prolonged(case.due_on, case.paused_on, clock.today())
    case.paused_on = None
    data = {"due_on": case.due_on.isoformat() if case.due_on else ""}
    events.record(session, actor, "case.party_answered", [case.ref], audience="public", data=data)
    return case


def extend_term(session: Session, actor: Actor, *, case_id: int, due_on: date) -> Case:
    """Name a new, later term; the parties are told of it by letter (KPA art. 36)."""
    case = live_case(session, actor, case_id)
    if case.due_on and due_on <= case.due_on:
        raise Invalid("case.term_not_later", due_on=case.due_on)
    case.due_on = due_on
    data = {"due_on": due_on.isoformat()}
    events.record(session, actor, "case.term_extended", [case.ref], audience="public", data=data)
    return case


def decided(session: Session, actor: Actor, case: Case) -> None:
    """Note that a decision was approved in the case (its state, whoever approved it)."""
    if WORKFLOW.allows(case.state, "decide"):
        WORKFLOW.fire(case, "decide")
        events.record(session, actor, "case.decided", [case.ref], audience="public")


def end_case(session: Session, actor: Actor, *, case_id: int, outcome: str) -> Case:
    """Mark the case as ended: the date of final settlement is now (instruction § 28(3))."""
    case = live_case(session, actor, case_id)
    if outcome not in OUTCOMES:
        raise Invalid("case.outcome")
    WORKFLOW.fire(case, "end")
    case.outcome, case.ended_at, case.paused_on = outcome, clock.now(), None
    register.end_with_case(session, actor, case.id)
    data = {"outcome": outcome}
    events.record(session, actor, "case.ended", [case.ref], audience="public", data=data)
    return case


def resume_case(session: Session, actor: Actor, *, case_id: int, due_on: date | None = None) -> Case:
    """Take an ended case up again under a new sign of the same department and class (instruction § 31(3))."""
    old = queries.locked(session, case_id)
    policy.require(session, actor, "cases.work", path=old.path)
    WORKFLOW.fire(old, "resume")
    department, jrwa = _department(session, old.department_id), _end_class(session, old.symbol)
    case = _new_case(session, department, jrwa, old.title)
    case.assignee_id, case.party_id, case.previous_id = old.assignee_id, old.party_id, old.id
    case.due_on = due_on or terms.ends_on(clock.today(), jrwa.term)
    session.add(case)
    session.flush()
    for party in queries.case_parties(session, old.id):
        session.add(CaseParty(case_id=case.id, party_id=party.party_id, role=party.role))
    data = {"from": old.sign, "sign": case.sign}
    events.record(session, actor, "case.resumed", [old.ref, case.ref], audience="public", data=data)
    return case


def replace_code(session: Session, actor: Actor, *, case_id: int) -> Case:
    """Make the present access code of the public view worthless and give out a new one."""
    case = queries.locked(session, case_id)
    policy.require(session, actor, "cases.work", path=case.path)
    case.code_version += 1
    data = {"version": case.code_version}
    events.record(session, actor, "case.code_replaced", [case.ref], audience="office", data=data)
    return case


def live_case(session: Session, actor: Actor, case_id: int) -> Case:
    """The case, locked, when ``actor`` may work on it and it has not ended.

    Raises ``NotFound``, ``Forbidden``, ``Conflict("case.ended")``.
    """
    case = queries.locked(session, case_id)
    policy.require(session, actor, "cases.work", path=case.path)
    if case.state not in LIVE:
        raise Conflict("case.ended", sign=case.sign)
    return case


def add_element(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    kind: str,
    title: str,
    entry_id: int | None = None,
    letter_id: int | None = None,
    document_id: int | None = None,
    note: str = "",
) -> CaseElement:
    """Add something to the case's files. Elements are added, never changed."""
    element = CaseElement(
        case_id=case.id, kind=kind, title=title[:TITLE_LIMIT], entry_id=entry_id, letter_id=letter_id,
        document_id=document_id, note=note, added_at=clock.now(), added_by=actor.user_id,
    )  # fmt: skip
    session.add(element)
    session.flush()
    return element


def register_refs(entry: Entry) -> list[str]:
    """How an entry and the message it came by are named in events."""
    refs = [events.ref("entry", entry.id)]
    return [*refs, events.ref("message", entry.message_id)] if entry.message_id else refs


def _put_in(session: Session, actor: Actor, case: Case, entry: Entry) -> CaseElement:
    register.put_in_case(session, entry, case.id)
    return add_element(
        session, actor, case, kind="entry", title=entry.title, entry_id=entry.id, document_id=entry.document_id
    )


def _free_entry(session: Session, entry_id: int) -> Entry:
    entry = session.get(Entry, entry_id, with_for_update=True)
    if entry is None:
        raise NotFound("entry.unknown")
    if entry.case_id is not None:
        raise Conflict("entry.in_case", entry=entry.printed)
    return entry


def _department(session: Session, department_id: int) -> Group:
    department = session.get(Group, department_id)
    if department is None or department.kind != "department" or not department.symbol:
        raise Invalid("case.department")
    return department


def _end_class(session: Session, symbol: str) -> JrwaClass:
    jrwa = session.get(JrwaClass, symbol)
    if jrwa is None or not jrwa.active or not jrwa.is_end:
        raise Invalid("case.class", symbol=symbol)
    return jrwa


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Invalid("case.title_empty")
    return title[:TITLE_LIMIT]
