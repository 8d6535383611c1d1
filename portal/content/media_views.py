"""Addresses of images, calendars and colours, and what pages of some types show besides their text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.content import attachments, calendar, colours, paths, pictures, queries
from portal.content.models import Rendition
from portal.content.page_cache import public_page
from portal.content.pictures import Unseen
from portal.content.queries import PageData
from portal.content.workflow import WITHDRAWN
from portal.core.errors import NotFound
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("media", __name__)
blueprint.add_app_template_filter(calendar.address, "calendar_address")

FOR_EVER = "max-age=31536000, immutable"
_KINDS = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
_COLOUR = re.compile(r"[0-9a-f]{6}")


def unseen(page: PageData) -> Unseen | None:
    """Whose eyes see images that are not public on this page: in a preview those of whoever gave it, on a page that
    is not for everyone those of its reader."""
    preview: Unseen | None = g.get("preview_unseen")
    return preview or (None if page.public else Unseen(context.actor()))


def beside(session: Session, page: PageData, rows: Sequence[Any]) -> dict[str, Any]:
    """What the page's template needs beyond text, files and listing; one statement when there are images."""
    found: dict[str, Any] = {"month": None, "picture": None}
    if page.row.type == "event_folder":
        found["month"] = calendar.month(session, page.row.path, calendar.asked_month(request.args.get("miesiac", "")))
    own = page.row.id if page.row.type == "image" else page.row.picture_id
    wanted = [own] if own else []
    wanted += [row.picture_id or (row.id if row.type == "image" else 0) for row in rows]
    seen = pictures.shown(session, wanted) if any(wanted) else {}
    found["pictured"] = seen | pictures.unpublished(session, set(wanted) - seen.keys(), unseen(page))
    if page.row.type == "image" and "preview" in g:
        base = g.preview_unseen.base
        found["pictured"] |= pictures.of_version(session, page.row.id, page.row.version_id, base=base)
    if own:
        found["picture"] = found["pictured"].get(own)
    return found


@blueprint.get("/obraz/<int:item_id>/<int:document_id>/<name>")
@right("public")
def rendition(item_id: int, document_id: int, name: str) -> Response:
    """One version of an image, for whoever may open the image."""
    with context.reading() as session:
        _document, open_to_all = attachments.image(session, context.actor(), item_id, document_id)
        response = send_rendition(session, document_id, name)
    response.headers["Cache-Control"] = f"{'public' if open_to_all else 'private'}, {FOR_EVER}"
    return response


def send_rendition(session: Session, document_id: int, name: str) -> Response:
    """One version of an image, for whoever the caller found entitled. Raises ``NotFound`` for one not made."""
    row = session.get(Rendition, (document_id, name))
    if row is None:
        raise NotFound("content.image_not_ready")
    response = Response(context.blobs().get(row.sha256), content_type=_KINDS[name.rpartition(".")[2]])
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.set_etag(row.sha256)
    response.make_conditional(request)
    return response


@blueprint.get("/obraz/<int:item_id>")
@right("public")
def image(item_id: int) -> BaseResponse:
    """The image as it is now, at an address that outlives every change of it: what the editor's text shows."""
    with context.reading() as session:
        shown = pictures.shown(session, [item_id]) or pictures.shown(session, [item_id], draft=True)
        if item_id not in shown or not shown[item_id].ready:
            raise NotFound("content.image_not_ready")
        one = shown[item_id]
        attachments.image(session, context.actor(), item_id, one.document_id)
    versions = [version for version in one.of() if not version.name.endswith(".webp")] or list(one.of())
    usual = next((version for version in versions if version.width >= 960), versions[-1])
    return redirect(one.address(usual.name))


@blueprint.get("/kalendarz.ics", defaults={"path": ""})
@blueprint.get("/<path:path>/kalendarz.ics")
@right("public")
def ics(path: str) -> Response:
    """One event, or those under a folder or found by a collection, as iCalendar (RFC 5545)."""
    return _ics(path)


def _render_ics(path: str) -> Response:
    address = paths.clean(path)
    with context.reading() as session:
        page = queries.page_at(session, address)
        if page is None or not (page.public or _was_public_event(page)):
            raise NotFound("content.unknown")
        body = calendar.ical(page, calendar.events_of(session, page), context.settings().public_url)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{paths.name_of(address) or "kalendarz"}.ics"'
    return response


_ics = public_page(_render_ics)


def _was_public_event(page: PageData) -> bool:
    """A withdrawn event still says, without its words, that it is cancelled."""
    row = page.row
    return bool(row.type == "event" and row.state == WITHDRAWN and row.published_at and not page.protected)


@blueprint.get("/barwa/<digits>.css")
@right("public")
def colour(digits: str) -> Response:
    """The style sheet of a place's colour; its address is its content."""
    if not _COLOUR.fullmatch(digits) or colours.contrast_with_white(digits) < colours.LEAST:
        raise NotFound("content.unknown")
    response = Response(colours.sheet(digits), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = f"public, {FOR_EVER}"
    return response
