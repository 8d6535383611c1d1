"""The public monthly report of availability, signed: for people and for programs."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from bip import availability, checkpoints, exports
from bip.effects import LOG_KEY
from bip.frame import bulletin
from portal.core import clock
from portal.core.errors import NotFound
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("bip_availability", __name__, url_prefix="/bip/dostepnosc")


@blueprint.get("/")
@right("public")
def newest() -> BaseResponse:
    """The month that runs."""
    return redirect(f"/bip/dostepnosc/{clock.today():%Y-%m}")


@blueprint.get("/<month>")
@right("public")
def page(month: str) -> str:
    """The month for reading."""
    found = _report(month)
    with context.reading() as session:
        others = availability.months(session)
        return render_template(
            "bip/availability.html", **bulletin(session), found=found, month=_month(month), months=others
        )


@blueprint.get("/<month>.json")
@right("public")
def data(month: str) -> Response:
    """The same, signed."""
    return exports.json_response(_report(month))


def _report(month: str) -> dict[str, object]:
    settings = context.settings()
    key = checkpoints.log_key(settings.data_dir / LOG_KEY)
    with context.reading() as session:
        return availability.report(session, _month(month), settings.office_name, key)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound("bip.bad_month") from None
