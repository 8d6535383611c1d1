"""Rows of the catalogue and of versions as the API gives them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import attachments, links, paths, queries, standing, types
from portal.content.api import schema
from portal.content.models import Item, ItemNote
from portal.content.queries import File, Line, PageData
from portal.content.types import ItemType
from portal.content.workflow import RETIRED, WITHDRAWN
from portal.core.events import Event, EventRef


def _base() -> str:
    return url_for("content_api.index", _external=True).removesuffix("/api/v1/")


def brief(row: Line) -> dict[str, Any]:
    """A catalogue row."""
    base = _base()
    return {
        "id": row.id, "path": row.path, "parent_id": row.parent_id, "type": row.type, "state": row.state,
        "title": row.title, "summary": row.summary, "language": row.language, "position": row.position,
        "in_menu": row.in_menu, "published_at": row.published_at, "changed_at": row.changed_at,
        "address": base + row.path, "self": f"{base}/api/v1/items/{row.id}",
    }  # fmt: skip


def files(item_id: int, found: list[File]) -> list[dict[str, Any]]:
    """The documents beside a version."""
    base = _base()
    return [
        {
            "document_id": one.document_id, "title": one.title, "name": one.name, "content_type": one.content_type,
            "size": one.size, "sha256": one.sha256,
            "address": base + attachments.address(item_id, one.document_id, one.name),
        }
        for one in found
    ]  # fmt: skip


def version(session: Session, item_id: int, row: Line, documents: list[File]) -> dict[str, Any]:
    """One state whole; links in its text are today's addresses."""
    return version_brief(row) | {
        "summary": row.version_summary,
        "body": links.to_addresses(session, row.body or ""),
        "fields": dict(row.fields or {}),
        "files": files(item_id, documents),
    }


def version_brief(row: Line) -> dict[str, Any]:
    """One state as lists give it."""
    return {
        "number": row.number, "title": row.version_title, "reason": row.reason, "author": row.author,
        "created_at": row.version_created_at, "published_at": row.version_published_at,
        "published_by": row.published_by, "withdrawn_at": row.withdrawn_at,
    }  # fmt: skip


def item(session: Session, page: PageData, *, drafts: bool, draft: bool = False) -> schema.Item:
    """An item whole. ``drafts``: the caller may see working copies; ``draft``: ``page`` holds one."""
    row = page.row
    hidden = row.version_id is None or (row.state == WITHDRAWN and not draft)
    whole = None if hidden else version(session, row.id, row, queries.files(session, row.version_id))
    if whole is not None and row.version_id == row.live_version_id:
        whole["fields"] |= _standing(session, page)
    here = f"{_base()}/api/v1/items/{row.id}"
    more = {"children": f"{here}/children", "tree": f"{here}/tree", "versions": f"{here}/versions"}
    more |= {"files": f"{here}/files"} if page.type.files else {}
    more |= {"collected": f"{here}/collected"} if row.type == "collection" else {}
    if page.type.family.journal and row.path.count("/") > 1 and not hidden:
        more["proof"] = f"{_base()}{row.path}/dowod.json"
    if row.path != paths.ROOT:
        more["parent"] = f"{_base()}/api/v1/items/{row.parent_id}"
    taken_off = _withdrawal(session, page) if row.state in (WITHDRAWN, RETIRED) else None
    facts = {"review": row.review if drafts else None, "version": whole, "withdrawal": taken_off, "links": more}
    return schema.Item.model_validate(brief(row) | facts)


def _standing(session: Session, page: PageData) -> dict[str, str]:
    """The status of an act as its relations say, when any does."""
    is_act = any(field.name == standing.FIELD for field in page.type.fields)
    known = standing.of(session, [page.row.id]) if is_act else {}
    return {standing.FIELD: known[page.row.id]} if known else {}


_KINDS = {"withdrawn": "error", "merged": "merged", "retired": "kept"}


def _withdrawal(session: Session, page: PageData) -> dict[str, Any] | None:
    """The last act that took the item off the site; with what it was merged only while everyone can open that."""
    verbs = [f"{page.type.family.verbs}.{act}" for act in _KINDS]
    query = select(Event).join(EventRef, EventRef.seq == Event.seq).where(EventRef.ref == f"item:{page.row.id}")
    last = session.scalars(query.where(Event.verb.in_(verbs)).order_by(EventRef.seq.desc()).limit(1)).first()
    note = session.get(ItemNote, last.data["note"]) if last is not None else None
    if last is None or note is None:
        return None
    path = session.scalar(select(Item.path).where(Item.id == last.data.get("into"), Item.binned_at.is_(None)))
    other = queries.page_at(session, path) if path else None
    readable = other is not None and other.public and other.row.state != WITHDRAWN
    return {
        "kind": _KINDS[last.verb.rpartition(".")[2]], "reason": note.text, "at": last.at, "by": note.author,
        "into": f"{_base()}{path}" if readable else None,
    }  # fmt: skip


def kind(one: ItemType) -> schema.TypeAnswer:
    """A type and its fields."""
    required = set(one.required)
    fields = [
        schema.FieldAnswer(
            name=field.name, type=field.type, label=field.label, hint=field.hint, required=field.name in required,
            choices={choice.value: choice.label for choice in field.choices},
        )
        for field in one.fields
    ]  # fmt: skip
    return schema.TypeAnswer(
        name=one.name, title=one.title, help=one.help, family=one.family.name, body=one.body, files=one.files,
        children=[child.name for child in types.allowed_in(one)], fields=fields,
        one_of=[list(group) for group in one.one_of],
    )  # fmt: skip
