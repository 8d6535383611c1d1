"""Pages of the editors' room. Every act is a POST of its own; actions check the rights again."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import diff, links, paths, queries, rendering, types
from portal.content.editor import lists
from portal.content.models import Item
from portal.content.personal import review
from portal.content.queries import PageData
from portal.core.errors import NotFound
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("editor", __name__, url_prefix="/redakcja")


def working_copy(session: Session, item_id: int) -> PageData:
    """The item's working copy for the person asking. Raises ``NotFound`` when they may not view drafts there."""
    item = session.get(Item, item_id)
    page = queries.page_at(session, item.path, draft=True) if item and item.binned_at is None else None
    if page is None or not queries.may_see_drafts(session, context.actor(), page):
        raise NotFound("content.unknown")
    return page


def rights_at(session: Session, page: PageData) -> dict[str, bool]:
    """What the person may do with the page, by its family's permissions."""
    actor, rights = context.actor(), page.type.family.rights
    return {act: policy.can(session, actor, permission, page.row.path) for act, permission in rights.items()}


@blueprint.get("/")
@right("content.edit", below=True)
def desk() -> str:
    """What waits: for review, one's drafts, the tree from the root."""
    with context.reading() as session:
        actor = context.actor()
        return render_template(
            "editor/desk.html",
            branches=lists.branches(session, actor, paths.ROOT),
            drafts=lists.drafts(session, actor),
            pending=lists.pending(session, actor),
        )


@blueprint.get("/strona/<int:item_id>")
@right("content.edit", below=True)
def item(item_id: int) -> str:
    """One item: as it will look, its state, its facts, what can be done next."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        return render_template(
            "editor/item.html",
            page=page,
            rights=rights_at(session, page),
            branches=lists.branches(session, context.actor(), page.row.path),
            body=rendering.shown(session, page.row.body),
            files=queries.files(session, page.row.version_id),
            states=queries.history(session, item_id, published_only=False),
            remarks=lists.remarks(session, item_id),
            personal=review.of_working_copy(session, item_id),
            linking=links.linking_to(session, [item_id]),
            allowed=types.allowed_in(page.type),
        )


@blueprint.get("/strona/<int:item_id>/historia")
@right("content.edit", below=True)
def history(item_id: int) -> str:
    """All versions: who, when, why; each can be compared and brought back."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        return render_template(
            "editor/history.html",
            page=page,
            rights=rights_at(session, page),
            branches=lists.branches(session, context.actor(), page.row.path),
            states=queries.history(session, item_id, published_only=False),
        )


@blueprint.get("/strona/<int:item_id>/porownanie/<int:before>/<int:after>")
@right("content.edit", below=True)
def compare(item_id: int, before: int, after: int) -> str:
    """What differs between two versions, in words."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        changes = diff.between(session, page, before, after, published_only=False)
        return render_template(
            "editor/compare.html", page=page, before=before, after=after, changes=changes,
            branches=lists.branches(session, context.actor(), page.row.path),
            side_by_side=request.args.get("widok") != "ciagly",
        )  # fmt: skip


@blueprint.get("/kosz")
@right("content.edit", below=True)
def bin_() -> str:
    """What was deleted and can be brought back."""
    with context.reading() as session:
        actor = context.actor()
        return render_template(
            "editor/bin.html", rows=lists.binned(session, actor), branches=lists.branches(session, actor, "/")
        )
