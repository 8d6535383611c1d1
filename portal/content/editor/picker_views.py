"""Where editors pick pages and images from the tree: data for the editor in the browser, a page without it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from portal.content import paths
from portal.content.editor import lists, picker
from portal.content.editor.picker import Choice
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("picker", __name__, url_prefix="/redakcja")


def _asked() -> tuple[str, str, bool]:
    words = request.args.get("q", "").strip()[:100]
    return words, paths.clean(request.args.get("w", "/")), request.args.get("co") == "obrazy"


def _found(words: str, under: str, *, images: bool) -> list[Choice]:
    with context.reading() as session:
        if images:
            return picker.images(session, context.actor(), words=words)
        return picker.pages(session, context.actor(), words=words, under=under)


@blueprint.get("/wybierz.json")
@right("content.edit", below=True)
def choices() -> Response:
    """What can be picked, for search as one types."""
    words, under, images = _asked()
    found = _found(words, under, images=images)
    return jsonify(
        choices=[{"title": one.title, "path": one.path, "address": one.address, "folder": one.folder} for one in found],
        up="" if under == paths.ROOT or words else paths.parent(under),
    )


@blueprint.get("/wybierz")
@right("content.edit", below=True)
def page() -> str:
    """Pages and images with the addresses to paste."""
    words, under, images = _asked()
    with context.reading() as session:
        branches = lists.branches(session, context.actor(), paths.ROOT)
    return render_template(
        "editor/pick.html", found=_found(words, under, images=images), words=words, under=under, images=images,
        branches=branches, up=paths.parent(under) if under != paths.ROOT else "",
    )  # fmt: skip


@blueprint.get("/znajdz")
@right("content.edit", below=True)
def find() -> str:
    """The page to be changed, by words of its title or its address, among those the person works on."""
    words = request.args.get("q", "").strip()[:100]
    with context.reading() as session:
        actor = context.actor()
        found = picker.own(session, actor, words=words) if words else []
        return render_template(
            "editor/find.html", words=words, found=found, limit=picker.LIMIT, search_query=words,
            open=picker.editable(session, actor, found), branches=lists.branches(session, actor, paths.ROOT),
        )  # fmt: skip
