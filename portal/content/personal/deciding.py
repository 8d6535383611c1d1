"""Acts on findings: decide, and carry out what was decided in texts; files are redacted by the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import acts, earlier, paths, tree, versions
from portal.content.models import Item, ItemVersion
from portal.content.personal import asking, detect, review
from portal.content.personal.markup import Words
from portal.content.personal.models import Decision, Redaction
from portal.content.personal.review import KEEP, REASONS, REMOVE, TEXT, Finding
from portal.content.workflow import REVIEW, ReviewOf
from portal.core import clock, outbox
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid
from portal.core.registry import Registry

Choice = tuple[str, str]
"""What is decided: ``("remove", "")`` or ``("keep", reason)``."""

TAKEN_OUT: Registry[
    Callable[[Session, Actor, Item, str, dict[str, Any], Sequence[Finding]], tuple[str, dict[str, Any]]]
] = Registry("what is noted where text was taken out")
"""Packages above may note what was taken out, by whom, of what: body and fields before → body and fields after."""


def decide(
    session: Session,
    actor: Actor,
    item_id: int,
    choices: Mapping[str, Choice],
    *,
    expected: int | None = None,
    note_exclusion: bool = False,
) -> Item:
    """Remember decisions by the findings' marks, and carry out removals from the working copy's texts.

    Removals from a file begin (as a job) when everything found in it is decided. ``note_exclusion``: what was
    taken out of the text is also noted as an exclusion of openness. Raises ``Forbidden``, ``Conflict``, ``Invalid``.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    acts.expect(item, expected)
    version = _latest(session, item)
    state = review.review(session, item, version)
    for finding in state.findings:
        if finding.mark in choices:
            _require_in_time(session, item, state, finding, choices[finding.mark])
            remember(session, actor, item, finding, choices[finding.mark])
    session.flush()
    state = review.review(session, item, version)
    removed = [f for f in state.findings if f.source == TEXT and f.decision and f.decision.act == REMOVE]
    counts = {"kept": sum(c[0] == KEEP for c in choices.values()), "removed": len(removed)}
    if removed:
        version = _without(session, actor, item, version, removed, note_exclusion=note_exclusion)
        _still_kept(session, actor, item, version, state.findings)
        earlier.close(session, actor, item)
    acts.changed(session, actor, item, "personal_decided", visible=False, data=counts)
    for file in state.files:
        if not file.redacting:
            _redact_when_decided(session, actor, item, file.document, state.findings)
    return item


def _require_in_time(session: Session, item: Item, state: review.Review, finding: Finding, choice: Choice) -> None:
    """What has to go from a file whose copy is being made already would stay in that copy. Raises ``Conflict``."""
    for file in state.files:
        if file.redacting and file.document.sha256 == finding.source and choice[0] == REMOVE:
            asking.require_idle(session, item.id, file.document)


def _still_kept(session: Session, actor: Actor, item: Item, version: ItemVersion, before: Sequence[Finding]) -> None:
    """What stays is decided still, though words beside it went."""
    kept = {one.group: one.decision.reason for one in before if one.decision and one.decision.act == KEEP}
    for finding in review.review(session, item, version).findings:
        if finding.decision is None and finding.source == TEXT and finding.group in kept:
            remember(session, actor, item, finding, (KEEP, kept[finding.group]))


def remember(session: Session, actor: Actor, item: Item, finding: Finding, choice: Choice) -> None:
    """Keep one decision; a later one replaces it."""
    act, reason = choice
    if act not in (REMOVE, KEEP) or (act == KEEP and reason not in REASONS):
        raise Invalid("personal.reason_missing")
    known = session.scalars(
        select(Decision).where(
            Decision.item_id == item.id, Decision.source == finding.source, Decision.mark == finding.mark
        )
    ).first()
    row = known or Decision(item_id=item.id, source=finding.source, mark=finding.mark)
    row.act, row.reason = act, reason if act == KEEP else ""
    row.made_by, row.made_at = actor.user_id, clock.now()
    session.add(row)
    session.flush()


def keep(session: Session, actor: Actor, item: Item, version: ItemVersion, kept: Mapping[str, str]) -> None:
    """Take over decisions made elsewhere: words that stay → reason, wherever they stand in this version.

    Raises ``Invalid`` for a reason there is none of.
    """
    said = {review.squeezed(words): reason for words, reason in kept.items()}
    for finding in review.review(session, item, version).findings:
        text = review.squeezed(finding.text)
        reason = next((reason for words, reason in said.items() if text and (text in words or words in text)), None)
        if finding.decision is None and reason is not None:
            remember(session, actor, item, finding, (KEEP, reason))


def keep_words(session: Session, actor: Actor, item_id: int, words: str, reason: str) -> None:
    """Decide that what is found in words typed at an act may stay, and why. Raises ``Forbidden``, ``Invalid``."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    for finding in review.in_words(session, item, words):
        if finding.open:
            remember(session, actor, item, finding, (KEEP, reason))


def paint(
    session: Session, actor: Actor, item_id: int, document_id: int, boxes: Iterable[dict[str, float]]
) -> Redaction:
    """Ask for a copy of a file with these boxes painted over (page, and left, top, width, height in per cent)."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    if document_id not in {f.document_id for f in versions.files_of(session, versions.latest_id(item))}:
        raise Invalid("content.unknown_file")
    targets = [
        {"box": [float(one[name]) for name in ("left", "top", "width", "height")], "number": int(one["page"])}
        for one in boxes
    ]
    if not targets or not all(0 <= v <= 100 for t in targets for v in t["box"]):  # type: ignore[attr-defined]
        raise Invalid("personal.bad_box")
    return _ask(session, actor, item, session.get_one(Document, document_id), targets)


def _latest(session: Session, item: Item) -> ItemVersion:
    last = versions.latest_id(item)
    if last is None:
        raise Conflict("content.nothing_new")
    return session.get_one(ItemVersion, last)


def _redact_when_decided(
    session: Session, actor: Actor, item: Item, document: Document, found: Sequence[Finding]
) -> None:
    mine = [one for one in found if one.source == document.sha256]
    gone = [one for one in mine if one.decision and one.decision.act == REMOVE]
    if gone and all(one.decision for one in mine):
        places = [
            {"place": one.place, "number": one.number, "start": one.start, "end": one.end, "kind": one.kind}
            for one in gone
        ]
        _ask(session, actor, item, document, places)


def _ask(session: Session, actor: Actor, item: Item, document: Document, targets: list[Any]) -> Redaction:
    asking.require_idle(session, item.id, document)
    row = Redaction(
        item_id=item.id, original_id=document.id, targets=targets, asked_by=actor.user_id, asked_at=clock.now(),
        state="waiting",
    )  # fmt: skip
    session.add(row)
    session.flush()
    outbox.enqueue(session, asking.REDACT, f"{asking.REDACT}:{row.id}", {"redaction": row.id}, lane=asking.LANE)
    return row


def _without(
    session: Session,
    actor: Actor,
    item: Item,
    version: ItemVersion,
    removed: Sequence[Finding],
    *,
    note_exclusion: bool,
) -> ItemVersion:
    """A new working copy without these stretches of its texts."""
    places: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for one in removed:
        places.setdefault((one.place, one.number), []).append((one.start, one.end))

    def cut(place: str, text: str, number: int = 0) -> str:
        spans = [detect.Found(a, b, "") for a, b in sorted(places.get((place, number), []))]
        return detect.apply(text, spans)

    body = Words(version.body).without(places.get(("body", 0), []), detect.MARK)
    fields = {name: _cut_in(f"field:{name}", value, cut) for name, value in version.fields.items()}
    if note_exclusion and ("body", 0) in places:
        for _, noted in TAKEN_OUT.items():
            body, fields = noted(session, actor, item, body, fields, removed)
    attached = [
        versions.Attachment(
            _named(session, actor, file.document_id, cut), cut("file_title", file.title, file.document_id)
        )
        for file in versions.files_of(session, version.id)
    ]
    REVIEW.fire(ReviewOf(item), "save")
    title = cut("title", version.title)
    if title != version.title:
        _new_address(session, item, title)
    return versions.add(
        session, actor, item, title=title, summary=cut("summary", version.summary), body=body,
        fields=fields, files=attached, reason=cut("reason", version.reason),
    )  # fmt: skip


def _cut_in(place: str, value: Any, cut: Callable[[str, str], str]) -> Any:
    """A field without what has to go from its texts, however deep they stand."""
    if isinstance(value, str):
        return cut(place, value)
    if isinstance(value, dict):
        return {key: _cut_in(f"{place}.{key}", inner, cut) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cut_in(f"{place}.{number}", inner, cut) for number, inner in enumerate(value)]
    return value


def _new_address(session: Session, item: Item, title: str) -> None:
    """An address made from a title repeats its names. Before the first publication nobody knows it, so none is left."""
    below = session.scalar(select(Item.id).where(Item.parent_id == item.id).limit(1))
    if item.published_at is None and below is None:
        item.path = tree.free_path(session, paths.parent(item.path), paths.slug(title))
        session.flush()


def _named(session: Session, actor: Actor, document_id: int, cut: Callable[[str, str, int], str]) -> int:
    """The document under a name without personal data: its own number when the name may stay."""
    document = session.get_one(Document, document_id)
    name = cut("file_name", document.name, document_id)
    return document_id if name == document.name else asking.renamed(session, actor, document, name)
