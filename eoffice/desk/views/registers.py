"""The registers RPW and RPWY: to be read, sorted, printed with the date of printing, taken out as CSV (§ 40)."""

from __future__ import annotations

import io
from datetime import date

from flask import Response, render_template, request
from werkzeug.exceptions import BadRequest

from eoffice.desk import registerfile
from eoffice.desk.views.base import DESK, blueprint
from eoffice.register import queries
from portal.core import clock
from portal.web import context
from portal.web.download import send_bytes


@blueprint.get("/rejestry/rpw")
@DESK
def incoming() -> str:
    """The register of incoming items."""
    return _page("RPW")


@blueprint.get("/rejestry/rpwy")
@DESK
def outgoing() -> str:
    """The register of outgoing items."""
    return _page("RPWY")


@blueprint.get("/rejestry/<any(rpw, rpwy):name>.csv")
@DESK
def export(name: str) -> Response:
    """A year of a register as CSV."""
    target = io.StringIO()
    year = _year()
    with context.reading() as session:
        wanted = registerfile.wanted(session, context.actor(), name.upper())
        queries.export(session, target, wanted, year)
    data = target.getvalue().encode("utf-8-sig")
    return send_bytes(data, name=f"{name.upper()}-{year}.csv", content_type="text/csv; charset=utf-8")


def _page(register: str) -> str:
    sort = request.args.get("kolejnosc", "number")
    with context.reading() as session:
        page = registerfile.page(session, context.actor(), register, _year(), sort, whole="druk" in request.args)
    template = "desk/register_print.html" if "druk" in request.args else "desk/register.html"
    return render_template(
        template, page=page, register=register, year=_year(), sort=sort, sorts=tuple(registerfile.SORTS),
        printed_on=clock.today(),
    )  # fmt: skip


def _year() -> int:
    year = request.args.get("rok", clock.today().year, type=int)
    if not date.min.year < year <= clock.today().year + 1:
        raise BadRequest
    return year
