"""Links that lead nowhere: to addresses outside that do not work, to pages of ours that visitors cannot read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.accounts import policy
from portal.content import links, outside, paths
from portal.content.editor import lists
from portal.web import context, paging
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("editor_links", __name__, url_prefix="/redakcja/odnosniki")


@blueprint.get("/")
@right("content.edit", below=True)
def broken_links() -> str:
    """Links outside that do not work, on pages the person may edit."""
    with context.reading() as session:
        actor = context.actor()
        rows = paging.page(
            session, outside.broken(session, actor), outside.ORDER, key=outside.key_of, descending=False, scalars=False
        )
        return render_template("editor/links.html", rows=rows, branches=lists.branches(session, actor, paths.ROOT))


@blueprint.get("/wewnetrzne")
@right("content.edit", below=True)
def inside() -> str:
    """Links to pages of ours that visitors cannot read, on pages the person may edit."""
    with context.reading() as session:
        actor = context.actor()
        rows = paging.page(
            session, links.nowhere(session, actor), links.NOWHERE_ORDER,
            key=lambda row: (row.target_id, row.version_id), descending=False, scalars=False,
        )  # fmt: skip
        # Of what the person may not open nothing is told, though a page of theirs leads there.
        places = policy.places(session, actor, "content.view")
        known = {
            row.target_id
            for row in rows.items
            if any(paths.inside(row.binned_from or row.target_path, place) for place in places)
        }
        branches = lists.branches(session, actor, paths.ROOT)
        return render_template("editor/links_inside.html", rows=rows, branches=branches, known=known)


@blueprint.post("/<int:link_id>")
@right("content.edit", below=True)
def mark(link_id: int) -> Response:
    """Ask for the address again, or note that somebody knows."""
    with context.transaction() as session:
        outside.mark(session, context.actor(), link_id, again="again" in request.form)
    flash(message("content.done.link_marked"), "success")
    return redirect("/redakcja/odnosniki/")
