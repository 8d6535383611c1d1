"""Pages of exports and imports: ask, watch, look through what would be taken, say "go", fetch file and report."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, send_file
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import policy
from portal.content import acts, paths, queries
from portal.content.editor import lists
from portal.content.exchange import actions, plan
from portal.content.exchange import queries as exchanged
from portal.content.exchange.models import TransferLine
from portal.content.exchange.workflow import CHECKING, DONE, RUNNING
from portal.core.documents import clean_name
from portal.core.errors import Conflict, DomainError, Invalid, NotFound
from portal.web import context, errors, paging, tables
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import large

blueprint = Blueprint("exchange", __name__, url_prefix="/redakcja/przenoszenie")
ADMIN = "content.admin"
KINDS = ("wrota", "plone")
HOME = "/redakcja/przenoszenie"


@blueprint.get("")
@right(ADMIN, below=True)
def index() -> str:
    """What was taken out and brought in, and the forms for more."""
    with context.reading() as session:
        actor = context.actor()
        places = sorted(policy.places(session, actor, ADMIN))
        return render_template(
            "exchange/index.html", rows=exchanged.recent(session, actor), kinds=KINDS,
            place=request.args.get("w") or (places[0] if places else "/"),
            branches=lists.branches(session, actor, paths.ROOT), limit=context.settings().import_limit_mb,
        )  # fmt: skip


def _item(path: str) -> int:
    """The number of the item at ``path``. Raises ``NotFound``."""
    with context.reading() as session:
        page = queries.page_at(session, paths.clean(path))
    if page is None:
        raise NotFound("content.unknown")
    return int(page.row.id)


@blueprint.post("/eksport")
@right(ADMIN, below=True)
def export() -> BaseResponse | Any:
    """Ask for an archive."""
    try:
        number = _item(request.form.get("place", ""))
        with context.transaction() as session:
            made = actions.ask_export(session, context.actor(), number)
    except (NotFound, Invalid) as refusal:
        return errors.back(refusal, HOME)
    return redirect(f"{HOME}/{made.id}", 303)


@blueprint.post("/import")
@right(ADMIN, below=True)
@large(lambda settings: settings.import_limit_mb)
def bring() -> BaseResponse | Any:
    """Send a file to be looked through; it is streamed to the disk, never held in memory."""
    kind, sent = request.form.get("kind", ""), request.files.get("file")
    try:
        if kind not in KINDS:
            raise Invalid("import.unknown_kind", kind=kind)
        if sent is None or not sent.filename:
            raise Invalid("import.no_file")
        number = _item(request.form.get("place", ""))
        file = actions.folder(context.settings().data_dir) / f"{secrets.token_hex(16)}.zip"
        sent.save(file)
        try:
            with context.transaction() as session:
                made = actions.ask_import(
                    session, context.actor(), number, kind, name=clean_name(sent.filename), file=file.name,
                    size=file.stat().st_size, options=_options(session, number),
                )  # fmt: skip
        except DomainError:
            file.unlink(missing_ok=True)
            raise
    except (NotFound, Invalid) as refusal:
        return errors.back(refusal, HOME)
    return redirect(f"{HOME}/{made.id}", 303)


def _options(session: Session, item_id: int) -> dict[str, Any]:
    """What a source needs to know of the place it is brought to."""
    place = queries.page_at(session, _path(session, item_id))
    if place is None or not place.type.family.journal:
        return {}
    return {"bulletin": True, "publisher": str(place.settings.get("publisher", ""))}


@blueprint.get("/<int:transfer_id>")
@right(ADMIN, below=True)
def show(transfer_id: int) -> str:
    """How far it is, and its report."""
    outcome = request.args.get("wynik", "")
    outcome = outcome if outcome in plan.OUTCOMES else ""
    with context.reading() as session:
        actor = context.actor()
        made = actions.find(session, actor, transfer_id)
        page = paging.page(
            session, exchanged.lines_query(made.id, outcome), (TransferLine.number,), key=lambda line: (line.number,),
            size=50, descending=False,
        )  # fmt: skip
        place = queries.page_at(session, _path(session, made.item_id))
        return render_template(
            "exchange/show.html", made=made, place=place, lines=page, outcomes=plan.OUTCOMES, chosen=outcome,
            reasons=exchanged.reasons, busy=made.state in (CHECKING, RUNNING),
            branches=lists.branches(session, actor, paths.ROOT),
        )  # fmt: skip


def _path(session: Session, item_id: int) -> str:
    return str(acts.find(session, item_id).path)


@blueprint.get("/<int:transfer_id>/stan")
@right(ADMIN, below=True)
def state(transfer_id: int) -> Response:
    """How far it is, for the script of the page."""
    with context.reading() as session:
        made = actions.find(session, context.actor(), transfer_id)
    return jsonify(state=made.state, step=made.step, total=made.total, busy=made.state in (CHECKING, RUNNING))


@blueprint.post("/<int:transfer_id>/wykonaj")
@right(ADMIN, below=True)
def go(transfer_id: int) -> BaseResponse | Any:
    """Bring in what was looked through."""
    try:
        with context.transaction() as session:
            actions.go(session, context.actor(), transfer_id)
    except (NotFound, Conflict) as refusal:
        return errors.back(refusal, HOME)
    flash(message("transfer.begun"), "success")
    return redirect(f"{HOME}/{transfer_id}", 303)


@blueprint.get("/<int:transfer_id>/archiwum.zip")
@right(ADMIN, below=True)
def archive(transfer_id: int) -> Response:
    """The archive, sent from the disk as it is read."""
    with context.reading() as session:
        made = actions.find(session, context.actor(), transfer_id)
    file = actions.folder(context.settings().data_dir) / made.file
    if made.kind != actions.EXPORT or made.state != DONE or not made.file or not file.exists():
        raise NotFound("transfer.no_file")
    return send_file(file.absolute(), mimetype="application/zip", as_attachment=True, download_name=made.name)


@blueprint.get("/<int:transfer_id>/sprawozdanie.<kind>")
@right(ADMIN, below=True)
def report(transfer_id: int, kind: str) -> Response:
    """The report as a table: every entry, what came of it, and why not whole."""
    if kind not in tables.KINDS:
        raise NotFound("content.unknown")
    with context.reading() as session:
        made = actions.find(session, context.actor(), transfer_id)
    rows = exchanged.table(context.program().database.reading, made.id)
    return tables.respond(kind, exchanged.COLUMNS, rows, name=f"sprawozdanie-{made.id}")
