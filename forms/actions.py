"""What happens to forms and submissions; each function is one business act (see ARCHITECTURE in DECISIONS.md).

A submission begins as a draft that keeps everything typed, right or wrong; sending it checks all of it, makes
the document and leaves the job ``submission.lodge`` for whoever carries documents to the office.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forms import answers as given
from forms import files, mapping, queries, references, structure
from forms.course import attach_receipt, hold, mark_failed, mark_lodged, mark_registered, mark_retried, mark_uncertain
from forms.letter import Contact, Enclosure
from forms.models import Form, FormVersion, Submission, SubmissionFile
from forms.office import Office
from forms.schema import FormDefinition
from forms.workflow import DRAFT, SUBMISSION
from portal.accounts import policy
from portal.core import clock, documents, events, outbox
from portal.core.actors import Actor
from portal.core.blobs import BlobStore, sha256
from portal.core.db import insert_or_ignore
from portal.core.documents import Document
from portal.core.errors import Conflict, Forbidden, Invalid
from search.actions import request_index

__all__ = [
    "LODGE",
    "add_file",
    "attach_receipt",
    "discard",
    "mark_failed",
    "mark_lodged",
    "mark_registered",
    "mark_retried",
    "mark_uncertain",
    "publish_version",
    "remove_file",
    "save_answers",
    "send",
    "start",
    "submit",
]

LODGE = "submission.lodge"
"""Topic of the job that carries a document to the office; payload ``{"submission": id}``."""

log = structlog.get_logger(__name__)


def publish_version(
    session: Session,
    actor: Actor,
    slug: str,
    title: str,
    definition: FormDefinition,
    rule: dict[str, Any] | None = None,
    *,
    position: int = 0,
) -> FormVersion:
    """Make ``definition`` the form that is filled in from now on; earlier versions stay for what answered them.

    ``rule`` is what the office does with a submission by itself; it is kept, not read here. Publishing what is
    live already changes nothing.
    """
    policy.require(session, actor, "forms.edit")
    form = session.scalars(select(Form).where(Form.slug == slug).with_for_update()).first()
    if form is None:
        form = Form(slug=slug, title=title)
        session.add(form)
        session.flush()
    form.title, form.summary, form.position = title, definition.summary, position
    current = session.get(FormVersion, form.live_version_id) if form.live_version_id else None
    data, rule = definition.to_data(), dict(rule or {})
    if current is not None and (current.definition, current.rule) == (data, rule):
        return current
    version = FormVersion(
        form_id=form.id, number=_next_version(session, form), definition=data, rule=rule,
        created_at=clock.now(), created_by=actor.user_id,
    )  # fmt: skip
    session.add(version)
    session.flush()
    form.live_version_id = version.id
    facts = {"version": version.number}
    events.record(session, actor, "form.published", [events.ref("form", form.id)], data=facts)
    request_index(session, "form", str(form.id))
    return version


def _next_version(session: Session, form: Form) -> int:
    numbers = session.scalars(select(FormVersion.number).where(FormVersion.form_id == form.id))
    return max(numbers, default=0) + 1


def start(session: Session, actor: Actor, slug: str, key: str, sender: Contact | None = None) -> Submission:
    """Begin filling in the form ``slug``, with what is known already. The same ``key`` twice is one draft.

    ``sender`` are facts about the person; the account's own by default. Raises ``NotFound``, ``Conflict`` when
    ``key`` is somebody else's.
    """
    user_id = _person(session, actor)
    found = session.scalars(select(Submission).where(Submission.key == key)).first()
    if found is not None:
        return _same_person(found, user_id)
    live = queries.live(session, slug)
    facts = sender or queries.account(session, user_id)
    known = given.known(live.definition, facts, queries.earlier_facts(session, user_id))
    row = {
        "key": key, "form_version_id": live.version.id, "user_id": user_id, "state": DRAFT, "answers": known,
        "created_at": clock.now(), "channel": "", "external_id": "",
    }  # fmt: skip
    while not insert_or_ignore(session, Submission, row | {"reference": references.new()}):
        # Either the same form was begun twice at once, or the reference is taken already.
        found = session.scalars(select(Submission).where(Submission.key == key)).first()
        if found is not None:
            return _same_person(found, user_id)
    made = session.scalars(select(Submission).where(Submission.key == key)).one()
    events.record(session, actor, "submission.started", [made.ref], audience="system")
    return made


def _person(session: Session, actor: Actor) -> int:
    policy.require(session, actor, "forms.submit")
    if actor.user_id is None:
        raise Forbidden
    return actor.user_id


def _same_person(submission: Submission, user_id: int) -> Submission:
    if submission.user_id != user_id:
        raise Conflict("submission.key_taken")
    return submission


def _draft(session: Session, actor: Actor, submission: Submission) -> Submission:
    """The draft, held until the transaction ends. Raises ``Forbidden``, ``Conflict`` when it was sent already."""
    if submission.user_id != _person(session, actor):
        raise Forbidden
    hold(session, submission)
    if submission.state != DRAFT:
        raise Conflict("submission.sent")
    return submission


def save_answers(session: Session, actor: Actor, submission: Submission, answers: Mapping[str, Any]) -> Submission:
    """Keep what was typed, right or wrong; answers not given stay as they were. Unknown names are left out."""
    submission = _draft(session, actor, submission)
    definition = queries.of_submission(session, submission).definition
    kept = {
        field.name: given.normal(field, answers[field.name]) for field in definition.fields if field.name in answers
    }
    submission.answers = {**submission.answers, **kept}
    events.record(session, actor, "submission.saved", [submission.ref], audience="system")
    return submission


def add_file(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    submission: Submission,
    field: str,
    name: str,
    data: bytes,
    *,
    limit_mb: float,
) -> Document:
    """Attach a file under ``field``. The same file twice is kept once.

    Raises ``Invalid`` with an ``attachment.*`` code saying what is wrong with it.
    """
    submission = _draft(session, actor, submission)
    definition = queries.of_submission(session, submission).definition
    if not any(item.name == field and item.type == "files" for item in definition.fields):
        raise Invalid("form.unknown_field")
    content_type = files.check(name, data)
    present = queries.attached(session, submission)
    name, digest = documents.clean_name(name), sha256(data)
    for item in present:
        if (item.field, item.document.sha256, item.document.name) == (field, digest, name):
            return item.document
    files.check_total([*(item.document.size for item in present), len(data)], limit_mb)
    document = documents.store(session, blobs, actor, data=data, name=name, origin="form", content_type=content_type)
    session.add(SubmissionFile(submission_id=submission.id, document_id=document.id, field=field))
    session.flush()
    refs = [submission.ref, document.ref]
    events.record(session, actor, "submission.file_added", refs, audience="system")
    return document


def remove_file(session: Session, actor: Actor, submission: Submission, document_id: int) -> None:
    """Take a file off a draft; one that is not there is no error."""
    submission = _draft(session, actor, submission)
    here = (SubmissionFile.submission_id == submission.id) & (SubmissionFile.document_id == document_id)
    session.execute(delete(SubmissionFile).where(here))
    events.record(session, actor, "submission.file_removed", [submission.ref], audience="system")


def discard(session: Session, actor: Actor, submission: Submission) -> None:
    """Throw a draft away: its answers are gone, its files are no longer tied to it."""
    submission = _draft(session, actor, submission)
    SUBMISSION.fire(submission, "discard")
    submission.answers = {}
    session.execute(delete(SubmissionFile).where(SubmissionFile.submission_id == submission.id))
    events.record(session, actor, "submission.discarded", [submission.ref], audience="system")


def send(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    submission: Submission,
    *,
    office: Office,
    sender: Contact | None = None,
) -> Submission:
    """Send a draft: check everything, make the document, keep it, leave the job that lodges it.

    Sending what was sent already changes nothing. Raises ``Invalid("form.incomplete", fields={name: code})``.
    """
    if submission.user_id != _person(session, actor):
        raise Forbidden
    hold(session, submission)
    if submission.submitted_at is not None:
        return submission
    live, attached = queries.of_submission(session, submission), queries.attached(session, submission)
    attached = _asked_for(live.definition, submission, attached)
    departments = queries.departments(session)
    _require_complete(live.definition, submission, attached, departments)
    files.check_total([item.document.size for item in attached], office.attachment_limit_mb)
    data = mapping.to_xml(
        live.definition,
        submission.answers,
        sender=sender or queries.account(session, submission.user_id),
        recipient=office.contact,
        reference=submission.reference,
        attachments=[_enclosure(blobs, item.document) for item in attached],
        created=clock.today(),
        form_id=f"{live.form.slug}/{live.version.number}",
        departments=departments,
    )
    if departures := structure.faults(data):
        log.error("document_departs_from_template", submission=submission.id, first=departures[0])
        raise Invalid("form.document_unsound")
    SUBMISSION.fire(submission, "submit")
    document = documents.store(
        session, blobs, actor, data=data, name=f"{submission.reference}.xml", origin="form",
        content_type="application/xml",
    )  # fmt: skip
    submission.document_id, submission.submitted_at = document.id, clock.now()
    refs = [submission.ref, document.ref]
    events.record(session, actor, "submission.submitted", refs, audience="citizen")
    outbox.enqueue(session, LODGE, f"{LODGE}:{submission.id}", {"submission": submission.id})
    return submission


def _asked_for(
    form: FormDefinition, submission: Submission, attached: Iterable[queries.Attached]
) -> list[queries.Attached]:
    """Without the files of questions that are no longer asked after an earlier answer was changed."""
    asked = {field.name for field in given.asked(form, given.cleaned(form, submission.answers))}
    return [item for item in attached if item.field in asked]


def _require_complete(
    form: FormDefinition,
    submission: Submission,
    attached: Iterable[queries.Attached],
    departments: Mapping[str, str],
) -> None:
    present = {item.field for item in attached}
    found = given.problems(form, submission.answers, departments=departments, files=present)
    if found:
        raise Invalid("form.incomplete", fields={name: problem.code for name, problem in found.items()})


def _enclosure(blobs: BlobStore, document: Document) -> Enclosure:
    return Enclosure(document.name, document.content_type, blobs.get(document.sha256))


def submit(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    slug: str,
    answers: Mapping[str, Any],
    attachments: Sequence[tuple[str, str, bytes]],
    key: str,
    *,
    office: Office,
    sender: Contact | None = None,
) -> Submission:
    """Fill in and send in one act; the same ``key`` twice is one submission.

    ``attachments`` are (field, name, bytes).
    """
    submission = start(session, actor, slug, key, sender)
    if submission.state != DRAFT:
        return submission
    save_answers(session, actor, submission, answers)
    for field, name, data in attachments:
        add_file(session, blobs, actor, submission, field, name, data, limit_mb=office.attachment_limit_mb)
    return send(session, blobs, actor, submission, office=office, sender=sender)
