"""The Bulletin's public pages: its items with the marks of the law, their history, the register of changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, send_file
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from bip import (
    actions,
    availability,
    bundles,
    checkpoints,
    coverage,
    details,
    editor,
    exports,
    frame,
    journal,
    notes,
    pages,
    proofs,
    relations,
    spans,
    stamping,
    terms,
    told,
    views_acceptance,
    views_asof,
    views_availability,
    views_coverage,
    views_data,
    views_erasing,
    views_journal,
    views_lists,
    views_log,
    views_petitions,
    views_printed,
    views_proofs,
    views_register,
    views_relations,
    views_rules,
    views_statistics,
    views_terms,
    views_withheld,
    views_yearly,
)
from bip.council import editor as council_editor
from bip.council import views as council
from bip.effects import LOG_KEY
from bip.frame import bulletin as _bulletin
from bip.types import ROOT
from portal.content import diff, feeds, listing, media_views, paths, queries, rendering, structures
from portal.content.page_cache import public_page
from portal.content.queries import PageData
from portal.content.workflow import ARCHIVED, RETIRED, WITHDRAWN
from portal.core import clock, documents
from portal.core.errors import NotFound
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("bip", __name__)
blueprint.record_once(lambda state: frame.install(state.app))
blueprint.register_blueprint(editor.blueprint)
blueprint.register_blueprint(views_yearly.blueprint)
blueprint.register_blueprint(views_asof.blueprint)
blueprint.register_blueprint(views_availability.blueprint)
blueprint.register_blueprint(views_statistics.blueprint)
blueprint.register_blueprint(views_data.blueprint)
blueprint.register_blueprint(views_withheld.blueprint)
blueprint.register_blueprint(views_journal.blueprint)
blueprint.register_blueprint(views_log.blueprint)
blueprint.register_blueprint(views_proofs.blueprint)
blueprint.register_blueprint(views_erasing.blueprint)
blueprint.register_blueprint(views_printed.blueprint)
blueprint.register_blueprint(views_register.blueprint)
blueprint.register_blueprint(views_relations.blueprint)
blueprint.register_blueprint(views_coverage.blueprint)
blueprint.register_blueprint(views_lists.blueprint)
blueprint.register_blueprint(council.blueprint)
blueprint.register_blueprint(views_acceptance.blueprint)
blueprint.register_blueprint(council_editor.blueprint)
blueprint.register_blueprint(views_terms.blueprint)
blueprint.register_blueprint(views_terms.of_item)
blueprint.register_blueprint(views_petitions.blueprint)
blueprint.register_blueprint(views_rules.blueprint)

blueprint.add_app_template_filter(structures.texts, "structured")

__all__ = ["actions", "blueprint"]
FOLDER = "bip/folder.html"
MERGED = "dolaczono"
"""Says on arrival from which merged item one was led here."""


@blueprint.get("/bip/")
@right("public")
def home() -> BaseResponse:
    return _home()


def _render_home() -> str:
    with context.reading() as session:
        shared = _bulletin(session)
        latest = journal.lines(session, session.scalars(journal.changes().order_by(journal.ORDER.desc()).limit(10)))
        body = rendering.shown(session, shared["bulletin"].row.body)
    return render_template("bip/home.html", **shared, latest=latest, body=body)


_home = public_page(_render_home)


@blueprint.get("/bip/<path:path>")
@right("public")
def item(path: str) -> BaseResponse:
    """Any item of the Bulletin by its place in the tree."""
    return _item(path)


def _render_item(path: str) -> str | BaseResponse:
    address = paths.clean(f"{ROOT}/{path}")
    with context.reading() as session:
        found = listing.page_at(session, address)
        if found is None or not queries.may_see(session, context.actor(), found):
            moved = queries.moved_to(session, address, request.query_string.decode("utf-8", "replace")[:400])
            return redirect(moved, 301) if moved else abort(404)
        if address != f"{ROOT}/{path}":
            return redirect(address, 301)
        if found.row.state == WITHDRAWN:
            return _in_its_place(session, found, leads_on=True)
        return _show(session, found, FOLDER if found.row.type == "bip_folder" else "bip/item.html")


def _in_its_place(session: Session, found: PageData, *, leads_on: bool) -> str | BaseResponse:
    """What stands where a withdrawn text stood: when, by whom and why; merged, its address ``leads_on``."""
    change = journal.last_withdrawal(session, found.row.id)
    other = pages.merged_into(session, change)
    if other is not None and leads_on:
        return redirect(f"{other.row.path}?{MERGED}={found.row.id}")
    return render_template("bip/withdrawn.html", **_bulletin(session), page=found, change=change, other=other)


@blueprint.get("/bip/<path:path>/wpis-o-wycofaniu")
@right("public")
def entry(path: str) -> str | BaseResponse:
    """The entry about a withdrawn item, also when its address leads to the one it was merged with."""
    with context.reading() as session:
        found = queries.item_at(session, paths.clean(f"{ROOT}/{path}"), context.actor())
        if found.row.state != WITHDRAWN:
            return redirect(found.row.path)
        return _in_its_place(session, found, leads_on=False)


_item = public_page(_render_item)


def _show(session: Session, found: PageData, template: str) -> str:
    shared = _bulletin(session)
    related, named = relations.of_act(session, found.row.id, found.type)
    files, today = queries.files_of(session, found), clock.today()
    listed = listing.below(session, found)
    known = told.of_item(session, found.row.id, found.row.type, spans.since(found.row))
    return render_template(
        template,
        **shared,
        page=found,
        fields=relations.with_standing(found.fields, related),
        relations=related,
        today=today,
        details=details.of(
            session, found.type, found.fields, today=today, files=files, named=named, item_id=found.row.id
        ),
        merged=pages.merged(session, found, request.args.get(MERGED, "")),
        withdrawal=pages.withdrawal(session, found),
        body=pages.text(session, found.row.body, found.fields, media_views.unseen(found)),
        files=files,
        listing=listed,
        served=told.served(session, listed.items),
        told=known,
        said=terms.stated(session, found.row.type, found.row, found.fields),
        available=known.available,
        # A section says nothing of its states, so they are not read for it.
        states=() if template == FOLDER else _states(session, found, known.states),
    )


def _states(session: Session, found: PageData, known: Sequence[Any] | None) -> list[Any]:
    """The public states, the newest first; a preview already has the one it shows on top."""
    public = queries.history(session, found.row.id, published_only=True) if known is None else known
    return [found.row, *public] if "preview" in g else list(public)


def _preview(session: Session, found: PageData) -> str:
    """The working copy as the Bulletin would show it; the root is shown as any section."""
    return _show(session, found, "bip/item.html" if found.row.type not in ("bip_folder", "bulletin") else FOLDER)


rendering.PREVIEWS.register("bulletin", _preview)


@blueprint.get("/bip/<path:path>/archiwum")
@right("public")
def archive(path: str) -> str:
    """What once stood in this section and is now in the archive."""
    with context.reading() as session:
        page = pages.found(session, path)
        rows = listing.newest(session, queries.children_query(page.row.id, states=(ARCHIVED, WITHDRAWN, RETIRED)))
        return render_template("bip/archive.html", **_bulletin(session), page=page, listing=rows)


@blueprint.get("/bip/<path:path>/wersja/<int:number>")
@right("public")
def version(path: str, number: int) -> BaseResponse:
    """One earlier published state."""
    return _version(path, number)


def _render_version(path: str, number: int) -> str:
    with context.reading() as session:
        page = pages.found(session, path)
        state = queries.version_of(session, page.row.id, number, published_only=True)
        body = pages.text(session, state.body, state.fields)
        withdrawal = pages.withdrawal(session, page)
        files = queries.files(session, state.version_id)
        shared = _bulletin(session)
        return render_template(
            "bip/version.html", **shared, page=page, state=state, body=body, files=files, withdrawal=withdrawal,
            details=details.of(session, page.type, state.fields, today=clock.today(), files=files),
        )  # fmt: skip


_version = public_page(_render_version)


@blueprint.get("/bip/<path:path>/porownanie/<int:before>/<int:after>")
@right("public")
def compare(path: str, before: int, after: int) -> str:
    """What changed between two published states, in words."""
    with context.reading() as session:
        page = pages.found(session, path)
        changes = diff.between(session, page, before, after, published_only=True)
        return render_template(
            "bip/compare.html", **_bulletin(session), page=page, before=before, after=after, changes=changes,
            side_by_side=request.args.get("widok") != "ciagly",
        )  # fmt: skip


@blueprint.get("/bip/<path:path>/dowod.json")
@right("public")
def proof(path: str) -> Response:
    """What an outsider needs to check that the item stands in the public log (RFC 6962), its withdrawal too."""
    with context.reading() as session:
        found = queries.item_at(session, paths.clean(f"{ROOT}/{path}"), context.actor())
        return exports.json_response(_proof(session, found))


def _proof(session: Session, page: PageData) -> dict[str, Any]:
    """The item's proof, with its signed days of availability while it has a term."""
    key, row = checkpoints.log_key(context.settings().data_dir / LOG_KEY), page.row
    seen = availability.signed_of_item(session, row.id, row.type, spans.since(row), key)
    return proofs.of_item(session, page, _key(), _trusted()) | {"availability": seen}


def _key() -> str:
    """The public key of the log in one line."""
    return notes.public_text(checkpoints.log_key(context.settings().data_dir / LOG_KEY).public_key())


def _trusted() -> str:
    """The certificates of time-stamping authorities that are published beside stamps."""
    return stamping.published(context.settings())


@blueprint.get("/bip/<path:path>/paczka.zip")
@right("public")
def bundle(path: str) -> Response:
    """The item with all its published states, files, marks and proofs, signed, to be checked without us."""
    with context.reading() as session:
        page = pages.found(session, path)
        proof = _proof(session, page)
        states = [one for one in proof["leaves"] if one["content"] is not None]
        texts = {one["number"]: pages.text(session, one["content"]["body"], one["content"]["fields"]) for one in states}
        readable = render_template("bip/bundle.html", page=page, states=states, texts=texts, proof=proof)
        held = documents.quarantined(session, bundles.files(proof))
    how = render_template("bip/bundle.txt", page=page, proof=proof)
    key = checkpoints.log_key(context.settings().data_dir / LOG_KEY)
    packed = bundles.packed(context.program().blobs, key, proof, readable, how, held=held)
    answer = send_file(packed, "application/zip", as_attachment=True, download_name=f"bip-{page.row.id}.zip")
    answer.call_on_close(packed.close)
    return answer


@blueprint.get("/bip/dziennik.json")
@right("public")
def log() -> Response:
    """The public log: the hashes of all leaves, every signed checkpoint, the key."""
    pieces = proofs.log(context.program().database.reading, _key(), _trusted())
    return Response(pieces, content_type="application/json; charset=utf-8")


@blueprint.get("/bip/dziennik/<int:first>/<int:second>.json")
@right("public")
def growth(first: int, second: int) -> Response:
    """The proof that nothing was removed or changed between two sizes of the log."""
    with context.reading() as session:
        return exports.json_response(proofs.growth(session, first, second))


@blueprint.get("/bip/redakcja")
@right("public")
def editors() -> str:
    """Who edits the Bulletin and how to reach them (R2007 § 11 ust. 1 pkt 2 i 3)."""
    with context.reading() as session:
        return render_template("bip/editors.html", **_bulletin(session))


@blueprint.get("/bip/jak-sprawdzic")
@right("public")
def how_to_check() -> str:
    """How anyone checks a proof, with the key to keep."""
    with context.reading() as session:
        return render_template("bip/how_to_check.html", **_bulletin(session), key=_key(), today=clock.today())


@blueprint.get("/bip/mapa")
@right("public")
def site_map() -> BaseResponse:
    """The whole menu, and where each obligatory point of the statute is answered."""
    return _map()


def _render_map() -> str:
    with context.reading() as session:
        return render_template("bip/map.html", **_bulletin(session), points=coverage.report(session))


_map = public_page(_render_map)


@blueprint.get("/bip/rss.xml", defaults={"path": ""})
@blueprint.get("/bip/<path:path>/rss.xml")
@right("public")
def rss(path: str) -> Response:
    return _feed(path, "rss")


@blueprint.get("/bip/atom.xml", defaults={"path": ""})
@blueprint.get("/bip/<path:path>/atom.xml")
@right("public")
def atom(path: str) -> Response:
    return _feed(path, "atom")


def _render_feed(path: str, kind: str) -> Response:
    with context.reading() as session:
        found = queries.page_at(session, paths.clean(f"{ROOT}/{path}"))
        if found is None or not found.public or found.row.state == WITHDRAWN:
            raise NotFound("content.unknown")
        entries = feeds.entries(session, found)
        words = told.served(session, entries, "bip.served_whole")
    return feeds.respond(kind, found, entries, context.settings().public_url, words)


_feed = public_page(_render_feed)
