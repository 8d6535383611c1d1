"""The portal's public pages: home, any page by its path, files, feeds, maps of the site."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from forms.models import Form
from portal.content import (
    attachments,
    feeds,
    filters,
    frame,
    languages,
    links,
    listing,
    media_views,
    menus,
    page_cache,
    paths,
    pictures,
    queries,
    rendering,
    table_views,
    visits,
)
from portal.content.editor import acts as editor_acts
from portal.content.editor import link_views, picker_views, place_views, preview_views, writing_views
from portal.content.editor import media as editor_media
from portal.content.editor import personal as editor_personal
from portal.content.editor import statistics as editor_statistics
from portal.content.editor import views as editor
from portal.content.exchange import views as exchange
from portal.content.models import Item, SiteVersion
from portal.content.page_cache import public_page
from portal.content.queries import PageData
from portal.core.errors import NotFound
from portal.web import context, phrases
from portal.web.download import send_document
from portal.web.rights import right

blueprint = Blueprint("content", __name__, static_folder="static", static_url_path="/zasoby/content")
blueprint.record_once(lambda state: menus.install(state.app))
blueprint.record_once(lambda state: page_cache.install(cast(Flask, state.app)))
blueprint.record_once(lambda state: visits.install(cast(Flask, state.app)))
filters.install(blueprint)


def _file_address(item_id: int, document_id: int, name: str) -> str:
    """Where a file beside the page is fetched; in the preview of a link, by that link."""
    here = g.get("preview_files", "")
    return f"{here}/{document_id}/{quote(name, safe='')}" if here else attachments.address(item_id, document_id, name)


blueprint.add_app_template_global(_file_address, "file_address")
blueprint.register_blueprint(writing_views.blueprint)
blueprint.register_blueprint(preview_views.blueprint)
blueprint.register_blueprint(picker_views.blueprint)
blueprint.register_blueprint(place_views.blueprint)
blueprint.register_blueprint(table_views.blueprint)
blueprint.register_blueprint(exchange.blueprint)
blueprint.record_once(lambda state: frame.install(state.app))
blueprint.register_blueprint(media_views.blueprint)
blueprint.register_blueprint(editor_media.blueprint)
blueprint.register_blueprint(link_views.blueprint)
blueprint.register_blueprint(editor.blueprint)
blueprint.register_blueprint(editor_acts.blueprint)
blueprint.register_blueprint(editor_personal.blueprint)
blueprint.register_blueprint(editor_statistics.blueprint)

SERVICES = 8
NEWS = ("news",)


def _home_freshness(session: Session) -> object:
    """The home page also depends on which forms are offered."""
    forms = select(func.count(Form.live_version_id), func.max(Form.live_version_id), func.sum(Form.position))
    query = select(select(SiteVersion.number).scalar_subquery(), *forms.subquery().columns)
    version, *offered = session.execute(query).one()
    return version or 1, *offered


@blueprint.get("/", endpoint="home")
@right("public")
def home() -> Response:
    return _home()


def _render_home(preview: PageData | None = None) -> str:
    with context.reading() as session:
        page = preview or queries.page_at(session, paths.ROOT)
        frame.enter(session, page)
        phrases.speak(request.args.get(phrases.PARAMETER) or (page.row.language if page else phrases.POLISH))
        query = select(Form.slug, Form.title, Form.summary).where(Form.live_version_id.is_not(None))
        forms = session.execute(query.order_by(Form.position, Form.id).limit(SERVICES)).all()
        news = queries.recent(session, paths.ROOT, kinds=NEWS, limit=5)
        pictured = pictures.cards(session, news)
        body = rendering.shown(session, page.row.body, media_views.unseen(page)) if page else ""
    return render_template(
        "content/home.html", page=page, body=body, forms=forms, news=news, pictured=pictured,
        home_languages=languages.of_home(),
    )  # fmt: skip


_home = public_page(_render_home, freshness=_home_freshness)


@blueprint.get("/<path:path>")
@right("public")
def page(path: str) -> BaseResponse:
    """Any page of the portal, by its place in the tree."""
    return _page(path)


def _render_page(path: str) -> str | BaseResponse:
    address = paths.clean(path)
    with context.reading() as session:
        found = listing.page_at(session, address)
        if found is None or not queries.may_see(session, context.actor(), found):
            return _elsewhere(session, address, found)
        if address != f"/{path}":
            return redirect(address, 301)
        return _show(session, found)


_page = public_page(_render_page)


def _show(session: Session, found: PageData) -> str | BaseResponse:
    if found.row.type == "link" and (onward := links.destination(session, found.row.version_id, found.fields)):
        return redirect(onward)
    return _drawn(session, found)


def _preview(session: Session, found: PageData) -> str:
    return _render_home(found) if found.row.path == paths.ROOT else _drawn(session, found)


rendering.PREVIEWS.register("portal", _preview)


def _drawn(session: Session, found: PageData) -> str:
    frame.enter(session, found)
    phrases.speak(found.row.language)
    around = listing.around(session, found)
    files = queries.files_of(session, found)
    return render_template(
        [f"content/{found.row.type}.html", "content/page.html"],
        page=found,
        body=rendering.shown(session, found.row.body, media_views.unseen(found)),
        files=files,
        listing=around.listing,
        siblings=around.siblings,
        languages=languages.shown(around.languages),
        **media_views.beside(session, found, around.listing.items),
    )


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")[: paths.MAX_PATH]


def _elsewhere(session: Session, address: str, found: PageData | None) -> BaseResponse:
    """An address without a page for this reader: moved, taken off the site, or never there."""
    moved = queries.moved_to(session, address, _query()) if found is None else None
    if moved:
        return redirect(moved, 301)
    if found is not None and found.row.state in ("withdrawn", "archived") and not found.protected:
        phrases.speak(found.row.language)
        return Response(render_template("content/gone.html"), 410)
    return abort(404)


@blueprint.get("/zalacznik/<int:item_id>/<int:document_id>/<name>")
@right("public")
def attachment(item_id: int, document_id: int, name: str) -> Response:  # noqa: ARG001 - the name is for people
    """A file beside a page, for whoever may open the page."""
    with context.reading() as session:
        document = attachments.readable(session, context.actor(), item_id, document_id)
    return send_document(document, context.blobs().get(document.sha256))


@blueprint.get("/usuniete/<int:item_id>")
@right("public")
def removed(item_id: int) -> BaseResponse:
    """Where a link leads whose page was taken into the bin; it speaks the language the page had."""
    with context.reading() as session:
        phrases.speak(session.scalar(select(Item.language).where(Item.id == item_id)) or phrases.POLISH)
    return Response(render_template("content/gone.html"), 410)


@blueprint.get("/mapa-strony")
@right("public")
def site_map() -> Response:
    return _site_map()


def _render_site_map() -> str:
    with context.reading() as session:
        g.content_menu = menus.kept(session, paths.ROOT, depth=1)
        nodes = menus.tree(session, paths.ROOT, depth=3)
    return render_template("content/site_map.html", nodes=menus.outside_bulletin(nodes))


_site_map = public_page(_render_site_map)


@blueprint.get("/sitemap.xml")
@right("public")
def sitemap() -> Response:
    """The index of the maps with all public addresses, for search engines."""
    return _sitemap()


@blueprint.get("/sitemap-<int:number>.xml")
@right("public")
def sitemap_part(number: int) -> Response:
    """One part of the map."""
    return _sitemap(number)


def _render_sitemap(number: int = 0) -> Response:
    base = context.settings().public_url
    with context.reading() as session:
        body = feeds.sitemap_part(session, base, number) if number else feeds.sitemap(session, base)
    return Response(body, content_type="application/xml; charset=utf-8")


_sitemap = public_page(_render_sitemap)


@blueprint.get("/rss.xml", defaults={"path": ""})
@blueprint.get("/<path:path>/rss.xml")
@right("public")
def rss(path: str) -> Response:
    """What is new under ``path`` as RSS 2.0."""
    return _feed(path, "rss")


@blueprint.get("/atom.xml", defaults={"path": ""})
@blueprint.get("/<path:path>/atom.xml")
@right("public")
def atom(path: str) -> Response:
    """What is new under ``path`` as Atom (RFC 4287)."""
    return _feed(path, "atom")


def _render_feed(path: str, kind: str) -> Response:
    address = paths.clean(path)
    with context.reading() as session:
        found = queries.page_at(session, address)
        if found is None or not found.public:
            raise NotFound("content.unknown")
        entries = feeds.entries(session, found)
    return feeds.respond(kind, found, entries, context.settings().public_url)


_feed = public_page(_render_feed)
