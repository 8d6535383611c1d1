"""How often the Bulletin is read: plots with their tables, counted without knowing by whom."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from bip import exports
from bip.frame import bulletin
from portal.content import site, statistics, visits
from portal.content.page_cache import public_page
from portal.core import clock
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("bip_statistics", __name__)


def _as_of(session: Session) -> object:
    """The figures of whole days change once a day, the titles beside them with the site."""
    return site.number(session), clock.today()


def _render() -> str:
    with context.reading() as session:
        found = statistics.read(session, visits.BULLETIN, clock.today() - timedelta(days=1))
        return render_template("bip/statistics.html", **bulletin(session), found=found)


_page = public_page(_render, freshness=_as_of)


@blueprint.get("/bip/statystyki")
@right("public")
def page() -> Response:
    return _page()


@blueprint.get("/bip/statystyki.csv")
@right("public")
def by_day() -> Response:
    """Every day counted so far."""
    with context.reading() as session:
        rows = statistics.by_day(session, visits.BULLETIN)
    return exports.csv_response(("day", "opened"), rows, "statystyki")
