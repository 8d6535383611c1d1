"""What a person has going on with the office: cases, and submissions that are no case yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import queries as cases
from eoffice.cases.models import Case
from eoffice.cases.workflow import LIVE
from eoffice.citizen import course
from eoffice.intake.models import Message
from eoffice.register.models import Entry
from forms import queries as forms
from forms.models import Form, Submission


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with the sentence of its present state and the one thing to do, as names of texts."""

    case: Case
    now: str
    to_do: str

    @property
    def lives(self) -> bool:
        return self.case.state in LIVE


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """A submission with the form it answers and its number in the register, when it has one."""

    submission: Submission
    form: Form
    number: str


@dataclass(frozen=True, slots=True)
class Matters:
    """Everything, newest first. ``drafts`` were begun and not sent."""

    cases: list[CaseRow]
    submissions: list[SubmissionRow]
    drafts: list[SubmissionRow]


def of_user(session: Session, user_id: int) -> Matters:
    """The matters of one account."""
    mine = cases.parties_of_user(session, user_id)
    found = cases.cases_of_user(session, user_id)
    in_cases = {item.id for case in found for item in course.own_submissions(session, case, mine)}
    waiting = [item for item in forms.sent(session, user_id) if item.id not in in_cases]
    return Matters(
        [_case(session, case, mine) for case in found],
        [_submission(session, item) for item in waiting],
        [_submission(session, item) for item in forms.drafts(session, user_id)],
    )


def _case(session: Session, case: Case, mine: frozenset[int]) -> CaseRow:
    told = course.of_case(session, case, mine=mine)
    return CaseRow(case, told.now, told.to_do)


def _submission(session: Session, item: Submission) -> SubmissionRow:
    query = (
        select(Entry)
        .join(Message, Message.id == Entry.message_id)
        .where(Message.submission_id == item.id, Entry.register == "RPW")
    )
    entry = session.scalars(query.order_by(Entry.id)).first()
    return SubmissionRow(item, forms.of_submission(session, item).form, entry.printed if entry else "")
