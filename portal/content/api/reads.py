"""Reading: items by path and number, what lies below, versions, files, lists by date and type."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.content import attachments, listing, paths, queries, site, types
from portal.content.api import describe, door, lists, schema, shown
from portal.content.api.describe import asked, operation
from portal.content.models import Item
from portal.content.queries import PageData
from portal.content.workflow import WITHDRAWN
from portal.core.errors import NotFound
from portal.web import context
from portal.web.download import send_document
from portal.web.rights import right

blueprint = Blueprint("content_api", __name__, url_prefix="/api/v1")
blueprint.before_request(door.come_in)
blueprint.after_request(door.go_out)
blueprint.record_once(door.install)


def answer(model: BaseModel, *, etag: str = "", status: int = 200) -> Response:
    """``model`` as JSON; with ``etag`` a caller that has it already is told so (304)."""
    response = Response(model.model_dump_json(), status, content_type="application/json; charset=utf-8")
    if etag:
        response.set_etag(etag)
        if status == 200:
            response.make_conditional(request)
    return response


def found(session: Session, item_id: int, *, draft: bool = False) -> PageData:
    """The item for who asks. Raises ``NotFound``, also when they may not know that it exists."""
    item = session.get(Item, item_id)
    if item is None or item.binned_at is not None:
        raise NotFound("content.unknown")
    return at(session, item.path, draft=draft)


def at(session: Session, path: str, *, draft: bool = False) -> PageData:
    """The item at ``path`` for who asks. Raises ``NotFound``."""
    page = queries.page_at(session, path, draft=draft)
    may = queries.may_see_drafts if draft else queries.may_see
    if page is None or not may(session, door.actor(), page):
        raise NotFound("content.unknown")
    return page


def whole(session: Session, page: PageData, *, draft: bool = False, status: int = 200) -> Response:
    """The answer with one item and the mark of its state."""
    drafts = queries.may_see_drafts(session, door.actor(), page)
    etag = door.seen(page.row.row_version, site.number(session))
    return answer(shown.item(session, page, drafts=drafts, draft=draft), etag=etag, status=status)


def _open(session: Session, item_id: int) -> PageData:
    """The item whose published states may be read. Raises ``NotFound`` also for a withdrawn one."""
    page = found(session, item_id)
    if page.row.state == WITHDRAWN and not queries.may_see_drafts(session, door.actor(), page):
        raise NotFound("bip.text_withdrawn")
    return page


@blueprint.get("/")
@right("public")
@operation("index", schema.Index)
def index() -> Response:
    """Where to begin."""
    base = f"{request.host_url}api/v1"
    return answer(
        schema.Index(
            openapi=f"{base}/openapi.json", root=f"{base}/paths/", items=f"{base}/items", types=f"{base}/types"
        )
    )


@blueprint.get("/openapi.json")
@right("public")
def openapi() -> Response:
    """The description of all this (OpenAPI 3.1)."""
    return Response(
        describe.json_text(request.host_url.rstrip("/")), content_type="application/vnd.oai.openapi+json;version=3.1"
    )


@blueprint.get("/types")
@right("public")
@operation("types", schema.Types)
def all_types() -> Response:
    """All types of content."""
    return answer(schema.Types(types=[shown.kind(one) for _, one in types.TYPES.items()]))


@blueprint.get("/items")
@right("public")
@operation("items", schema.Items, query=schema.AskedItems)
def items() -> Response:
    """Items by place, type and day, newest first."""
    given = asked(schema.AskedItems)
    given.below = paths.clean(given.below)
    with context.reading() as session:
        return answer(lists.items(session, door.actor(), given))


@blueprint.get("/items/<int:item_id>")
@right("public")
@operation("item", schema.Item, query=schema.AskedItem)
def item(item_id: int) -> Response:
    """One item by number."""
    draft = asked(schema.AskedItem).draft
    with context.reading() as session:
        return whole(session, found(session, item_id, draft=draft), draft=draft)


@blueprint.get("/paths/")
@right("public")
@operation("root", schema.Item, query=schema.AskedItem)
def root() -> BaseResponse:
    """The item all others lie under."""
    return item_at("")


@blueprint.get("/paths/<path:path>")
@right("public")
@operation("path", schema.Item, query=schema.AskedItem)
def item_at(path: str) -> BaseResponse:
    """One item by its place; an address it moved away from leads to where it is."""
    draft, address = asked(schema.AskedItem).draft, paths.clean(path)
    with context.reading() as session:
        try:
            return whole(session, at(session, address, draft=draft), draft=draft)
        except NotFound:
            moved = queries.moved_to(session, address)
            if moved is None:
                raise
            at(session, moved)
    return redirect(f"{request.host_url}api/v1/paths{moved}", 301)


@blueprint.get("/items/<int:item_id>/children")
@right("public")
@operation("children", schema.Items, query=schema.AskedChildren)
def children(item_id: int) -> Response:
    """What lies directly in an item, in its order."""
    given = asked(schema.AskedChildren)
    with context.reading() as session:
        return answer(lists.children(session, door.actor(), found(session, item_id), given))


@blueprint.get("/items/<int:item_id>/tree")
@right("public")
@operation("tree", schema.Node, query=schema.AskedTree)
def tree(item_id: int) -> Response:
    """An item and what lies below it, some levels deep."""
    depth = asked(schema.AskedTree).depth
    with context.reading() as session:
        return answer(lists.tree(session, found(session, item_id), depth))


@blueprint.get("/items/<int:item_id>/collected")
@right("public")
@operation("collected", schema.Items)
def collected(item_id: int) -> Response:
    """What a collection finds."""
    with context.reading() as session:
        page = found(session, item_id)
        if page.row.type != "collection":
            raise NotFound("api.no_collection")
        rows = listing.below(session, page).items
        return answer(schema.Items(items=[schema.Brief.model_validate(shown.brief(row)) for row in rows], next=""))


@blueprint.get("/items/<int:item_id>/versions")
@right("public")
@operation("versions", schema.Versions)
def versions(item_id: int) -> Response:
    """The published states of an item."""
    with context.reading() as session:
        page = _open(session, item_id)
        rows = queries.history(session, page.row.id, published_only=True)
        return answer(
            schema.Versions(versions=[schema.VersionBrief.model_validate(shown.version_brief(row)) for row in rows])
        )


@blueprint.get("/items/<int:item_id>/versions/<int:number>")
@right("public")
@operation("version", schema.Version)
def version(item_id: int, number: int) -> Response:
    """One published state whole."""
    with context.reading() as session:
        page = _open(session, item_id)
        row = queries.version_of(session, page.row.id, number, published_only=True)
        state = shown.version(session, page.row.id, row, queries.files(session, row.version_id))
        return answer(schema.Version.model_validate(state))


@blueprint.get("/items/<int:item_id>/files")
@right("public")
@operation("files", schema.Files)
def files(item_id: int) -> Response:
    """The documents beside the public version."""
    with context.reading() as session:
        page = _open(session, item_id)
        rows = shown.files(item_id, queries.files(session, page.row.version_id))
        return answer(schema.Files(files=[schema.FileAnswer.model_validate(row) for row in rows]))


@blueprint.get("/items/<int:item_id>/files/<int:document_id>")
@right("public")
@operation("file", None)
def file(item_id: int, document_id: int) -> Response:
    """The bytes of a file beside an item."""
    with context.reading() as session:
        document = attachments.readable(session, door.actor(), item_id, document_id)
    return send_document(document, context.blobs().get(document.sha256))
