"""Reading forms and submissions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import answers as given
from forms import facts
from forms.letter import PERSON, Contact
from forms.models import Form, FormVersion, Submission, SubmissionFile
from forms.schema import FormDefinition
from forms.workflow import DISCARDED, DRAFT
from portal.accounts.models import Group, User
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Live:
    """A form with the version that is filled in now."""

    form: Form
    version: FormVersion
    definition: FormDefinition


def published(session: Session) -> list[Form]:
    """The forms that can be filled in, in their order."""
    query = select(Form).where(Form.live_version_id.is_not(None)).order_by(Form.position, Form.title)
    return list(session.scalars(query))


def live(session: Session, slug: str) -> Live:
    """The published form ``slug``. Raises ``NotFound``."""
    row = session.execute(
        select(Form, FormVersion).join(FormVersion, FormVersion.id == Form.live_version_id).where(Form.slug == slug)
    ).first()
    if row is None:
        raise NotFound("form.unknown")
    return Live(row.Form, row.FormVersion, FormDefinition.from_data(row.FormVersion.definition))


def of_submission(session: Session, submission: Submission) -> Live:
    """The very version a submission answers, whatever was published since."""
    version = session.get_one(FormVersion, submission.form_version_id)
    form = session.get_one(Form, version.form_id)
    return Live(form, version, FormDefinition.from_data(version.definition))


def submission(session: Session, submission_id: int) -> Submission:
    """Raises ``NotFound``."""
    found = session.get(Submission, submission_id)
    if found is None:
        raise NotFound("submission.unknown")
    return found


def own(session: Session, actor: Actor, *, reference: str = "", key: str = "") -> Submission:
    """The actor's own submission by reference or key. Raises ``NotFound``: others' do not exist for them."""
    mark = Submission.reference == reference if reference else Submission.key == key
    query = select(Submission).where(mark, Submission.user_id == actor.user_id, Submission.state != DISCARDED)
    found = session.scalars(query).first()
    if found is None or actor.user_id is None:
        raise NotFound("submission.unknown")
    return found


def by_reference(session: Session, reference: str) -> Submission | None:
    """For the office: the submission a document's correlation mark names."""
    return session.scalars(select(Submission).where(Submission.reference == reference)).first()


def by_external_id(session: Session, channel: str, external_id: str) -> Submission | None:
    """The submission that ``channel`` calls ``external_id``."""
    if not external_id:
        return None
    query = select(Submission).where(Submission.external_id == external_id, Submission.channel == channel)
    return session.scalars(query).first()


def sent(session: Session, user_id: int, *, limit: int = 100) -> list[Submission]:
    """What a user has sent, newest first."""
    query = select(Submission).where(Submission.user_id == user_id, Submission.submitted_at.is_not(None))
    return list(session.scalars(query.order_by(Submission.submitted_at.desc()).limit(limit)))


def drafts(session: Session, user_id: int, form_id: int | None = None, *, limit: int = 20) -> list[Submission]:
    """What a user began and did not send, newest first; of one form when ``form_id`` is given."""
    query = select(Submission).where(Submission.user_id == user_id, Submission.state == DRAFT)
    if form_id is not None:
        query = query.join(FormVersion, FormVersion.id == Submission.form_version_id)
        query = query.where(FormVersion.form_id == form_id)
    return list(session.scalars(query.order_by(Submission.created_at.desc()).limit(limit)))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file under the question it answers."""

    field: str
    document: Document


def attached(session: Session, submission: Submission) -> list[Attached]:
    """The files of a submission, in the order they were added."""
    query = (
        select(SubmissionFile.field, Document)
        .join(Document, Document.id == SubmissionFile.document_id)
        .where(SubmissionFile.submission_id == submission.id)
        .order_by(Document.id)
    )
    return [Attached(row.field, row.Document) for row in session.execute(query)]


def departments(session: Session) -> dict[str, str]:
    """Symbols and names of the office's departments, by name."""
    query = select(Group.symbol, Group.name).where(Group.kind == "department", Group.symbol.is_not(None))
    return {row.symbol: row.name for row in session.execute(query.order_by(Group.name))}


def account(session: Session, user_id: int) -> Contact:
    """What the account, and the rest of the house, know about its person."""
    user = session.get_one(User, user_id)
    first, _, last = user.name.rpartition(" ")
    told = Contact(
        kind=PERSON, first_name=first or last, last_name=last if first else "", email=user.email, phone=user.phone
    )
    return facts.completed(session, user_id, told)


def earlier_facts(session: Session, user_id: int) -> dict[str, str]:
    """What the same person told us about themselves in what they sent last: nothing is asked twice."""
    query = select(Submission).where(Submission.user_id == user_id, Submission.submitted_at.is_not(None))
    last = session.scalars(query.order_by(Submission.submitted_at.desc()).limit(1)).first()
    if last is None:
        return {}
    return given.sender_facts(of_submission(session, last).definition, last.answers)
