"""«BIP na dzień»: every page of the Bulletin as it stood on a chosen day, under an address that can be cited."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from bip import details, exclusions, relations
from bip.asof import Past, Then
from bip.frame import bulletin
from bip.types import ROOT
from portal.content import listing, paths, queries, rendering
from portal.content.models import Item
from portal.core import clock
from portal.core.errors import NotFound
from portal.web import context
from portal.web.paging import Page
from portal.web.rights import right

blueprint = Blueprint("bip_asof", __name__, url_prefix="/bip/na-dzien")
_ASKED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2})\.(\d{2}))?")
_MOST = 500
_LINK = re.compile(r'(<a\b[^>]*?\shref=")(/bip(?:/[^"#?]*)?)')


@blueprint.get("/")
@right("public")
def choose() -> str | BaseResponse:
    """The form: which day, and if need be which time of it."""
    asked = request.args.get("dzien", "").strip()
    hour = request.args.get("godzina", "").strip().replace(":", ".")
    stamp = f"{asked}T{hour}" if hour else asked
    place = paths.clean(request.args.get("strona", "").removeprefix(ROOT))
    if asked and _moment(stamp) is not None:
        return redirect(_address(stamp, ROOT + place.rstrip("/")))
    with context.reading() as session:
        return render_template("bip/asof_choose.html", **bulletin(session), asked=request.args, wrong=bool(asked))


@blueprint.get("/<stamp>/", defaults={"path": ""})
@blueprint.get("/<stamp>/<path:path>")
@right("public")
def page(stamp: str, path: str) -> BaseResponse:
    """One page as it stood."""
    moment = _moment(stamp)
    if moment is None:
        raise NotFound("bip.bad_day")
    address = paths.clean(f"{ROOT}/{path}")
    if address.rstrip("/") != f"{ROOT}/{path}".rstrip("/"):
        return redirect(_address(stamp, address), 301)
    with context.reading() as session:
        past = Past(session, min(moment, clock.now()))
        then = past.page(address)
        body = _page(session, past, then, stamp, address)
    response: Response = make_response(body, 200 if then else 404)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(session: Session, past: Past, then: Then | None, stamp: str, address: str) -> str:
    shared = bulletin(session) | {"menu_nodes": past.menu()}
    frame = {"past": past, "stamp": stamp, "prefix": f"/bip/na-dzien/{stamp}", "address": address}
    if then is None:
        return render_template("bip/asof_missing.html", **shared, **frame)
    related = [] if then.closed else relations.of_item(session, then.id, then.type, at=past.at)
    day = clock.local(past.at).date()
    files = [] if then.closed else queries.files(session, then.version.version_id)

    def dated(now: str) -> str:
        return _address(stamp, past.path_then(now))

    return render_template(
        "bip/asof.html",
        **shared,
        **frame,
        then=then,
        fields=relations.with_standing(then.fields, related, day),
        relations=[replace(one, path=dated(one.path)) for one in related],
        looked_from=day,
        crumbs=past.crumbs(address),
        body=_text(session, past, then, stamp),
        files=files,
        details=details.of(session, then.type, then.fields, today=day, files=files, path=dated),
        listing=_listing(session, past, then) if then.type.is_folder else None,
    )


def _listing(session: Session, past: Past, then: Then) -> Page[Then]:
    """What the folder listed: newest first by keyset, or in today's order where it is kept by hand."""
    query = past.in_folder(then)
    if then.type.order == "newest":
        found = listing.newest(session, query)
        return Page(past.shown(found.items), found.newer, found.older)
    return Page(past.shown(session.execute(query.order_by(Item.position, Item.id).limit(_MOST))))


def _text(session: Session, past: Past, then: Then, stamp: str) -> list[str | exclusions.Exclusion]:
    """The text of that day; its links lead to pages of that day."""
    if then.closed:
        return []

    def dated(match: re.Match[str]) -> str:
        return match.group(1) + _address(stamp, past.path_then(paths.clean(match.group(2))))

    shown = _LINK.sub(dated, rendering.shown(session, then.version.body))
    return exclusions.parts(shown, exclusions.of_fields(then.fields))


def _address(stamp: str, path: str) -> str:
    return f"/bip/na-dzien/{stamp}/{path.removeprefix(ROOT).lstrip('/')}"


def _moment(stamp: str) -> datetime | None:
    """The end of the day, or of the minute, that ``2026-11-23`` or ``2026-11-23T14.30`` names; ``None``: neither."""
    found = _ASKED.fullmatch(stamp)
    try:
        if found is None:
            return None
        day = date.fromisoformat(found[1])
        if found[2] is None:
            return datetime.combine(day, time.max, clock.WARSAW)
        minute = datetime.combine(day, time(int(found[2]), int(found[3])), clock.WARSAW)
        return minute + timedelta(seconds=59, microseconds=999_999)
    except ValueError:
        return None
