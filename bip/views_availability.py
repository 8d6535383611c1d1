"""The public monthly report of availability, signed: for people and for programs."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, render_template

from bip import availability, checkpoints, exports
from bip.effects import LOG_KEY
from bip.frame import bulletin
from portal.core.errors import NotFound
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("bip_availability", __name__, url_prefix="/bip/dostepnosc")
MONTH = "/<int(fixed_digits=4):year>-<int(fixed_digits=2):month>"
"""Nothing but a month: the Bulletin's own section and pages under the same address stay in the tree."""


@blueprint.get(MONTH)
@right("public")
def page(year: int, month: int) -> str:
    """The month for reading."""
    asked = _month(year, month)
    found = _report(asked)
    with context.reading() as session:
        others = availability.months(session)
        return render_template("bip/availability.html", **bulletin(session), found=found, month=asked, months=others)


@blueprint.get(MONTH + ".json")
@right("public")
def data(year: int, month: int) -> Response:
    """The same, signed."""
    return exports.json_response(_report(_month(year, month)))


def _report(month: date) -> dict[str, object]:
    settings = context.settings()
    key = checkpoints.log_key(settings.data_dir / LOG_KEY)
    with context.reading() as session:
        return availability.report(session, month, settings.office_name, key)


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError:
        raise NotFound("bip.bad_month") from None
