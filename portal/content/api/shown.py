"""Rows of the catalogue and of versions as the API gives them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.content import attachments, links, paths, queries, types
from portal.content.api import schema
from portal.content.queries import File, Line, PageData
from portal.content.types import ItemType
from portal.content.workflow import WITHDRAWN


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
    here = f"{_base()}/api/v1/items/{row.id}"
    more = {"children": f"{here}/children", "tree": f"{here}/tree", "versions": f"{here}/versions"}
    more |= {"files": f"{here}/files"} if page.type.files else {}
    more |= {"collected": f"{here}/collected"} if row.type == "collection" else {}
    if page.type.family.journal and row.path.count("/") > 1 and not hidden:
        more["proof"] = f"{_base()}{row.path}/dowod.json"
    if row.path != paths.ROOT:
        more["parent"] = f"{_base()}/api/v1/items/{row.parent_id}"
    return schema.Item.model_validate(
        brief(row) | {"review": row.review if drafts else None, "version": whole, "links": more}
    )


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
