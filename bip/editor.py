"""The editors' page of exclusions: what of the text or the files is withheld, each with all the law asks for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bip import excluding, exclusions, fragments
from bip.excluding import Chosen, Facts, Plan
from portal.content import acts, queries, rendering
from portal.content.editor import lists, work
from portal.content.editor.views import rights_at, working_copy
from portal.content.personal.markup import Words
from portal.content.queries import PageData
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_editor", __name__, url_prefix="/redakcja/strona/<int:item_id>")
FACTS = ("ground", "scope", "made_by", "interest")


@blueprint.route("/wylaczenia", methods=["GET", "POST"])
@right("bip.edit", below=True)
def exclude(item_id: int) -> Any:
    """What is withheld, and the numbered paragraphs and files to choose from; nothing typed is lost when refused."""
    if request.method == "GET":
        return _page(item_id)
    previewing = request.form.get("how") == "preview"
    try:
        if previewing:
            with context.reading() as session:
                version = excluding.latest(session, acts.find(session, item_id))
                planned = excluding.plan(session, version, _chosen(), _facts())
            return _page(item_id, planned=planned)
        with context.transaction() as session:
            _, left = excluding.exclude(session, context.actor(), item_id, _chosen(), _facts(), expected=_expected())
    except (Invalid, Conflict) as refusal:
        if refusal.code == excluding.UNREAD:
            with context.transaction() as session:
                excluding.read_files(session, item_id, _chosen())
        return _page(item_id, refusal=refusal), 422
    flash(message("bip.done.excluded"), "success")
    for place in left:
        flash(message(f"bip.exclusion_left.{place}"), "warning")
    return redirect(request.path)


@blueprint.post("/wylaczenia/<int:number>")
@right("bip.edit", below=True)
def change(item_id: int, number: int) -> Response:
    """Other facts of an exclusion, or taking it back."""
    lifting = request.form.get("how") == "lift"
    try:
        with context.transaction() as session:
            actor, expected = context.actor(), _expected()
            if lifting:
                excluding.lift(session, actor, item_id, number, expected=expected)
            else:
                excluding.change(session, actor, item_id, number, _facts(), expected=expected)
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
    else:
        flash(message("bip.done.exclusion_lifted" if lifting else "bip.done.exclusions"), "success")
    return redirect(f"/redakcja/strona/{item_id}/wylaczenia")


def _page(item_id: int, *, planned: Plan | None = None, refusal: Invalid | Conflict | None = None) -> str:
    with context.reading() as session:
        page = working_copy(session, item_id)
        if not page.type.family.reasons:
            raise NotFound("content.unknown")
        body, rows = page.row.body or "", exclusions.of_fields(page.fields)
        files = queries.files(session, page.row.version_id)
        given = _given(session, page)
        return render_template(
            "bip/exclusions.html", page=page, rows=rows, missing=exclusions.missing(rows, body),
            units=[unit for unit in fragments.units(body) if unit.text], files=files,
            grounds=list(exclusions.grounds().values()), given=given, rights=rights_at(session, page),
            unsaved=work.of(session, context.actor(), work.place_of(item_id)), refusal=refusal,
            refused=message(refusal.code, **refusal.details) if refusal else "",
            preview=_preview(session, planned), branches=lists.branches(session, context.actor(), page.row.path),
        )  # fmt: skip


def _preview(session: Session, planned: Plan | None) -> list[Any]:
    if planned is None:
        return []
    return exclusions.parts(rendering.shown(session, planned.body), planned.kept)


def _given(session: Session, page: PageData) -> dict[str, Any]:
    """What stands in the form: as sent; else what was selected in the text, the person's name."""
    if request.method == "POST":
        typed = {name: request.form.get(name, "") for name in (*FACTS, "words")}
        return typed | {
            "units": request.form.getlist("units"), "files": request.form.getlist("files"),
            "pages": {name[6:]: value for name, value in request.form.items() if name.startswith("pages-")},
        }  # fmt: skip
    found: dict[str, Any] = {"units": [], "files": [], "pages": {}, "words": ""}
    start, end = (request.args.get(name, "") for name in ("od", "do"))
    if start.isdecimal() and end.isdecimal():
        found |= _selected(page, int(start), int(end))
    return found | {"made_by": request.args.get("kto", "") or acts.name_of(session, context.actor())}


def _selected(page: PageData, start: int, end: int) -> dict[str, Any]:
    """A stretch of the text's words as chosen units: whole ones when it goes over several."""
    body = page.row.body or ""
    said = Words(body)
    words, place = " ".join(said.text[start:end].split()), said.where(start, end)
    if place is None:
        return {}
    known = fragments.units(body)
    around = [unit for unit in known if unit.start <= place[0] and place[1] <= unit.end]
    if around:
        unit = min(around, key=lambda one: one.end - one.start)
        return {"units": [str(unit.number)], "words": "" if words == unit.text else words}
    return {"units": [str(unit.number) for unit in known if unit.start < place[1] and place[0] < unit.end]}


def _chosen() -> Chosen:
    files = [int(one) for one in request.form.getlist("files") if one.isdecimal()]
    return Chosen(
        tuple(int(one) for one in request.form.getlist("units") if one.isdecimal()),
        request.form.get("words", "")[:2000],
        {number: request.form.get(f"pages-{number}", "")[:200] for number in files},
    )


def _facts() -> Facts:
    return Facts(*(request.form.get(name, "").strip() for name in FACTS))


def _expected() -> int | None:
    text = request.form.get("expected", "")
    return int(text) if text.isdecimal() else None
