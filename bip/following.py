"""The table of what is due follows the events, and is filled anew when the rules are others.

Every act on an item of the Bulletin leaves an event, so what it makes due is worked out again in the same commit. When
the rules that were filled for are not those in force (an edit of law, a newer program), all items are looked at once,
in parts that end by themselves; on any other day nothing is done that grows with the town.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bip import dues, periods, rules, spans, terms
from bip.council import recordings
from bip.models import BulletinDue, DueState, TermFact
from portal.content import acts, publication
from portal.content.models import Item, ItemVersion
from portal.content.workflow import PUBLISHED
from portal.core import clock, events
from portal.core.actors import SYSTEM
from portal.core.db import before_commit, insert_or_ignore
from portal.core.events import Event, EventRef

BATCH = 300
"""Items looked at in one commit."""
_NOTED = "bip.due"


@events.watch
def note(session: Session, verb: str, refs: tuple[str, ...]) -> None:
    """Remember the items of the Bulletin this act is about."""
    if verb.startswith("bip."):
        numbers = (ref.removeprefix("item:") for ref in refs if ref.startswith("item:"))
        session.info.setdefault(_NOTED, set()).update(int(number) for number in numbers)


@before_commit
def follow(session: Session) -> None:
    """Work out anew what the items of this act make due."""
    numbers = session.info.pop(_NOTED, None)
    if numbers:
        refresh(session, sorted(numbers))


def facts_of(session: Session, numbers: Sequence[int]) -> dict[int, list[TermFact]]:
    """What was done about the terms of the items, oldest first."""
    found: dict[int, list[TermFact]] = {}
    query = select(TermFact).where(TermFact.item_id.in_(numbers)).order_by(TermFact.id)
    for fact in session.scalars(query):
        found.setdefault(int(fact.item_id or 0), []).append(fact)
    return found


def refresh(session: Session, numbers: Sequence[int]) -> None:
    """Work out what the items make due, and the periods of their types."""
    session.flush()
    governed = rules.governed(session)
    rows = _rows(session, numbers, governed)
    facts = facts_of(session, [item.id for item, _ in rows])
    wanted = [row for item, fields in rows for row in _of_item(session, item, fields, facts.get(item.id, []))]
    _replace(session, BulletinDue.item_id.in_(numbers), wanted)
    for kind in sorted({item.type for item, _ in rows}):
        refresh_periods(session, kind)


def _rows(session: Session, numbers: Sequence[int], governed: Sequence[str]) -> list[tuple[Item, dict[str, Any]]]:
    shown = (Item.live_version_id == ItemVersion.id) | (
        Item.live_version_id.is_(None) & (Item.draft_version_id == ItemVersion.id)
    )
    query = select(Item, ItemVersion.fields).join(ItemVersion, shown)
    query = query.where(Item.id.in_(numbers), Item.type.in_(governed), Item.binned_at.is_(None))
    found = [(row[0], dict(row[1])) for row in session.execute(query)]
    _add_recordings(session, found)
    return found


def _add_recordings(session: Session, rows: Sequence[tuple[Item, dict[str, Any]]]) -> None:
    """A recording attached to an item is one as much as a recording at an address (``council.recordings``)."""
    kinds = {item.type for item, _ in rows if rules.of_item(item).get("captions_days")}
    without = {
        int(item.live_version_id or item.draft_version_id or 0): fields for item, fields in rows
        if item.type in kinds and not str(fields.get("recording") or "").strip()
    }  # fmt: skip
    for version in recordings.attached(session, without) if without else ():
        without[version]["recording"] = recordings.ATTACHED


def _of_item(session: Session, item: Item, fields: dict[str, Any], facts: list[TermFact]) -> list[dict[str, Any]]:
    rule = rules.of_item(item)
    return [
        {"key": f"{item.id}:{one.kind}:{one.detail}", "item_id": item.id, "type": item.type, "kind": one.kind,
         "detail": one.detail, "due": one.due}
        for one in dues.of_item(item, fields, rule, facts)
        if one.kind != "publish" or one.due >= (rules.begun(session) or one.due)
    ]  # fmt: skip


def refresh_periods(session: Session, kind: str) -> None:
    """Work out which publications of type ``kind`` are missing for their periods."""
    wanted = [
        {"key": f"{kind}:missing:{one.name}", "item_id": None, "type": kind, "kind": "missing", "detail": one.name,
         "due": one.due}
        for one in periods.missing(session, kind)
    ]  # fmt: skip
    _replace(session, (BulletinDue.item_id.is_(None)) & (BulletinDue.type == kind), wanted)


def _replace(session: Session, where: Any, wanted: Iterable[dict[str, Any]]) -> None:
    """Let the rows be as ``wanted``; what stays as it was keeps its number, so that lists read on where they were."""
    known = {row.key: row for row in session.scalars(select(BulletinDue).where(where))}
    for row in wanted:
        there = known.pop(row["key"], None)
        if there is None:
            insert_or_ignore(session, BulletinDue, row)
        elif there.due != row["due"]:
            there.due = row["due"]
    if known:
        session.execute(delete(BulletinDue).where(BulletinDue.id.in_([row.id for row in known.values()])))
    session.flush()


def behind(session: Session) -> bool:
    """Whether the table was filled for other rules, or a filling has not come to its end."""
    state = session.get(DueState, 1)
    return state is None or state.reached is not None or state.rules != rules.digest(session)


def fill(session: Session, batch: int = BATCH) -> int:
    """Look at the next part of all items; how many there were, 0 when all are done. Begins anew for other rules."""
    insert_or_ignore(session, DueState, {"id": 1, "rules": "", "reached": 0})
    state = session.get_one(DueState, 1, with_for_update=True)
    digest = rules.digest(session)
    if state.rules != digest:
        state.rules, state.reached = digest, 0
    if state.reached is None:
        return 0
    query = select(Item.id).where(Item.id > state.reached, Item.type.in_(rules.governed(session)))
    numbers = list(session.scalars(query.order_by(Item.id).limit(batch)))
    refresh(session, numbers)
    _give_ends(session, numbers)
    state.reached = numbers[-1] if len(numbers) == batch else None
    return len(numbers)


def start_anew(session: Session) -> None:
    """Forget how far the table was filled."""
    state = session.get(DueState, 1, with_for_update=True)
    if state is not None:
        state.rules = ""


def _give_ends(session: Session, numbers: Sequence[int]) -> None:
    """Let published items end as their rule says, where nobody decided otherwise: brought from elsewhere, older than
    the rule's place in this program, or with an end that another rule does not allow."""
    for item, fields in _rows(session, numbers, rules.governed(session)):
        rule = rules.of_item(item)
        last = terms.last_day(item, fields, rule)
        if item.state != PUBLISHED or last is None or (item.expires_at and terms.lawful_end(item, rule)):
            continue
        if item.expires_at or rule.get("max_months") or not _decided(session, item):
            publication.end_at(session, item, spans.midnight_after(last), "sweep")
            acts.changed(session, SYSTEM, item, "end_planned", visible=False, data={"last": last.isoformat()})


_DECISIVE = ("bip.scheduled", "bip.term_to_decide", "bip.term_kept", "bip.schedule_failed", "bip.end_planned")


def _decided(session: Session, item: Item) -> bool:
    """Whether somebody set or removed the item's end since it was published, or its end came already."""
    query = (
        select(Event.seq)
        .join(EventRef, EventRef.seq == Event.seq)
        .where(EventRef.ref == item.ref, Event.verb.in_(_DECISIVE), Event.at >= item.published_at)
    )
    return session.scalar(query.limit(1)) is not None


def sweep(session: Session, batch: int = BATCH) -> bool:
    """The day's look: periods that came, ends that passed without being carried out. Says whether filling goes on."""
    more = fill(session, batch) > 0
    for kind in rules.governed(session):
        refresh_periods(session, kind)
    _carry_out_late_ends(session, batch)
    return more


def _carry_out_late_ends(session: Session, batch: int) -> None:
    """Ends that came and left their item standing although its rule takes it down are asked for once more a day.

    What another rule only leaves to decide may stand late by the hundred, and is not counted against the part.
    """
    kinds = [kind for kind in rules.governed(session) if any(map(_takes_down, rules.of_type(session, kind)))]
    query = (
        select(Item)
        .join(BulletinDue, Item.id == BulletinDue.item_id)
        .where(BulletinDue.kind == "end", BulletinDue.due < clock.today(), BulletinDue.due >= clock.today() - _LATE)
        .where(Item.type.in_(kinds), Item.state == PUBLISHED, Item.expires_at.is_(None))
        .order_by(BulletinDue.due, BulletinDue.id)
    )
    late = (item for item in session.scalars(query).all() if _takes_down(rules.of_item(item)))
    for item in islice(late, batch):
        publication.end_at(session, item, clock.now(), "late")


def _takes_down(rule: rules.Rule) -> bool:
    return rule.get("at_end") == "withdraw" and bool(rule.get("max_months"))


_LATE = timedelta(days=400)
