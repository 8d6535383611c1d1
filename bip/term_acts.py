"""What people do about terms: a tick for each place, a decision at the end, the reason why something was late.

Every act adds a fact and leaves an event; nothing is overwritten, an act is undone by another one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import dues, following, periods, rules, spans, terms
from bip.models import TermFact
from bip.types import ROOT
from portal.accounts import policy
from portal.content import acts, publication, site
from portal.content.acts import PublicChange
from portal.content.models import Item, ItemVersion
from portal.content.workflow import PUBLISHED
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid
from portal.web import formats

DECISIONS = ("archive", "withdraw", "keep")
LONGEST = 1000


def facts(session: Session, item_id: int) -> list[TermFact]:
    """What was done about the terms of the item, oldest first."""
    return list(session.scalars(select(TermFact).where(TermFact.item_id == item_id).order_by(TermFact.id)))


def _add(session: Session, actor: Actor, item: Item | None, act: str, **more: Any) -> TermFact:
    fact = TermFact(
        item_id=item.id if item else None, act=act, at=clock.now(), by=actor.user_id or actor.on_behalf_of,
        author=acts.signature(session, actor), **({"type": item.type} if item else {}), **more,
    )  # fmt: skip
    session.add(fact)
    session.flush()
    return fact


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid("content.reason_missing")
    if len(text) > LONGEST:
        raise Invalid("content.reason_too_long", limit=LONGEST)
    return text


def _of_bulletin(session: Session, actor: Actor, item_id: int, right: str) -> Item:
    item = acts.find(session, item_id)
    acts.require(session, actor, item, right)
    return item


def mark_place(
    session: Session, actor: Actor, item_id: int, place: str, act: str, *, day: date | None = None, remark: str = ""
) -> TermFact:
    """Note that the item was ``posted`` at ``place`` or ``removed`` from it on ``day`` (none: today), or that the last
    such note was wrong (``undone``).

    Raises ``Forbidden``, ``Invalid`` (no such place, a day ahead or before the item was published), ``Conflict`` when
    it says so already.
    """
    item = _of_bulletin(session, actor, item_id, "edit")
    found = {one.name: one for one in dues.places(rules.of_item(item), facts(session, item.id))}.get(place)
    if found is None or item.published_at is None:
        raise Invalid("bip.place_unknown")
    state = "removed" if found.removed else "posted" if found.posted else "undone"
    if act not in {"undone": ("posted",), "posted": ("removed", "undone"), "removed": ("undone",)}[state]:
        raise Conflict("bip.place_marked")
    day = None if act == "undone" else day or clock.today()
    first = found.posted.day if act == "removed" and found.posted else clock.local(item.published_at).date()
    if day is not None and (day > clock.today() or (act == "removed" and first is not None and day < first)):
        raise Invalid("bip.place_day")
    if len(remark.strip()) > LONGEST:
        raise Invalid("content.reason_too_long", limit=LONGEST)
    acts.require_public(session, actor, item, remark)
    fact = _add(session, actor, item, act, detail=place, day=day, reason=remark.strip())
    data = {"place": place} | ({"on": day.isoformat()} if day else {})
    acts.changed(session, actor, item, f"place_{act}", visible=False, data=data)
    site.bump(session)
    return fact


def ask_copy(session: Session, actor: Actor, item_id: int, *, day: date | None = None, remark: str = "") -> TermFact:
    """Note that a party asked on ``day`` (none: today) for a copy of the decision that was announced (KPA art. 49b).

    Raises ``Forbidden``, ``Invalid`` (a day ahead or before it was announced), ``Conflict`` when no copy is owed.
    """
    item = _of_bulletin(session, actor, item_id, "edit")
    version = session.get(ItemVersion, item.live_version_id or 0)
    if version is None or item.published_at is None or not terms.copy_days(version.fields, rules.of_item(item)):
        raise Conflict("bip.copy_not_owed")
    day = day or clock.today()
    if not clock.local(item.published_at).date() <= day <= clock.today():
        raise Invalid("bip.copy_day")
    number = str(sum(fact.act == "copy_asked" for fact in facts(session, item.id)) + 1)
    return _of_copy(session, actor, item, "copy_asked", number, day, remark)


def end_copy(
    session: Session, actor: Actor, item_id: int, number: str, act: str, *, day: date | None = None, remark: str = ""
) -> TermFact:
    """Note that the copy asked for under ``number`` was given on ``day`` (``copy_given``), or that the request was
    entered by mistake (``copy_void``).

    Raises ``Forbidden``, ``Invalid`` (a day ahead or before the request), ``Conflict`` when none waits.
    """
    item = _of_bulletin(session, actor, item_id, "edit")
    found = {one.number: one for one in dues.copies(rules.of_item(item), facts(session, item.id))}.get(number)
    if found is None or found.ended is not None or act not in ("copy_given", "copy_void"):
        raise Conflict("bip.copy_not_waiting")
    day = day or clock.today()
    if not (found.asked.day or day) <= day <= clock.today():
        raise Invalid("bip.copy_day")
    return _of_copy(session, actor, item, act, number, day, remark)


def _of_copy(session: Session, actor: Actor, item: Item, act: str, number: str, day: date, remark: str) -> TermFact:
    if len(remark.strip()) > LONGEST:
        raise Invalid("content.reason_too_long", limit=LONGEST)
    fact = _add(session, actor, item, act, detail=number, day=day, reason=remark.strip())
    acts.changed(session, actor, item, act, visible=False, data={"on": day.isoformat()})
    return fact


def decide(
    session: Session, actor: Actor, item_id: int, act: str, *, reason: str, until: date | None = None
) -> TermFact:
    """What becomes of a published item: it goes to the ``archive``, is taken down (``withdraw``), or is kept (``keep``)
    to the end of ``until``, which may lie beyond its longest time. The reason is public.

    Raises ``Forbidden``, ``Invalid``, ``Conflict`` (not published, or the archive would come too early or too late).
    """
    item = _of_bulletin(session, actor, item_id, "publish")
    reason = _reason(reason)
    if item.state != PUBLISHED:
        raise Conflict("bip.decide_not_published")
    if act == "archive":
        publication.archive(session, actor, item_id, reason=reason)
        return _add(session, actor, item, "archived", reason=reason)
    if act == "withdraw":
        publication.withdraw(session, actor, item_id, reason=reason, decided=True)
        return _add(session, actor, item, "withdrawn", reason=reason)
    if act != "keep":
        raise Invalid("bip.decide_what")
    if until is None or until < clock.today():
        raise Invalid("bip.decide_until")
    rule = rules.of_item(item)
    shortest = spans.must_stand_to(spans.since(item) or clock.now(), rule)
    if shortest is not None and until < shortest:
        raise Conflict("bip.term_too_early", day=formats.day(shortest), basis=rule["basis"])
    acts.require_public(session, actor, item, reason)
    publication.end_at(session, item, spans.midnight_after(until), f"kept:{item.version}")
    fact = _add(session, actor, item, "kept", day=until, reason=reason)
    kept = acts.note(session, actor, item, "keep", reason, item.live_version_id)
    acts.changed(session, actor, item, "term_kept", visible=True, data={"until": until.isoformat(), "note": kept.id})
    return fact


def note_late(session: Session, actor: Actor, change: PublicChange) -> None:
    """Note that an item was published for the first time after the last day its rule gives.

    What was brought from elsewhere, and what the program itself publishes, was made available before; what was due
    before this Bulletin began could not be in time.
    """
    item, version = change.item, change.version
    if change.act != "published" or version is None or item.published_at is None:
        return
    if spans.public_elsewhere(version.fields):
        return
    day = clock.local(item.published_at).date()
    limit = terms.publish_by(version.fields, rules.of_item(item))
    first = version.published_at == item.published_at
    if limit is None or day <= limit or not first or (actor.user_id or actor.on_behalf_of) is None:
        return
    if limit < (rules.begun(session) or limit):
        return
    _add(session, actor, item, "late", day=limit)
    acts.changed(session, actor, item, "published_late", visible=False, data={"due": limit.isoformat()})


def explain(session: Session, actor: Actor, item_id: int, reason: str) -> TermFact:
    """Say why the item was published late. Raises ``Forbidden``, ``Invalid``, ``Conflict`` when it was not."""
    item = _of_bulletin(session, actor, item_id, "edit")
    known = dues.latest(facts(session, item.id), "late", "explained")
    if known is None or known.act != "late":
        raise Conflict("bip.not_late")
    acts.require_public(session, actor, item, reason)
    fact = _add(session, actor, item, "explained", day=known.day, reason=_reason(reason))
    acts.changed(session, actor, item, "late_explained", visible=False, data={"fact": fact.id})
    return fact


def settle(session: Session, actor: Actor, kind: str, period: str, reason: str) -> TermFact:
    """Say why there is and will be no publication of type ``kind`` for ``period``.

    Raises ``Forbidden``, ``Invalid``, ``Conflict`` when none is missing.
    """
    policy.require(session, actor, "bip.publish", ROOT)
    if kind not in rules.governed(session) or period not in [one.name for one in periods.missing(session, kind)]:
        raise Conflict("bip.period_not_missing")
    fact = _add(session, actor, None, "settled", type=kind, detail=period, reason=_reason(reason))
    following.refresh_periods(session, kind)
    events.record(session, actor, "bip.period_settled", [f"bulletin_type:{kind}"], data={"period": period})
    return fact
