"""Writing, by the same acts as people's: each asks for a token, is counted, and says which state it saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

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
from portal.core.blobs import sha256
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid
from portal.web import context, once
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import Upload, read_files

Given = TypeVar("Given", bound=schema.Given)
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


def _once(session: Session, actor: Actor, what: bytes, make: Callable[[], int]) -> int:
    """The number of what is made; asked for again with the same ``Idempotency-Key``, it is not made twice."""
    return once.number(session, f"token:{actor.token}", once.program_key(), what, make)


@blueprint.post("/items")
@right("public")
@operation("create", schema.Item, body=schema.NewItem, status=201, writes=True, once=True)
def create() -> Response:
    """A new item with its first working copy."""
    door.writer()
    given = sent(schema.NewItem)

    def whole(actor: Actor) -> Response:
        with context.transaction() as session:
            number = _once(session, actor, given.model_dump_json().encode(), lambda: _create(session, actor, given))
            session.flush()
            # Made long before with the same key, it may have been closed to them since.
            reads.found(session, number, draft=True)
            response = _shown(session, number, 201)
            response.headers["Location"] = f"{request.host_url}api/v1/items/{number}"
            return response

    return door.carry_out(whole, _refused)


def _create(session: Session, actor: Actor, given: schema.NewItem) -> int:
    kind, parent = types.of(given.type), paths.clean(given.parent)
    reads.at(session, parent)
    policy.require(session, actor, kind.family.rights["edit"], parent)
    return actions.create_item(
        session, actor, parent, kind.name, given.title, name=given.name, summary=given.summary,
        body=given.body if kind.body else "", fields=_fields(kind, given.fields, {}), in_menu=given.in_menu,
        files=_beside(session, actor, None, given.files),
    ).id  # fmt: skip


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


def _act(name: str, body: type[Given], act: Callable[[Session, Actor, int, Given], object]) -> None:
    """A route that does ``act`` on an item in the state the caller saw."""

    def view(item_id: int) -> Response:
        door.writer()
        given = sent(body)
        try:
            return _do(item_id, lambda session, actor: act(session, actor, item_id, given))
        except Invalid as refusal:
            spoken.asks(item_id, refusal)
            raise

    view.__doc__ = act.__doc__
    described = operation(name, schema.Item, body=body, writes=True, matches=True)(view)
    blueprint.add_url_rule(f"/items/<int:item_id>/{name}", name, right("public")(described), methods=["POST"])


def _submit(session: Session, actor: Actor, number: int, _given: schema.Nothing) -> None:
    """Ask for publication."""
    actions.submit(session, actor, number)


def _publish(session: Session, actor: Actor, number: int, given: schema.WithReason) -> None:
    """Make the working copy public."""
    actions.publish(session, actor, number, reason=given.reason)


def _withdraw(session: Session, actor: Actor, number: int, given: schema.Withdraw) -> None:
    """Take the item off the site: in error, merged with another, or (the Bulletin) with its text kept."""
    if (given.kind == "merged") != bool(given.into):
        raise Invalid("api.bad_body", errors=[{"pointer": "/into", "detail": message("api.merged_into")}])
    if given.kind == "kept":
        actions.retire(session, actor, number, reason=given.reason, decided=given.early)
        return
    into = publication.target_at(session, given.into) if given.into else None
    actions.withdraw(session, actor, number, reason=given.reason, into=into, decided=given.early)


def _archive(session: Session, actor: Actor, number: int, given: schema.WithReason) -> None:
    """Move the item to the archive."""
    actions.archive(session, actor, number, reason=given.reason)


def _move(session: Session, actor: Actor, number: int, given: schema.Move) -> None:
    """Put the item, with all below it, elsewhere; old addresses lead to the new ones."""
    actions.move(session, actor, number, paths.clean(given.parent), name=given.name)


_act("submit", schema.Nothing, _submit)
_act("publish", schema.WithReason, _publish)
_act("withdraw", schema.Withdraw, _withdraw)
_act("archive", schema.WithReason, _archive)
_act("move", schema.Move, _move)


@blueprint.post("/files")
@right("public")
@operation("upload", schema.Stored, body=schema.Upload, status=201, writes=True, once=True)
def upload() -> Response:
    """A file, to be named in a draft; until then nobody sees it."""
    door.writer()
    sent_files = read_files("file")
    if len(sent_files) != 1:
        raise Invalid("api.one_file")

    def whole(actor: Actor) -> Response:
        with context.transaction() as session:
            one, what = sent_files[0], repr((sent_files[0].name, sha256(sent_files[0].data))).encode()
            number = _once(session, actor, what, lambda: _keep(session, actor, one))
            kept = session.get_one(Document, number)
            stored = schema.Stored(
                document_id=kept.id, name=kept.name, content_type=kept.content_type, size=kept.size, sha256=kept.sha256
            )
        return reads.answer(stored, status=201)

    return door.carry_out(whole, _refused)


def _keep(session: Session, actor: Actor, one: Upload) -> int:
    if not (policy.places(session, actor, "content.edit") or policy.places(session, actor, "bip.edit")):
        policy.require(session, actor, "content.edit")
    return files.keep(session, context.blobs(), actor, data=one.data, name=one.name, origin=ORIGIN).id
