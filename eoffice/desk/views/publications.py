"""From a decision to the Bulletin: the proposal of what to hide, the clerk's review, one act."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bip.actions import published_from
from eoffice.cases import publication
from eoffice.cases.models import Case
from eoffice.desk import forms, scope
from eoffice.desk.acting import submit
from eoffice.desk.marked import Part, parts
from eoffice.desk.views.base import DESK, blueprint
from eoffice.dispatch import publishing
from eoffice.dispatch.models import Letter
from portal.accounts import policy
from portal.content.models import Item
from portal.content.personal import detect
from portal.web import context

FOLDER = "bip_folder"
DECISIONS = ("rozstrzygni", "decyzj")
"""How the section for decisions usually begins its address."""


@blueprint.get("/pisma/<int:letter_id>/bip")
@DESK
def review(letter_id: int) -> str:
    """The decision with the proposal marked, and the text as it would be published."""
    return _page(letter_id, None)


@blueprint.post("/pisma/<int:letter_id>/bip")
@DESK
def publish(letter_id: int) -> ResponseReturnValue:
    """Publish the reviewed copy."""
    form = forms.Publish()
    with context.reading() as session:
        form.offer(_folders(session))
    return submit(
        form,
        lambda session: publishing.publish_letter(
            session, context.blobs(), context.actor(), letter_id=letter_id, folder=form.folder.data,
            title=form.title.data or "", text=form.text.data or "", left_on_purpose=form.left_on_purpose.data,
        ),
        done="desk.done.published",
        to=url_for("desk.letter", letter_id=letter_id),
        again=lambda: _page(letter_id, form),
    )  # fmt: skip


def _page(letter_id: int, bound: forms.Publish | None) -> str:
    with context.reading() as session:
        letter, case = scope.letter(session, context.actor(), letter_id)
        form = bound or forms.Publish(formdata=None, **_proposed(session, letter, case))
        form.offer(_folders(session))
        found = publication.findings(session, case.id, letter.body)
        left = _left(session, case, form)
        facts = publishing.facts(session, letter)
        return render_template(
            "desk/publish.html", letter=letter, case=case, form=form, original=parts(letter.body, found),
            left=left, facts=facts, published=published_from(session, letter.ref),
        )  # fmt: skip


def _proposed(session: Session, letter: Letter, case: Case) -> dict[str, Any]:
    hidden = [detect.apply(text, publication.findings(session, case.id, text)) for text in (letter.title, letter.body)]
    return {"title": hidden[0], "text": hidden[1], "folder": _usual_folder(session)}


def _left(session: Session, case: Case, form: forms.Publish) -> list[Part]:
    """What still looks like personal data in the text as the clerk has it now."""
    text = f"{form.title.data or ''}\n{form.text.data or ''}"
    return [part for part in parts(text, publication.findings(session, case.id, text)) if part.kind]


def _folders(session: Session) -> list[tuple[str, str]]:
    """The Bulletin's sections in which this person may publish."""
    query = select(Item.path, Item.title).where(Item.type == FOLDER, Item.state == "published").order_by(Item.path)
    actor = context.actor()
    return [
        (row.path, row.title) for row in session.execute(query) if policy.can(session, actor, "bip.publish", row.path)
    ]


def _usual_folder(session: Session) -> str:
    """Where the last decision went; before the first one, the section named after decisions."""
    query = select(Item.path).where(Item.type == publishing.TYPE, Item.source != "").order_by(Item.id.desc()).limit(1)
    last = session.scalars(query).first()
    if last is not None:
        return last.rsplit("/", 1)[0]
    paths = [path for path, _ in _folders(session)]
    return next((path for path in paths if path.rsplit("/", 1)[-1].startswith(DECISIONS)), "")
