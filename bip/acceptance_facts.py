"""The parts of the Bulletin's acceptance that the database answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session, aliased

from bip import acceptance_files, copying, duties, exclusions, following, journal, reviews, spans, yearly
from bip import rules as law
from bip.acceptance_pages import TRIAL
from bip.acceptance_parts import Asked, Part, Tally, Wanted, rules
from bip.council import recordings
from bip.coverage import FOLDERS
from bip.types import ROOT
from bip.yearly import day_of
from portal.content import queries
from portal.content.models import Item, ItemNote, ItemVersion
from portal.content.workflow import ARCHIVED, PUBLISHED, RETIRED, WITHDRAWN
from portal.core import clock
from portal.core.events import Event, EventRef

_BATCH = 500
_ENDED = 2000
"""Ended publications that are looked at, the newest."""


def parts(session: Session, wanted: Sequence[Wanted]) -> Iterator[Part]:
    """Every part but those that pages answer."""
    yield from _versions(session)
    yield _filled(session)
    yield _bases(session)
    yield _review(session)
    yield _early(session)
    yield _late(session)
    yield _reviews(session)
    yield captions(session)
    yield from acceptance_files.parts(session, [one.item_id for one in wanted if one.kind == "item"])
    yield from _copies(session)
    yield Part("axe", unseen="axe")


def _versions(session: Session) -> Iterator[Part]:
    """Marks and reasons of what stands now (UDIP art. 8 ust. 6), and exclusions (art. 8 ust. 5)."""
    tally = Tally()
    former = aliased(ItemVersion)
    # Of the texts of a whole Bulletin only those with a mark of an exclusion come over; the others are not looked at.
    marked = case((ItemVersion.body.contains("[wyłączenie "), ItemVersion.body), else_="")
    changes = exists().where(former.item_id == Item.id, former.published_at < ItemVersion.published_at)
    query = (
        select(
            Item.id, Item.path, ItemVersion.number, ItemVersion.fields, marked.label("body"), ItemVersion.author,
            ItemVersion.reason, ItemVersion.published_at, changes.label("changes"),
        )
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(queries.below(ROOT), queries.listed(), Item.type.not_in(FOLDERS))
        .order_by(Item.id)
    )  # fmt: skip
    last = 0
    while True:
        found = session.execute(query.where(Item.id > last).limit(_BATCH)).all()
        for row in found:
            one = Wanted("item", row.path, row.id)
            tally.saw("marks", one, *_marks(row.fields, row.author, made_available=row.published_at is not None))
            if row.changes:
                tally.saw("reasons", one, *([] if row.reason.strip() else [("no_reason", str(row.number))]))
            if row.fields.get(exclusions.FIELD) or exclusions.MARK.search(row.body):
                said = exclusions.problems(exclusions.of_fields(row.fields), row.body)
                tally.saw("exclusions", one, *((code.removeprefix("bip."), "") for code in said))
        if len(found) < _BATCH:
            break
        last = found[-1].id
    yield tally.part("marks")
    yield tally.part("reasons", none="no_changes")
    yield tally.part("exclusions", none="no_exclusions")


def _marks(fields: dict[str, Any], author: str, *, made_available: bool) -> Iterator[tuple[str, str]]:
    said = {name for name, value in fields.items() if str(value or "").strip()}
    if "publisher" not in said:
        yield "no_publisher", ""
    if not said & {"produced_by", "responsible"}:
        yield "no_maker", ""
    if not author.strip():
        yield "no_enterer", ""
    if "produced_on" not in said:
        yield "no_produced_on", ""
    if not made_available:
        yield "no_available", ""


def _filled(session: Session) -> Part:
    """The sections that must hold something do (UDIP art. 8 ust. 4, the acts on re-use and on whistleblowers)."""
    tally = Tally()
    for row in rules()["menu"]:
        if row.get("filled"):
            place = f"{ROOT}/{row['path']}"
            held = select(Item.id).where(queries.below(place), queries.listed(), Item.type.not_in(FOLDERS)).limit(1)
            empty = session.scalar(held) is None
            tally.saw("filled", Wanted("section", place), *([("empty_section", row["about"])] if empty else []))
    return tally.part("filled")


def _bases(session: Session) -> Part:
    tally = Tally()
    query = (
        select(Item.id, Item.path, ItemVersion.fields)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(queries.below(ROOT), queries.listed(), Item.type == "bip_folder", Item.in_menu)
        .order_by(Item.path)
    )
    for row in session.execute(query):
        lacking = not str(row.fields.get("basis") or "").strip()
        tally.saw("bases", Wanted("section", row.path, row.id), *([("no_basis", "")] if lacking else []))
    return tally.part("bases")


def _review(session: Session) -> Part:
    """Each declaration was reviewed for the year whose 31 March is past (ustawa o dostępności cyfrowej, art. 11)."""
    tally = Tally()
    for one in yearly.declarations(session):
        late = one.due < clock.today()
        wanted = Wanted("declaration", one.path, one.item_id)
        tally.saw("declaration_review", wanted, *([("review_late", one.due.isoformat())] if late else []))
    return tally.part("declaration_review", none="no_declaration")


def _early(session: Session) -> Part:
    """What came down before its shortest time says so in public; nothing was archived before it."""
    tally = Tally()
    query = (
        select(Item, ItemVersion.withdrawn_at)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(
            Item.state.in_((ARCHIVED, WITHDRAWN, RETIRED)),
            Item.type.in_(law.governed(session)),
            Item.binned_at.is_(None),
        )
        .order_by(ItemVersion.withdrawn_at.desc(), Item.id)
        .limit(_ENDED)
    )
    ended = session.execute(query).all()
    words = _said(session, [item.id for item, _ in ended])
    for item, ended_at in ended:
        rule, begun = law.of_item(item), spans.since(item)
        last = spans.must_stand_to(begun, rule) if begun else None
        early = last is not None and ended_at is not None and ended_at < spans.midnight_after(last)
        told = item.state != ARCHIVED and str(rule.get("basis", "")) in words.get(item.id, "")
        wrong = [("taken_down_early", last.isoformat())] if early and last and not told else []
        tally.saw("early", Wanted("item", item.path, item.id), *wrong)
    return tally.part("early", none="nothing_ended")


def _said(session: Session, ids: list[int]) -> dict[int, str]:
    query = select(ItemNote.item_id, ItemNote.text).where(ItemNote.item_id.in_(ids), ItemNote.kind == "withdraw")
    return {row.item_id: row.text for row in session.execute(query.order_by(ItemNote.id))}


def _late(session: Session) -> Part:
    """Nothing stands past its longest time, nor past its end without a decision."""
    tally = Tally()
    standing = select(func.count()).select_from(Item).where(
        Item.type.in_(law.governed(session)), Item.state == PUBLISHED, Item.binned_at.is_(None)
    )  # fmt: skip
    count = session.scalar(standing) or 0
    for duty in duties.left_too_long(session):
        tally.saw("late", Wanted("item", "", duty.item_id or 0), ("left_too_long", duty.due.isoformat()))
    part = tally.part("late", none="nothing_stands")
    unseen = "" if count else part.unseen
    return Part("late", count, part.problems, "not_counted" if following.behind(session) else unseen, 0, part.more)


def _reviews(session: Session) -> Part:
    """Each working day of the last month that is over was reviewed (rozp. MSWiA z 18.01.2007, § 16 ust. 3)."""
    tally = Tally()
    today = clock.today()
    missed = {day for day in reviews.missed(session) if day < today}
    done = {row.day for row in reviews.reviewed(session)}
    where = Wanted("frame", "/redakcja/biuletyn/dziennik")
    for day in sorted(missed | done):
        tally.saw("reviews", where, *([("day_not_reviewed", day.isoformat())] if day in missed else []))
    return tally.part("reviews", none="no_days")


def _copies(session: Session) -> Iterator[Part]:
    """A copy within a day of each change (rozp. MSWiA z 18.01.2007, § 18), and the newest read back and found whole."""
    tally, where = Tally(), Wanted("frame", "/redakcja/biuletyn/dowody")
    if copying.last(session, copying.COPY) is not None:
        since = copying.uncopied_since(session)
        late = since is not None and clock.now() - since > copying.WITHIN
        tally.saw("copies", where, *([("copy_late", since.isoformat())] if late and since else []))
    test = copying.last(session, copying.TEST)
    if test is not None:
        tally.saw("restored", where, *([("copy_broken", test.name)] if test.outcome != copying.WHOLE else []))
    yield tally.part("copies", none="no_copies")
    yield tally.part("restored", none="no_restores")


def captions(session: Session) -> Part:
    """Recordings of sessions have captions within the term, or a day announced within the longest one (art. 5a)."""
    tally = Tally()
    query = (
        select(Item, ItemVersion.fields)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.type == "session", queries.listed())
        .order_by(Item.id)
    )
    found = session.execute(query).all()
    beside = recordings.attached(session, [int(item.live_version_id or 0) for item, _ in found])
    for item, fields in found:
        held = day_of(fields.get("held_on"))
        if held is None or not (str(fields.get("recording") or "").strip() or item.live_version_id in beside):
            continue
        late = not day_of(fields.get("captions_on")) and not _announced(item, fields, held)
        tally.saw("captions", Wanted("item", item.path, item.id), *([("no_captions", "")] if late else []))
    return tally.part("captions", none="no_recordings")


def _announced(item: Item, fields: dict[str, object], held: date) -> bool:
    """Whether the captions may still be missing today."""
    rule, today = law.of_item(item), clock.today()
    usual = held + timedelta(days=int(rule.get("captions_days", 0)))
    promised = day_of(fields.get("captions_promised"))
    longest = clock.months_later(held, int(rule.get("captions_months_at_most", 0)))
    return today <= usual or (promised is not None and today <= promised <= longest)


def attempts(session: Session, result: Asked) -> Part:
    """The refused attempt that the check itself made stands in the journal (§ 16 ust. 1 i 2)."""
    if not result.tried:
        return Part("attempts", unseen="unreachable")
    query = (
        select(Event.data)
        .join(EventRef, EventRef.seq == Event.seq)
        .where(EventRef.ref == journal.REFUSALS, EventRef.seq > result.last_event)
    )
    noted = any(data.get("address") == TRIAL for data in session.scalars(query))
    tally = Tally()
    wrong = [] if noted else [("attempt_not_noted", "")]
    tally.saw("attempts", Wanted("frame", TRIAL), *wrong)
    return tally.part("attempts")
