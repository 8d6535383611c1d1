"""The public list of exclusions of openness in force, counted by ground and year; as page, CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from bip import exclusions, withheld
from bip.frame import bulletin
from bip.withheld import Withheld
from portal.content.page_cache import public_page
from portal.content.tabled import Reading
from portal.core.errors import NotFound
from portal.web import context, paging, tables
from portal.web.rights import right

blueprint = Blueprint("bip_withheld", __name__)
COLUMNS = (
    "item", "address", "title", "version", "published_at", "number", "scope", "basis", "basis_address", "made_by",
    "interest", "since", "ground", "place", "file", "pages",
)  # fmt: skip
_PART = 500


@blueprint.get("/bip/wylaczenia")
@right("public")
def listed() -> BaseResponse:
    """What is withheld in the Bulletin, the newest first, with the counts."""
    return _listed()


def _render_listed() -> str:
    with context.reading() as session:
        page = paging.page(
            session, _asked(), withheld.ORDER, key=lambda row: (row.since, row.version_id, row.number), size=25,
            scalars=False,
        )  # fmt: skip
        counts = withheld.counts(session)
        return render_template(
            "bip/withheld.html", **bulletin(session), page=page, rows=withheld.told(page.items), counts=counts,
            years=sorted({year for _, year in counts}, reverse=True), grounds=list(exclusions.grounds().values()),
            asked=request.args, narrowed=any(request.args.get(name) for name in ("podstawa", "rok")),
        )  # fmt: skip


_listed = public_page(_render_listed)


@blueprint.get("/bip/wylaczenia.<kind>")
@right("public")
def table(kind: str) -> Response:
    """Every exclusion in force (UDIP art. 8 ust. 5), with its basis, narrowed as on the page."""
    reading, base = context.program().database.reading, context.settings().public_url
    if kind not in tables.KINDS:
        raise NotFound("content.unknown")
    with reading() as session:
        bulletin(session)
    return tables.respond(kind, COLUMNS, _rows(reading, _asked(), base), name="wylaczenia")


def _asked() -> Any:
    year, ground = request.args.get("rok", ""), request.args.get("podstawa", "")
    if year and not (year.isdecimal() and len(year) == 4):
        raise NotFound("content.unknown")
    return withheld.query(ground=ground[:40], year=int(year) if year else None)


def _rows(reading: Reading, asked: Any, base: str) -> Iterator[dict[str, Any]]:
    """In parts of a few hundred, each by its key: a slow reader holds nothing open."""
    query = asked.order_by(*(column.desc() for column in withheld.ORDER)).limit(_PART)
    last: tuple[Any, ...] | None = None
    while True:
        with reading() as session:
            part = query if last is None else query.where(withheld.before(*last))
            found = session.execute(part).all()
        yield from (_row(one, base) for one in withheld.told(found))
        if len(found) < _PART:
            return
        last = (found[-1].since, found[-1].version_id, found[-1].number)


def _row(one: Withheld, base: str) -> dict[str, Any]:
    what = one.what
    return {
        "item": one.item_id, "address": base + one.path, "title": one.title, "version": one.version,
        "published_at": one.published_at.isoformat(), "number": what.number, "scope": what.scope,
        "basis": what.why.basis, "basis_address": what.why.address, "made_by": what.made_by,
        "interest": what.interest, "since": one.since.isoformat(), "ground": what.ground, "place": what.place,
        "file": what.file, "pages": what.pages,
    }  # fmt: skip
