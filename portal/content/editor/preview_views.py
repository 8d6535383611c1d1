"""Preview: the page exactly as publishing would make it; for editors, and by a signed link for whoever they ask."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as BaseResponse

from portal.content import acts, duties, media_views, pictures, queries, rendering, versions
from portal.content import links as references
from portal.content.editor import lists, previews
from portal.content.editor.views import rights_at, working_copy
from portal.content.pictures import Unseen
from portal.content.queries import PageData
from portal.core.documents import Document
from portal.core.errors import DomainError, Invalid, NotFound
from portal.web import context
from portal.web.download import send_document
from portal.web.errors import back
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("previews", __name__)

_QUIET = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
"""Nothing may keep, list or pass on what only one person was shown."""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(context.settings().secret_key or "", salt="content.preview")


def address_of(link_id: int) -> str:
    """The whole address of a link."""
    return f"{context.settings().public_url}/podglad/{_signer().dumps(link_id)}"


def _link_of(token: str) -> int:
    try:
        number = _signer().loads(token)
    except BadSignature as cause:
        raise NotFound("content.preview_gone") from cause
    if not isinstance(number, int):
        raise NotFound("content.preview_gone")
    return number


def _render(page: PageData, bar: dict[str, Any], files_at: str, unseen: Unseen) -> Response:
    g.preview, g.preview_files, g.preview_unseen = bar, files_at, unseen
    with context.reading() as session:
        try:
            repeated = duties.repeated(session, page.row.type, page.fields)
        except Invalid:
            repeated = {}  # such a time is refused when it is published; the preview shows the rest
        if bar["rights"].get("publish") and not page.row.version_published_at:
            repeated["published_by"] = acts.name_of(session, context.actor())
        shown = queries.as_published(page, repeated)
        response = make_response(rendering.PREVIEWS.get(page.type.family.name)(session, shown))
    response.headers.update(_QUIET)
    return response


@blueprint.get("/redakcja/strona/<int:item_id>/podglad")
@right("content.edit", below=True)
def preview(item_id: int) -> Response:
    """The working copy as it will look."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        rights = rights_at(session, page)
    return _render(page, {"page": page, "rights": rights}, "", Unseen(context.actor()))


@blueprint.get("/redakcja/strona/<int:item_id>/linki")
@right("content.edit", below=True)
def links(item_id: int) -> str:
    """The links to previews of the item that still open."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        found = [(row, address_of(row.id)) for row in previews.valid(session, item_id)]
        return render_template(
            "editor/preview_links.html", page=page, found=found, lives=previews.LIVES,
            rights=rights_at(session, page), branches=lists.branches(session, context.actor(), page.row.path),
        )  # fmt: skip


@blueprint.post("/redakcja/strona/<int:item_id>/linki")
@right("content.edit", below=True)
def give(item_id: int) -> BaseResponse:
    """A new link to the working copy as it is now."""
    days = request.form.get("days", "")
    try:
        with context.transaction() as session:
            previews.create(session, context.actor(), item_id, days=int(days) if days.isdecimal() else 0)
    except DomainError as refusal:
        return back(refusal)  # type: ignore[return-value]
    flash(message("content.done.preview_made"), "success")
    return redirect(f"/redakcja/strona/{item_id}/linki")


@blueprint.post("/redakcja/strona/<int:item_id>/linki/<int:link_id>/odwolaj")
@right("content.edit", below=True)
def revoke(item_id: int, link_id: int) -> BaseResponse:
    """Take a link back."""
    with context.transaction() as session:
        previews.revoke(session, context.actor(), item_id, link_id)
    flash(message("content.done.preview_revoked"), "success")
    return redirect(f"/redakcja/strona/{item_id}/linki")


def _opened(token: str) -> tuple[PageData, Unseen]:
    """The page and the one version a link opens, and whose eyes it lends. Raises ``NotFound``."""
    link_id = _link_of(token)
    with context.reading() as session:
        found = previews.opened(session, link_id)
        page = queries.page_at(session, found.path)
        if page is None:
            raise NotFound("content.preview_gone")
        lent = Unseen(found.giver, f"/podglad/{token}/obraz")
        return queries.with_version(session, page, found.version_id), lent


@blueprint.get("/podglad/<token>")
@right("public")
def opened(token: str) -> Response:
    """The version of a link, for whoever has it."""
    try:
        page, unseen = _opened(token)
    except NotFound as refusal:
        response = make_response(render_template("editor/preview_gone.html", text=message(refusal.code)), 410)
        response.headers.update(_QUIET)
        return response
    return _render(page, {"page": page, "rights": {}}, f"/podglad/{token}/plik", unseen)


@blueprint.get("/podglad/<token>/plik/<int:document_id>/<name>")
@right("public")
def file(token: str, document_id: int, name: str) -> Response:  # noqa: ARG001 - the name is for people
    """A file beside the version of a link, and no other."""
    page, _unseen = _opened(token)
    with context.reading() as session:
        known = {item.document_id for item in versions.files_of(session, page.row.version_id)}
        document = session.get(Document, document_id) if document_id in known else None
        if document is None:
            raise NotFound("content.unknown_file")
    response = send_document(document, context.blobs().get(document.sha256))
    response.headers.update(_QUIET)
    return response


@blueprint.get("/podglad/<token>/obraz/<int:item_id>/<int:document_id>/<name>")
@right("public")
def image(token: str, item_id: int, document_id: int, name: str) -> Response:
    """One version of an image that the version of a link shows and its giver may see, and no other."""
    page, unseen = _opened(token)
    with context.reading() as session:
        if page.row.type == "image" and page.row.id == item_id:
            found = pictures.of_version(session, item_id, page.row.version_id)
        else:
            named = references.targets(page.row.body or "") | {duties.picture_of(session, page.fields) or 0}
            found = pictures.unpublished(session, {item_id} & named, unseen)
        if item_id not in found or found[item_id].document_id != document_id:
            raise NotFound("content.unknown_file")
        response = media_views.send_rendition(session, document_id, name)
    response.headers.update(_QUIET)
    return response
