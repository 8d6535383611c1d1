"""Pages of the editors' room. Every act is a POST of its own; actions check the rights again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.accounts import queries as accounts
from portal.content import checks, diff, languages, links, paths, pictures, queries, rendering, reviews, types
from portal.content.editor import lists, locks, work, writing
from portal.content.models import Item
from portal.content.personal import review
from portal.content.pictures import Unseen
from portal.content.queries import PageData
from portal.core import clock
from portal.core.errors import NotFound
from portal.web import context, paging
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
    """What waits: what went wrong, for acceptance, unsaved, drafts, what is scheduled; the tree from the root."""
    with context.reading() as session:
        actor = context.actor()
        return render_template(
            "editor/desk.html",
            branches=lists.branches(session, actor, paths.ROOT),
            tasks=lists.tasks(session, actor),
            failed=lists.failed(session, actor),
            pending=_pending(session, mine=True),
            unsaved=work.mine(session, actor),
            drafts=_drafts(session, mine=True),
            scheduled=lists.scheduled(session, actor),
            substitutions=accounts.substitutions(session, int(actor.user_id or 0)),
            today=clock.today(),
        )


def _pending(session: Session, *, mine: bool) -> paging.Page[Any]:
    query = lists.pending(context.actor(), session, mine=mine)
    return paging.page(
        session, query, (lists.TERM, Item.id), key=lambda row: (row.term, row.id), size=25, descending=False,
        scalars=False,
    )  # fmt: skip


def _drafts(session: Session, *, mine: bool) -> paging.Page[Any]:
    query = lists.drafts(context.actor(), session, mine=mine)
    return paging.page(
        session, query, (Item.changed_at, Item.id), key=lambda row: (row.changed_at, row.id), size=25, scalars=False
    )


@blueprint.get("/do-akceptacji")
@right("content.edit", below=True)
def waiting() -> str:
    """The review queue, the nearest term first; mine or all."""
    mine = request.args.get("kto") != "wszyscy"
    with context.reading() as session:
        branches = lists.branches(session, context.actor(), paths.ROOT)
        return render_template(
            "editor/waiting.html", page_=_pending(session, mine=mine), mine=mine, branches=branches, today=clock.today()
        )


@blueprint.get("/szkice")
@right("content.edit", below=True)
def drafts() -> str:
    """Working copies, the newest change first; mine or all."""
    mine = request.args.get("kto") != "wszyscy"
    with context.reading() as session:
        branches = lists.branches(session, context.actor(), paths.ROOT)
        return render_template("editor/drafts.html", page_=_drafts(session, mine=mine), mine=mine, branches=branches)


def _findings(session: Session, page: PageData) -> list[checks.Finding]:
    """What is found in the working copy, when there is one to decide on."""
    row = page.row
    if row.version_id is None:
        return []
    files = tuple(file.document_id for file in queries.files(session, row.version_id))
    written = checks.Written(row.version_title, row.version_summary, row.body or "", files, page.type.body, page.fields)
    return checks.findings(session, written, known=writing.served)


@blueprint.get("/strona/<int:item_id>")
@right("content.edit", below=True)
def item(item_id: int) -> str:
    """One item: as it will look, its state, its facts, what can be done next."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        files, image = queries.files(session, page.row.version_id), page.row.type == "image"
        return render_template(
            "editor/item.html",
            page=page,
            rights=rights_at(session, page),
            request_=reviews.of(session, item_id),
            reviewers=reviews.who_may(session, page.row),
            other=locks.holder(session, item_id),
            unsaved=work.of(session, context.actor(), work.place_of(item_id)),
            findings=_findings(session, page),
            scheduled=lists.schedule_of(session, page),
            branches=lists.branches(session, context.actor(), page.row.path),
            body=rendering.shown(session, page.row.body, Unseen(context.actor())),
            files=files,
            picture=pictures.of_version(session, item_id, page.row.version_id).get(item_id) if image else None,
            refused=pictures.refusal(session, files[0].document_id) if image and files else "",
            states=queries.history(session, item_id, published_only=False),
            remarks=lists.remarks(session, item_id),
            personal=review.of_working_copy(session, item_id),
            languages=languages.of_editor(session, page.row),
            language_names=languages.NAMES,
            linking=links.linking_below(session, page.row.path),
            allowed=types.allowed_in(page.type),
            panels=lists.panels(session, context.actor(), page),
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
        rows = paging.page(
            session, lists.binned(session, actor), (Item.binned_at, Item.id),
            key=lambda row: (row.binned_at, row.id), size=50, scalars=False,
        )  # fmt: skip
        return render_template("editor/bin.html", rows=rows, branches=lists.branches(session, actor, "/"))
