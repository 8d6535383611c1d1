"""Acts that decide what the public sees: submit, return, publish, withdraw, archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from portal.content import acts, checks, duties, illustrations, paths, queries, reviews, types, versions
from portal.content.models import Item, ItemVersion
from portal.content.workflow import LIFE, NONE, PUBLISHED, REVIEW, ReviewOf
from portal.core import clock, outbox
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid
from portal.web.texts import message


def submit(
    session: Session,
    actor: Actor,
    item_id: int,
    *,
    expected: int | None = None,
    due_on: date | None = None,
    words: str = "",
    reviewer_id: int | None = None,
) -> Item:
    """Ask for the working copy to be published: until ``due_on``, with ``words``, of a person or of anybody who may.

    Raises ``Invalid`` when something the law asks of a text is missing (``checks``), the day is over, or the
    person asked may not review there.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "submit")
    acts.expect(item, expected)
    if item.draft_version_id is not None and actor.kind == "user":
        checks.require_readable(session, item, session.get_one(ItemVersion, item.draft_version_id))
    REVIEW.fire(ReviewOf(item), "submit")
    reviews.ask(session, actor, item, due_on=due_on, words=words, reviewer_id=reviewer_id)
    acts.changed(session, actor, item, "submitted", visible=False)
    return item


def return_with_remark(session: Session, actor: Actor, item_id: int, remark: str) -> Item:
    """Give the working copy back to its editor, saying what to change."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "review")
    REVIEW.fire(ReviewOf(item), "return")
    reviews.close(session, item)
    kept = acts.note(session, actor, item, "return", remark, item.draft_version_id)
    acts.changed(session, actor, item, "returned", visible=False, data={"note": kept.id})
    return item


def publish(
    session: Session,
    actor: Actor,
    item_id: int,
    *,
    expected: int | None = None,
    reason: str = "",
    version_id: int | None = None,
) -> Item:
    """Make the working copy what the public sees; an item taken off the site returns as it last stood.

    ``version_id`` names the version instead (what was scheduled); a later working copy stays one. The moment is
    the server's. Raises ``Forbidden``, ``Invalid`` (a required field is empty, a reason is missing where the family
    asks for one, the text bars readers), ``Conflict`` (changed meanwhile, nothing new to publish).
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "publish")
    acts.expect(item, expected)
    if item.draft_version_id is None and item.state == PUBLISHED:
        raise Conflict("content.nothing_new")
    version = session.get_one(ItemVersion, version_id or item.draft_version_id or item.live_version_id)
    _check_complete(item, version, reason)
    acts.require_public(session, actor, item, reason)
    if actor.kind == "user":
        checks.require_readable(session, item, version)
    for _, check in acts.PUBLICATION_CHECKS.items():
        check(session, item, version)
    for _, words in acts.WORD_CHECKS.items():
        words(session, actor, item, version)
    _publish_images(session, actor, illustrations.waiting(session, actor, version))
    # Working copies saved before the first publication were never public: whatever its number, that is no change.
    verb = "published" if item.published_at is None else "updated"
    anew = item.published_at is not None and any(rule(session, item) for _, rule in acts.BEGINNINGS.items())
    LIFE.fire(item, "publish")
    _go_live(session, actor, item, version, reason)
    item.counted_from = clock.now() if anew else item.counted_from
    facts = {"version": version.id, "number": version.number}
    _plan_end(session, item, version)
    acts.changed(session, actor, item, verb, visible=True, data=facts)
    acts.publicly(session, actor, "published", item, version)
    return item


def _publish_images(session: Session, actor: Actor, images: Sequence[illustrations.Waiting]) -> None:
    """Publish what a text shows with it; what could be refused was refused before anything is changed."""
    for one in images:
        if one.fields != one.version.fields:
            title, files = one.version.title, versions.files_of(session, one.version.id)
            versions.add(
                session, actor, one.item, title=title, summary=one.version.summary, body=one.version.body,
                fields=one.fields, files=files,
            )  # fmt: skip
        publish(session, actor, one.item.id)


def withdraw(
    session: Session, actor: Actor, item_id: int, *, reason: str, into: int | None = None, decided: bool = False,
    since: datetime | None = None,
) -> Item:  # fmt: skip
    """Take the item off the site; its versions stay, the reason is shown in its place.

    ``decided``: knowing that the law would have it stand longer (else ``Conflict``). ``since``: see ``archive``; the
    reason then has all its words already.
    ``into``: it was merged with that item of the Bulletin, to which its address then leads. Raises ``Invalid`` when
    that is not one everyone can read, ``Conflict`` outside the Bulletin.
    """
    if into is None:
        return _take_off(session, actor, item_id, "withdraw", "withdrawn", reason, decided=decided, since=since)
    item = _of_bulletin(session, item_id)
    other = session.get(Item, into)
    if other is None or other.id == item.id or paths.inside(other.path, item.path):
        raise Invalid("content.merge_itself" if other is not None else "content.merge_unknown")
    page = queries.page_at(session, other.path)
    if page is None or not page.public or page.row.state != PUBLISHED or page.type.family != types.of(item.type).family:
        raise Invalid("content.merge_unknown")
    return _take_off(session, actor, item_id, "withdraw", "merged", reason, decided=decided, since=since, into=other.id)


def target_at(session: Session, address: str) -> int:
    """The item at an address as people copy it: whole or a path, also one from before a move. Raises ``Invalid``."""
    path = paths.clean(urlsplit(address.strip()).path)
    found = acts.at(session, path) or acts.at(session, queries.moved_to(session, path) or "")
    if found is None:
        raise Invalid("content.merge_unknown")
    return found


def retire(
    session: Session, actor: Actor, item_id: int, *, reason: str, decided: bool = False, since: datetime | None = None
) -> Item:
    """Withdraw an item of the Bulletin and keep its text readable at its address, with the reason above it.

    Raises ``Conflict`` elsewhere, and where the law says how long the text may be public at most.
    """
    _of_bulletin(session, item_id)
    return _take_off(session, actor, item_id, "retire", "retired", reason, decided=decided, since=since)


def archive(session: Session, actor: Actor, item_id: int, *, reason: str, since: datetime | None = None) -> Item:
    """Move the item to the archive: it is listed no more; in the Bulletin it stays citable at its address.

    ``since``: when it was first made public in the system it was brought from; the time the law gives it counts then.
    """
    return _take_off(session, actor, item_id, "archive", "archived", reason, since=since)


def schedule(
    session: Session, actor: Actor, item_id: int, *, publish_at: datetime | None, expires_at: datetime | None,
    since: datetime | None = None,
) -> Item:  # fmt: skip
    """Set when the working copy is published and when the item goes to the archive by itself (UTC, aware).

    ``since``: see ``archive``.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "publish")
    if publish_at and expires_at and expires_at <= publish_at:
        raise Invalid("content.expires_before_publication")
    if publish_at and item.draft_version_id is None:
        raise Conflict("content.nothing_new")
    if publish_at and actor.kind == "user":
        checks.require_readable(session, item, session.get_one(ItemVersion, item.draft_version_id))
    _require_future(publish_at, item.publish_at)
    _require_future(expires_at, item.expires_at)
    if expires_at or item.state == PUBLISHED:
        _check_archiving(item, expires_at, since or publish_at)
    item.publish_at, item.expires_at = publish_at, expires_at
    item.scheduled_version_id = item.draft_version_id if publish_at else None
    item.scheduled_by = actor.user_id
    acts.changed(session, actor, item, "scheduled", visible=False)
    for what, moment in (("publish", publish_at), ("expire", expires_at)):
        if moment:
            _plan(session, item, what, moment)
    return item


def carry_plan_over(session: Session, item: Item) -> None:
    """Let a planned publication publish the working copy, on behalf of the same person."""
    if item.publish_at is not None:
        item.scheduled_version_id = item.draft_version_id
        _plan(session, item, "publish", item.publish_at)


def _plan(session: Session, item: Item, what: str, moment: datetime) -> None:
    key = f"content.{what}:{item.id}:{moment.isoformat()}:{item.scheduled_version_id}:{item.scheduled_by}"
    payload = {"item": item.id, "user": item.scheduled_by, "at": moment.isoformat()}
    payload |= {"version": item.scheduled_version_id} if what == "publish" else {}
    outbox.enqueue(session, f"content.{what}", key, payload, run_after=moment)


def _plan_end(session: Session, item: Item, version: ItemVersion) -> None:
    """Let what was published end when the rules of its type say, whoever works here then."""
    for _, rule in acts.PLANNED_ENDS.items():
        moment = rule(item, version)
        if moment is not None and moment != item.expires_at:
            end_at(session, item, moment, f"rule:{item.version}")


def end_at(session: Session, item: Item, moment: datetime, mark: str) -> None:
    """Let a rule end ``item`` at ``moment``, whoever works here then; ``mark`` tells such ends of one moment apart."""
    item.expires_at = moment
    key = f"content.expire:{item.id}:{moment.isoformat()}:{mark}"
    payload = {"item": item.id, "user": None, "at": moment.isoformat()}
    outbox.enqueue(session, "content.expire", key, payload, run_after=moment)


def _check_archiving(item: Item, moment: datetime | None, planned: datetime | None) -> None:
    for _, check in acts.ARCHIVING_CHECKS.items():
        check(item, moment, planned)


def _require_future(moment: datetime | None, before: datetime | None) -> None:
    """A moment that is set anew lies ahead; one that stood there already may stay."""
    if moment is not None and moment != before and moment <= clock.now():
        raise Invalid("content.moment_over")


def _of_bulletin(session: Session, item_id: int) -> Item:
    item = acts.find(session, item_id)
    if not types.of(item.type).family.reasons:
        raise Conflict("content.withdrawal_of_bulletin")
    return item


def _take_off(
    session: Session, actor: Actor, item_id: int, arrow: str, verb: str, reason: str, *, since: datetime | None = None,
    decided: bool = False, **more: int,
) -> Item:  # fmt: skip
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "publish")
    for _, check in acts.TAKING_OFF_CHECKS.items():
        check(item, arrow, decided, since)
    acts.require_public(session, actor, item, reason)
    said = arrow != "archive" and since is None and reason.strip()
    told = [words(item) for _, words in acts.WITHDRAWAL_WORDS.items()] if said else []
    if any(told):
        added = " ".join(filter(None, told))
        # What the law adds must not make a reason too long that its author kept within the limit.
        if len(reason.strip()) <= acts.MAX_NOTE:
            reason = f"{reason.strip().removesuffix('.')[: acts.MAX_NOTE - len(added) - 2]}. {added}"
    LIFE.fire(item, arrow)
    kept = acts.note(
        session, actor, item, "archive" if arrow == "archive" else "withdraw", reason, item.live_version_id
    )
    version = session.get_one(ItemVersion, item.live_version_id)
    version.withdrawn_at = clock.now()
    facts = {"note": kept.id, "version": version.id, "number": version.number, **more}
    acts.changed(session, actor, item, verb, visible=True, data=facts)
    acts.publicly(session, actor, verb, item, version)
    return item


def _check_complete(item: Item, version: ItemVersion, reason: str) -> None:
    kind = types.of(item.type)
    filled = {name for name, value in version.fields.items() if str(value or "").strip()}
    labels = {field.name: field.label for field in kind.fields}
    missing = [labels.get(name, name) for name in kind.required if name not in filled]
    wanted = [group for group in kind.one_of if not filled & set(group)]
    missing += [
        message("content.either", fields=" / ".join(labels.get(name, name) for name in group)) for group in wanted
    ]
    if missing:
        raise Invalid("content.required_missing", fields=", ".join(missing))
    if kind.family.reasons and item.published_at is not None and not (reason.strip() or version.reason):
        raise Invalid("content.reason_missing")


def _go_live(session: Session, actor: Actor, item: Item, version: ItemVersion, reason: str) -> None:
    now = clock.now()
    if item.live_version_id not in (None, version.id):
        session.get_one(ItemVersion, item.live_version_id).withdrawn_at = now
    newer = item.draft_version_id if item.draft_version_id != version.id else None
    if item.review != NONE and newer is None:
        REVIEW.fire(ReviewOf(item), "accept")
        reviews.close(session, item)
    again = version.published_at is not None
    if again:
        acts.note(session, actor, item, "publish", reason or version.reason or "–", version.id)
    else:
        version.published_at, version.published_by = now, acts.signature(session, actor)
        version.reason = version.reason or reason.strip()[:500]
    version.withdrawn_at = None
    item.live_version_id, item.draft_version_id = version.id, newer
    item.title, item.summary = version.title, version.summary
    duties.repeat(session, item, version)
    item.published_at = item.published_at or now
    item.publish_at = item.scheduled_version_id = None
