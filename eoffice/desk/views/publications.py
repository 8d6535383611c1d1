"""From a decision to the Bulletin: the proposal of what to hide, the clerk's review, one act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bip.actions import published_from
from eoffice.cases import publication
from eoffice.desk import forms, scope
from eoffice.desk.acting import submit
from eoffice.desk.views.base import DESK, blueprint
from eoffice.dispatch import publishing
from portal.accounts import policy
from portal.content.models import Item
from portal.content.personal import board, detect
from portal.content.personal.board import parts
from portal.content.personal.detect import Found
from portal.content.personal.review import KEEP, REASONS, REMOVE
from portal.web import context

FOLDER = "bip_folder"
_DECISION = "d-"
"""Before the words a decision is on, in the names of the form's fields."""
_PUBLIC = "keep:public_function"
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
    """Publish the reviewed copy, or make its text anew by the decisions."""
    form = forms.Publish()
    with context.reading() as session:
        form.offer(_folders(session))
    if "renew" in request.form:
        return _page(letter_id, form, renew=True)
    return submit(
        form,
        lambda session: publishing.publish_letter(
            session, context.blobs(), context.actor(), letter_id=letter_id, folder=form.folder.data,
            title=form.title.data or "", text=form.text.data or "", kept=_kept(),
        ),
        done="desk.done.published",
        to=url_for("desk.letter", letter_id=letter_id),
        again=lambda: _page(letter_id, form),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One person or number found in the letter or in the copy: how it is written, and what is decided."""

    field: str
    words: tuple[str, ...]
    kind: str
    decided: str


def _choices(found: Iterable[tuple[str, Found]]) -> list[Choice]:
    """What to decide on, each person or number once. Offered: remove, but leave who holds a public post."""
    groups: dict[tuple[str, str], list[tuple[str, Found]]] = {}
    for words, one in found:
        groups.setdefault((one.kind, one.subject), []).append((words, one))
    made = []
    for (kind, _), places in groups.items():
        written = tuple(dict.fromkeys(word for word, _ in places))
        name = f"{_DECISION}{written[0]}"
        offered = _PUBLIC if all(one.public for _, one in places) else REMOVE
        made.append(Choice(name, written, kind, request.form.get(name, offered)))
    return made


def _kept() -> dict[str, str]:
    """The words that stay and why, as the form says; all writings of one thing are decided together."""
    found: dict[str, str] = {}
    for name, value in request.form.items():
        decided = board.choice(value) if name.startswith(_DECISION) else None
        if decided and decided[0] == KEEP:
            found |= dict.fromkeys([name.removeprefix(_DECISION), *request.form.getlist(f"same-{name}")], decided[1])
    return found


def _page(letter_id: int, bound: forms.Publish | None, *, renew: bool = False) -> str:
    with context.reading() as session:
        letter, case = scope.letter(session, context.actor(), letter_id)
        facts = publishing.facts(session, letter)
        officials = (facts.produced_by, facts.responsible)

        def look(text: str) -> list[Found]:
            return publication.findings(session, case.id, text, officials)

        found = [(text[one.start : one.end], one) for text in (letter.title, letter.body) for one in look(text)]
        staying = {w for choice in _choices(found) if choice.decided != REMOVE for w in choice.words}
        proposed = [
            detect.apply(text, [one for one in look(text) if text[one.start : one.end] not in staying])
            for text in (letter.title, letter.body)
        ]
        form = bound or forms.Publish(formdata=None, title=proposed[0], text=proposed[1], folder=_usual_folder(session))
        if renew:
            form.title.data, form.text.data = proposed
        form.offer(_folders(session))
        copy = f"{form.title.data or ''}\n{form.text.data or ''}"
        left = [(copy[one.start : one.end], one) for one in look(copy)]
        return render_template(
            "desk/publish.html", letter=letter, case=case, form=form, original=parts(letter.body, look(letter.body)),
            choices=_choices([*found, *left]), left={words for words, _ in left}, facts=facts, reasons=REASONS,
            published=published_from(session, letter.ref),
        )  # fmt: skip


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
