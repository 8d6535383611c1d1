"""Pages of the editors' room. Every act is a POST of its own; actions check the rights again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.accounts import policy
from portal.content import actions, diff, links, paths, queries, rendering, types, versions
from portal.content.editor import forms, lists
from portal.content.models import Item
from portal.content.personal import review
from portal.content.queries import PageData
from portal.content.types import ItemType
from portal.core import documents
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context
from portal.web.forms import Form
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import read_files

blueprint = Blueprint("editor", __name__, url_prefix="/redakcja")


def working_copy(session: Session, item_id: int) -> PageData:
    """The item's working copy for the person asking. Raises ``NotFound`` when they may not view drafts there."""
    item = session.get(Item, item_id)
    page = queries.page_at(session, item.path, draft=True) if item and item.binned_at is None else None
    if page is None or not queries.may_see_drafts(session, context.actor(), page):
        raise NotFound("content.unknown")
    return page


def _rights(session: Session, page: PageData) -> dict[str, bool]:
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
            rights=_rights(session, page),
            branches=lists.branches(session, context.actor(), page.row.path),
            body=rendering.shown(session, page.row.body),
            files=queries.files(session, page.row.version_id),
            states=queries.history(session, item_id, published_only=False),
            remarks=lists.remarks(session, item_id),
            personal=review.of_working_copy(session, item_id),
            linking=links.linking_to(session, [item_id]),
            allowed=types.allowed_in(page.type),
        )


@blueprint.route("/nowa", methods=["GET", "POST"])
@right("content.edit", below=True)
def create() -> str | Response:
    """A new item of a type under a place."""
    kind = types.of(request.args.get("typ", ""))
    under = paths.clean(request.args.get("w", "/"))
    with context.reading() as session:
        page = queries.page_at(session, under)
        branches = lists.branches(session, context.actor(), under)
    if page is None:
        abort(404)
    given = {name: page.settings.get(setting, "") for name, setting in kind.defaults.items()}
    form, fields = forms.page_form(kind), forms.field_form(kind, data=given)
    if request.method == "POST" and _valid(form, fields):
        made = _try(form, lambda: _create(kind, under, form, fields))
        if made:
            flash(message("content.done.created"), "success")
            return redirect(f"/redakcja/strona/{made}")
    return render_template(
        "editor/edit.html", kind=kind, form=form, fields=fields, page=None, under=page, files=[], branches=branches
    )


def _create(kind: ItemType, under: str, form: Form, fields: Form) -> int:
    with context.transaction() as session:
        made = actions.create_item(
            session, context.actor(), under, kind.name, form.title.data or "", name=(form.name.data or "").strip(),
            summary=form.summary.data or "", body=forms.body_of(form), fields=forms.fields_of(kind, fields),
            files=_uploaded(session),
        )  # fmt: skip
        return made.id


@blueprint.route("/strona/<int:item_id>/edycja", methods=["GET", "POST"])
@right("content.edit", below=True)
def edit(item_id: int) -> str | Response:
    """The working copy. The public page stays as it is."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        files = queries.files(session, page.row.version_id)
        body = links.to_addresses(session, page.row.body or "")
        branches = lists.branches(session, context.actor(), page.row.path)
    kind, row = page.type, page.row
    given = {"title": row.version_title, "summary": row.version_summary, "body": body, "expected": str(row.row_version)}
    form = forms.page_form(kind, data=given)
    fields = forms.field_form(kind, data=page.fields)
    if request.method == "POST" and _valid(form, fields) and _try(form, lambda: _save(page, form, fields)):
        flash(message("content.done.saved"), "success")
        return redirect(f"/redakcja/strona/{item_id}")
    return render_template(
        "editor/edit.html", kind=kind, form=form, fields=fields, page=page, under=None, files=files, branches=branches
    )


def _save(page: PageData, form: Form, fields: Form) -> int:
    expected = form.expected.data or ""
    with context.transaction() as session:
        kept = [
            versions.Attachment(file.document_id, request.form.get(f"plik-{file.document_id}", file.title))
            for file in versions.files_of(session, page.row.version_id)
            if f"usun-{file.document_id}" not in request.form
        ]
        actions.save_draft(
            session, context.actor(), page.row.id, expected=int(expected) if expected.isdecimal() else None,
            title=form.title.data or "", summary=form.summary.data or "", body=forms.body_of(form),
            fields=page.fields | forms.fields_of(page.type, fields), reason=form.reason.data or "",
            files=[*kept, *_uploaded(session)],
        )  # fmt: skip
    return int(page.row.id)


def _uploaded(session: Session) -> list[versions.Attachment]:
    """The files sent with the form, stored; each is called by its name until the editor titles it."""
    found = []
    for upload in read_files("files"):
        document = documents.store(
            session, context.blobs(), context.actor(), data=upload.data, name=upload.name, origin="content"
        )
        found.append(versions.Attachment(document.id, upload.name.rpartition(".")[0] or upload.name))
    return found


def _valid(form: Form, fields: Form) -> bool:
    ours, theirs = form.validate(), fields.validate()
    return bool(ours and theirs)


def _try(form: Form, act: Any) -> int | None:
    """Do ``act``; a refusal is shown above the form, where everything typed still stands."""
    try:
        done: int = act()
    except (Invalid, Conflict) as refusal:
        form.form_errors.append(message(refusal.code, **refusal.details))
        return None
    return done


@blueprint.get("/strona/<int:item_id>/historia")
@right("content.edit", below=True)
def history(item_id: int) -> str:
    """All versions: who, when, why; each can be compared and brought back."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        return render_template(
            "editor/history.html",
            page=page,
            rights=_rights(session, page),
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
