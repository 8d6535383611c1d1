"""Public pages of votes: a session's as tables, a councillor's own list."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as BaseResponse

from bip import exports, pages, rules
from bip.council import shown, tables
from bip.council.actions import SESSION
from bip.frame import bulletin
from portal.content import paths
from portal.content.models import Item
from portal.content.page_cache import public_page
from portal.core import clock
from portal.core.errors import NotFound
from portal.web import context, paging
from portal.web import tables as sent
from portal.web.rights import right

blueprint = Blueprint("bip_council", __name__)
SESSIONS = 5
"""Sessions whose votes stand on one page of a councillor's list; each has some twenty."""


@blueprint.get("/bip/<path:path>/glosowania.<kind>")
@right("public")
def votes(path: str, kind: str) -> Response:
    """The roll-call votes of a session (u.s.g. art. 14 ust. 4) as CSV or JSON."""
    base = context.settings().public_url
    with context.reading() as session:
        page = pages.found(session, path)
        if page.row.type != SESSION or kind not in sent.KINDS:
            raise NotFound("content.unknown")
        found = shown.session_of(
            session, page.fields, rule=rules.of(session, SESSION, page.row.published_at), files=(), today=clock.today()
        )
    if kind == "csv":
        name = f"glosowania-{paths.name_of(page.row.path)}"
        return sent.respond("csv", tables.OF_SESSION, tables.of_session(found), name=name)
    told = [tables.as_data(vote, base) for vote in found.votes]
    about = {"title": page.row.title, "address": base + page.row.path, "held_on": page.fields.get("held_on", "")}
    return exports.json_response(about | {"version": page.row.number, "votes": told})


@blueprint.get("/bip/zestawienia/radni/<int:term_id>/<key>")
@right("public")
def councillor(term_id: int, key: str) -> BaseResponse:
    """How one councillor votes."""
    return _councillor(term_id, key)


def _render_councillor(term_id: int, key: str) -> str:
    with context.reading() as session:
        term, one = tables.councillor(session, term_id, key)
        page = paging.page(
            session, tables.sessions_of(term), (Item.starts_at, Item.id), key=lambda row: (row.starts_at, row.id),
            size=SESSIONS, scalars=False,
        )  # fmt: skip
        told = [(row, tables.votes_of(row, key, term_id)) for row in page.items]
        return render_template(
            "bip/councillor.html", **bulletin(session), term=term, one=one, told=told, page=page, today=clock.today()
        )


_councillor = public_page(_render_councillor)


@blueprint.get("/bip/zestawienia/radni/<int:term_id>/<key>.<kind>")
@right("public")
def councillor_table(term_id: int, key: str, kind: str) -> Response:
    """All votes of one councillor in the term as CSV or JSON."""
    reading, base = context.program().database.reading, context.settings().public_url
    with reading() as session:
        term, _ = tables.councillor(session, term_id, key)
    if kind not in sent.KINDS:
        raise NotFound("content.unknown")
    rows = tables.of_councillor(reading, term, key, base)
    return sent.respond(kind, tables.OF_COUNCILLOR, rows, name=f"glosy-{key}")
