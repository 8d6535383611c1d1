"""Writing, by the same acts as people's: each asks for a token, is counted, and says which state it saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import answers, validators
from portal.accounts import policy
from portal.content import actions, acts, files, paths, publication, queries, site, standing, types
from portal.content.api import door, reads, schema, shown
from portal.content.api.describe import operation, sent
from portal.content.api.reads import blueprint
from portal.content.editor import spoken
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.types import ItemType
from portal.content.versions import Attachment
from portal.core import events
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import read_files

REFUSED = "journal:bip:refused"
ORIGIN = "content"


def _refused(actor: Actor, permission: str) -> None:
    """The journal keeps attempts by those who may not (R2007 § 16), programs too."""
    with context.transaction() as session:
        facts = {"address": request.path[:200], "permission": permission}
        events.record(session, actor, "content.refused", [REFUSED], audience="office", data=facts)


def _do(item_id: int, act: Callable[[Session, Actor], object]) -> Response:
    """Carry out ``act`` on an item and answer with its working copy; a state nobody saw is a conflict."""
    expected = door.expected()

    def whole(actor: Actor) -> Response:
        with context.transaction() as session:
            # Who may not even know of the item is told that there is none.
            reads.found(session, item_id, draft=True)
            acts.expect(acts.find(session, item_id), expected)
            act(session, actor)
            session.flush()
            return _shown(session, item_id)

    return door.carry_out(whole, _refused)


def _shown(session: Session, item_id: int, status: int = 200) -> Response:
    page = queries.page_at(session, session.get_one(Item, item_id).path, draft=True)
    if page is None:
        raise Conflict("content.changed_meanwhile")
    etag = door.seen(page.row.row_version, site.number(session))
    return reads.answer(shown.item(session, page, drafts=True, draft=True), etag=etag, status=status)


def _beside(session: Session, actor: Actor, item_id: int | None, given: Sequence[schema.Beside]) -> list[Attachment]:
    """Files to stand beside a version: those the person sent, or that stand beside this item already.

    Any other document's number is as unknown: naming it must not open it.
    """
    wanted = {one.document_id for one in given}
    own = select(Document.id).where(
        Document.id.in_(wanted), Document.created_by == actor.user_id, Document.origin == ORIGIN
    )
    here = (
        select(ItemFile.document_id)
        .join(ItemVersion, ItemVersion.id == ItemFile.version_id)
        .where(ItemVersion.item_id == (item_id or 0), ItemFile.document_id.in_(wanted))
    )
    if missing := wanted - set(session.scalars(own)) - set(session.scalars(here)):
        raise Invalid("api.unknown_document", number=min(missing))
    return [Attachment(one.document_id, one.title) for one in given]


def _fields(
    kind: ItemType, given: dict[str, str | bool], before: dict[str, object], known: str = ""
) -> dict[str, object]:
    """The type's own fields by the same rules as the editor's form. Raises ``Invalid`` naming what is wrong.

    ``known``: the status that follows from the act's relations; another cannot be written.
    """
    asked = {field.name: field for field in kind.fields}
    wrong = []
    kept: dict[str, object] = {}
    for name, value in given.items():
        if name not in asked:
            wrong.append({"pointer": f"/fields/{name}", "detail": message("api.unknown_field", type=kind.name)})
            continue
        kept[name] = clean = answers.normal(asked[name], value)
        if name == standing.FIELD and known and clean != known:
            # It follows from what other acts do to this one, and is not written a second time.
            label = next(choice.label for choice in asked[name].choices if choice.value == known)
            wrong.append({"pointer": f"/fields/{name}", "detail": message("api.status_follows", status=label)})
            continue
        problem = validators.check(asked[name], clean) if clean not in ("", False) else None
        if problem:
            wrong.append({"pointer": f"/fields/{name}", "detail": message(problem.code, **problem.details)})
    if wrong:
        raise Invalid("api.bad_body", errors=wrong)
    return before | kept


@blueprint.post("/items")
@right("public")
@operation("create", schema.Item, body=schema.NewItem, status=201, writes=True)
def create() -> Response:
    """A new item with its first working copy."""
    door.writer()
    given = sent(schema.NewItem)

    def whole(actor: Actor) -> Response:
        kind, parent = types.of(given.type), paths.clean(given.parent)
        with context.transaction() as session:
            reads.at(session, parent)
            policy.require(session, actor, kind.family.rights["edit"], parent)
            item = actions.create_item(
                session, actor, parent, kind.name, given.title, name=given.name, summary=given.summary,
                body=given.body if kind.body else "", fields=_fields(kind, given.fields, {}), in_menu=given.in_menu,
                files=_beside(session, actor, None, given.files),
            )  # fmt: skip
            session.flush()
            response = _shown(session, item.id, 201)
            response.headers["Location"] = f"{request.host_url}api/v1/items/{item.id}"
            return response

    return door.carry_out(whole, _refused)


@blueprint.put("/items/<int:item_id>/draft")
@right("public")
@operation("draft", schema.Item, body=schema.Draft, writes=True, matches=True)
def save(item_id: int) -> Response:
    """A working copy; what the public sees stays as it is."""
    door.writer()
    given = sent(schema.Draft)

    def act(session: Session, actor: Actor) -> None:
        page = reads.found(session, item_id, draft=True)
        files = None if given.files is None else _beside(session, actor, item_id, given.files)
        known = standing.of(session, [item_id]).get(item_id, "") if standing.FIELD in given.fields else ""
        fields = _fields(page.type, given.fields, page.fields, known)
        actions.save_draft(
            session, actor, item_id, expected=None, title=given.title, summary=given.summary,
            body=given.body if page.type.body else "", fields=fields,
            reason=given.reason, files=files,
        )  # fmt: skip

    return _do(item_id, act)


@blueprint.post("/items/<int:item_id>/submit")
@right("public")
@operation("submit", schema.Item, body=schema.Nothing, writes=True, matches=True)
def submit(item_id: int) -> Response:
    """Ask for publication."""
    door.writer()
    sent(schema.Nothing)
    return _do(item_id, lambda session, actor: actions.submit(session, actor, item_id))


@blueprint.post("/items/<int:item_id>/publish")
@right("public")
@operation("publish", schema.Item, body=schema.WithReason, writes=True, matches=True)
def publish(item_id: int) -> Response:
    """Make the working copy public."""
    door.writer()
    reason = sent(schema.WithReason).reason
    try:
        return _do(item_id, lambda session, actor: actions.publish(session, actor, item_id, reason=reason))
    except Invalid as refusal:
        spoken.asks(item_id, refusal)
        raise


@blueprint.post("/items/<int:item_id>/withdraw")
@right("public")
@operation("withdraw", schema.Item, body=schema.Withdraw, writes=True, matches=True)
def withdraw(item_id: int) -> Response:
    """Take the item off the site: in error, merged with another, or (the Bulletin) with its text kept."""
    door.writer()
    given = sent(schema.Withdraw)
    if (given.kind == "merged") != bool(given.into):
        raise Invalid("api.bad_body", errors=[{"pointer": "/into", "detail": message("api.merged_into")}])

    def act(session: Session, actor: Actor) -> None:
        if given.kind == "kept":
            actions.retire(session, actor, item_id, reason=given.reason, decided=given.early)
            return
        into = publication.target_at(session, given.into) if given.into else None
        actions.withdraw(session, actor, item_id, reason=given.reason, into=into, decided=given.early)

    return _do(item_id, act)


@blueprint.post("/items/<int:item_id>/archive")
@right("public")
@operation("archive", schema.Item, body=schema.WithReason, writes=True, matches=True)
def archive(item_id: int) -> Response:
    """Move the item to the archive."""
    door.writer()
    reason = sent(schema.WithReason).reason
    return _do(item_id, lambda session, actor: actions.archive(session, actor, item_id, reason=reason))


@blueprint.post("/items/<int:item_id>/move")
@right("public")
@operation("move", schema.Item, body=schema.Move, writes=True, matches=True)
def move(item_id: int) -> Response:
    """Put the item, with all below it, elsewhere; old addresses lead to the new ones."""
    door.writer()
    given = sent(schema.Move)
    parent = paths.clean(given.parent)
    return _do(item_id, lambda session, actor: actions.move(session, actor, item_id, parent, name=given.name))


@blueprint.post("/files")
@right("public")
@operation("upload", schema.Stored, body=schema.Upload, status=201, writes=True)
def upload() -> Response:
    """A file, to be named in a draft; until then nobody sees it."""
    door.writer()
    sent_files = read_files("file")
    if len(sent_files) != 1:
        raise Invalid("api.one_file")

    def whole(actor: Actor) -> Response:
        with context.transaction() as session:
            if not (policy.places(session, actor, "content.edit") or policy.places(session, actor, "bip.edit")):
                policy.require(session, actor, "content.edit")
            one = files.keep(
                session, context.blobs(), actor, data=sent_files[0].data, name=sent_files[0].name, origin=ORIGIN,
            )  # fmt: skip
            stored = schema.Stored(
                document_id=one.id, name=one.name, content_type=one.content_type, size=one.size, sha256=one.sha256
            )
        return reads.answer(stored, status=201)

    return door.carry_out(whole, _refused)
