"""Pages of exports and imports: ask, watch, stop, look through what would be taken, say "go", fetch file and report."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, send_file
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import policy
from portal.content import acts, paths, queries, rights
from portal.content.editor import lists
from portal.content.exchange import actions, mapping, plan
from portal.content.exchange import queries as exchanged
from portal.content.exchange.entries import Broken
from portal.content.exchange.models import Transfer, TransferLine
from portal.content.exchange.workflow import BUSY, CHECKED, DONE
from portal.core.blobs import sha256
from portal.core.documents import clean_name
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from portal.web import context, errors, paging, tables
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import PASS, holder, large, large_pass

blueprint = Blueprint("exchange", __name__, url_prefix="/redakcja/przenoszenie")
ADMIN = "content.admin"
KINDS = ("wrota", "plone")
_MOST_MAPPING = 200_000
"""Bytes of a mapping, in plenty."""
HOME = "/redakcja/przenoszenie"


@blueprint.get("")
@right(ADMIN, below=True)
def index() -> str:
    """What was taken out and brought in, and the forms for more."""
    return _index()


def _index(problem: DomainError | None = None, *, came: Came | None = None, ticket: str = "") -> str:
    """The page with the forms; after a refusal with what was typed, and with the archive (``came``) that is here."""
    with context.reading() as session:
        actor = context.actor()
        places = sorted(policy.places(session, actor, ADMIN))
        said = message(problem.code, **problem.details) if problem else ""
        return render_template(
            "exchange/index.html", rows=exchanged.recent(session, actor), kinds=KINDS,
            place=request.args.get("w") or (places[0] if places else "/"), mappings=mapping.shipped(), problem=said,
            typed=request.form, trial=actions.TRIAL, came=came, walking=request.path.endswith("/bip"),
            ticket=ticket if came else large_pass(int(actor.user_id or 0)),
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
    """Send a file to be looked through; it is streamed to the disk, never held in memory.

    After a refusal the file stays for a day and the form needs it no second time; sent again after a lost answer, it is
    the same import.
    """
    kind, ticket = request.form.get("kind", ""), request.args.get(PASS, "")
    came = None
    try:
        came = _came(ticket)
        if kind not in KINDS:
            raise Invalid("import.unknown_kind", kind=kind)
        number = _item(request.form.get("place", ""))
        with context.transaction() as session:
            made = actions.ask_import(
                session, context.actor(), number, kind, name=came.name, file=came.file.name,
                size=came.file.stat().st_size, options=_options(session, number),
            )  # fmt: skip
    except (NotFound, Invalid) as refusal:
        return _index(refusal, came=came, ticket=ticket), 422
    except Forbidden as refusal:
        errors.refused("right")
        return _index(refusal, came=came, ticket=ticket), 403
    return redirect(f"{HOME}/{made.id}", 303)


@dataclass(frozen=True, slots=True)
class Came:
    """An archive that is here: under the name it was sent with, on our disk."""

    name: str
    file: Path


def _came(ticket: str) -> Came:
    """The archive that came with this form, or with it before. Raises ``Invalid``."""
    if holder(current_app, ticket) != context.actor().user_id:
        raise Invalid("import.form_old")
    sent = request.files.get("file")
    file = actions.folder(context.settings().data_dir) / f"{sha256(ticket.encode())[:32]}.zip"
    if sent is not None and sent.filename and not file.exists():
        part = file.with_suffix(f".{secrets.token_hex(4)}.part")
        sent.save(part)
        part.replace(file)
    if not file.exists():
        raise Invalid("import.no_file")
    name = sent.filename if sent is not None and sent.filename else request.form.get("name", "")
    return Came(clean_name(name or "archiwum.zip"), file)


@blueprint.post("/bip")
@right(ADMIN, below=True)
def walk() -> BaseResponse | Any:
    """Have an old Bulletin walked through: a few addresses first."""
    start, chosen = request.form.get("start", "").strip(), request.form.get("mapping", "")
    try:
        data = _mapping(chosen)
        rules = mapping.read(data, start)
        number = _item(request.form.get("place", ""))
        file = _kept(data)
        options = {"most": actions.TRIAL, "start": start}
        try:
            with context.transaction() as session:
                options |= _options(session, number)
                name = urlsplit(rules.start[0]).netloc
                made = actions.ask_walk(session, context.actor(), number, name=name, file=file.name, options=options)
        except DomainError:
            file.unlink(missing_ok=True)
            raise
    except (NotFound, Invalid, Broken) as refusal:
        return _index(refusal), 422
    return redirect(f"{HOME}/{made.id}", 303)


def _mapping(chosen: str) -> bytes:
    """The mapping that was sent, or the one of ours that was chosen. Raises ``Invalid``, ``Broken``."""
    sent = request.files.get("mapping_file")
    if sent is not None and sent.filename:
        data = bytes(sent.read(_MOST_MAPPING + 1))
        if len(data) > _MOST_MAPPING:
            raise Broken("import.mapping.too_large")
        return data
    return mapping.shipped_text(chosen)


def _kept(data: bytes, *, beside: str = "") -> Path:
    """The mapping as a file of its own; one tried on a walk that began already lies with its pages."""
    where = context.settings().data_dir
    place = actions.pages(where, beside) if beside else actions.folder(where)
    place.mkdir(exist_ok=True)
    file = place / f"{secrets.token_hex(16)}.toml"
    file.write_bytes(data)
    return file


def _options(session: Session, item_id: int) -> dict[str, Any]:
    """What a source needs to know of the place it is brought to."""
    place = queries.page_at(session, _path(session, item_id))
    if place is None or not place.type.family.journal:
        return {}
    return {"bulletin": True, "publisher": str(place.settings.get("publisher", "")), "place": place.type.name}


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
            reasons=exchanged.reasons, outcome=exchanged.outcome, busy=made.state in BUSY,
            bearers=_bearers(made), givable=rights.givable(session) if _bearers(made) else (),
            resumable=actions.resumable(made), kinds=KINDS if actions.sent_file(made) else (),
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
    return jsonify(state=made.state, step=made.step, total=made.total, busy=made.state in BUSY)


@blueprint.post("/<int:transfer_id>/wykonaj")
@right(ADMIN, below=True)
def go(transfer_id: int) -> BaseResponse | Any:
    """Bring in what was looked through."""
    try:
        with context.transaction() as session:
            made = actions.find(session, context.actor(), transfer_id)
            chosen = {one["who"]: request.form.get(f"komu-{at}", "") for at, one in enumerate(_bearers(made))}
            actions.go(session, context.actor(), transfer_id, {who: name for who, name in chosen.items() if name})
    except (NotFound, Conflict) as refusal:
        return errors.back(refusal, HOME)
    flash(message("transfer.begun"), "success")
    return redirect(f"{HOME}/{transfer_id}", 303)


@blueprint.post("/<int:transfer_id>/sprawdz")
@right(ADMIN, below=True)
def look_again(transfer_id: int) -> BaseResponse | Any:
    """Look through the file that was sent as another kind, or for another place; it is not sent again."""
    here, kind = f"{HOME}/{transfer_id}", request.form.get("kind", "")
    try:
        if kind not in KINDS:
            raise Invalid("import.unknown_kind", kind=kind)
        number = _item(request.form.get("place", ""))
        with context.transaction() as session:
            actions.look_again(session, context.actor(), transfer_id, kind, number, _options(session, number))
    except (NotFound, Conflict, Invalid) as refusal:
        return errors.back(refusal, here)
    return redirect(here, 303)


def _bearers(made: Transfer) -> list[dict[str, Any]]:
    """Who had roles in the archive."""
    return list(made.options.get("bearers", ())) if made.state == CHECKED else []


_ACTS = {"zatrzymaj": actions.stop, "wznow": actions.go_on, "calosc": actions.walk_on}


@blueprint.post("/<int:transfer_id>/<any(zatrzymaj, wznow, calosc):act>")
@right(ADMIN, below=True)
def steer(transfer_id: int, act: str) -> BaseResponse | Any:
    """Stop the work, let it go on, fetch the rest of an old Bulletin."""
    try:
        with context.transaction() as session:
            _ACTS[act](session, context.actor(), transfer_id)
    except (NotFound, Conflict) as refusal:
        return errors.back(refusal, f"{HOME}/{transfer_id}")
    flash(message(f"transfer.did.{act}"), "success")
    return redirect(f"{HOME}/{transfer_id}", 303)


@blueprint.post("/<int:transfer_id>/odwzorowanie")
@right(ADMIN, below=True)
def remap(transfer_id: int) -> BaseResponse | Any:
    """Read what was fetched by another mapping; nothing is fetched again."""
    here = f"{HOME}/{transfer_id}"
    try:
        data = _mapping("")
        with context.reading() as session:
            made = actions.remappable(session, context.actor(), transfer_id)
            mapping.read(data, str(made.options.get("start", "")))
        file = _kept(data, beside=made.file)
        with context.transaction() as session:
            actions.remap(session, context.actor(), transfer_id, f"{file.parent.name}/{file.name}")
    except (NotFound, Conflict, Broken) as refusal:
        return errors.back(refusal, here)
    return redirect(here, 303)


@blueprint.get("/<int:transfer_id>/odwzorowanie.toml")
@right(ADMIN, below=True)
def mapping_file(transfer_id: int) -> Response:
    """The mapping in use, to be changed and sent again."""
    with context.reading() as session:
        made = actions.find(session, context.actor(), transfer_id)
    file = actions.folder(context.settings().data_dir) / str(made.options.get("mapping") or made.file)
    if made.kind != actions.BIP or not made.file or not file.exists():
        raise NotFound("transfer.no_file")
    return send_file(
        file.absolute(), mimetype="application/toml", as_attachment=True, download_name="odwzorowanie.toml"
    )


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
