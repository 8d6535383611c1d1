"""Public pages of lists: sessions, petitions, interpellations by year, each with its tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from bip import lists, rules
from bip.council import roll
from bip.frame import bulletin
from bip.lists import Kind
from portal.content.models import Item
from portal.content.page_cache import public_page
from portal.core import clock
from portal.core.errors import NotFound
from portal.web import context, paging, tables
from portal.web.rights import right

blueprint = Blueprint("bip_lists", __name__, url_prefix="/bip/zestawienia")


@blueprint.get("/")
@right("public")
def every() -> BaseResponse:
    """The lists there are."""
    return _every()


def _render_every() -> str:
    with context.reading() as session:
        return render_template("bip/lists.html", **bulletin(session), kinds=lists.KINDS, terms=roll.terms(session))


_every = public_page(_render_every)


@blueprint.get("/<name>")
@right("public")
def listed(name: str) -> BaseResponse:
    """One list: of a year, of a term of office, or of all."""
    return _listed(name)


def _render_listed(name: str) -> str:
    kind = lists.kind_of(name)
    with context.reading() as session:
        terms = roll.terms(session) if kind.type == "session" else []
        page = paging.page(
            session, lists.query(kind, *_span(terms)), (Item.starts_at, Item.id),
            key=lambda row: (row.starts_at, row.id), size=lists.SIZE, scalars=False,
        )  # fmt: skip
        shared, every = bulletin(session), rules.of_type(session, kind.type)
        return render_template(
            "bip/list.html", **shared, kind=kind, page=page, rows=[_told(kind, row, every) for row in page.items],
            years=lists.years(session, kind), terms=terms, asked=request.args, today=clock.today(),
        )  # fmt: skip


_listed = public_page(_render_listed)


def _told(kind: Kind, row: Any, every: Sequence[rules.Rule]) -> dict[str, Any]:
    told = lists.cells(kind, row, "", every)
    return told | {"path": row.path, "summary": row.summary, "day": clock.local(row.starts_at)}


@blueprint.get("/<name>.<kind>")
@right("public")
def table(name: str, kind: str) -> Response:
    """The list as CSV or JSON, narrowed as on the page."""
    found = lists.kind_of(name)
    if kind not in tables.KINDS:
        raise NotFound("content.unknown")
    reading, base = context.program().database.reading, context.settings().public_url
    with reading() as session:
        span = _span(roll.terms(session) if "kadencja" in request.args else [])
    rows = lists.table(reading, found, base, *span)
    return tables.respond(kind, (*lists.SHARED, *found.columns), rows, name=name)


def _span(terms: list[roll.Term]) -> tuple[date, ...]:
    """The days asked for: ``rok`` or ``kadencja``; nothing for all. Raises ``NotFound`` for what is neither."""
    asked = request.args.get("rok", "")
    if asked:
        span = lists.span(asked)
        if span is None:
            raise NotFound("content.unknown")
        return span
    if number := request.args.get("kadencja", ""):
        term = next((one for one in terms if str(one.id) == number), None)
        if term is None:
            raise NotFound("content.unknown")
        return (term.first, term.last) if term.last else (term.first,)
    return ()
