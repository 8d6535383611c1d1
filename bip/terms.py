"""Terms of publication: what the law says of how long an item stands and when it counts as served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from bip import rules, spans
from bip.models import BulletinLeaf, TermFact
from portal.content import queries, types
from portal.content.exchange.entries import ORIGIN
from portal.content.models import Item, ItemVersion
from portal.content.workflow import PUBLISHED, RETIRED, WITHDRAWN
from portal.core import clock
from portal.core.errors import Conflict, Invalid
from portal.web import formats
from portal.web.texts import message


def stated(session: Session, kind: str, row: spans.Standing, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a page says of its day of publication, by the rule of that day; ``None`` when the rule asks nothing.

    ``at``: the moment it was made available, in the Bulletin it was brought from if it was, or again after a break
    (then ``first`` is the first time); ``served``: the last day before it counts as served; ``until``: the last day it
    surely stands.
    """
    first = spans.first_public(row.published_at, fields)
    begun = row.counted_from or first
    term = rules.of(session, kind, begun)
    if begun is None or not (term.get("states_day") or term.get("served_at_publication") or spans.again(row)):
        return None
    return {
        "at": begun, "first": first if spans.again(row) else None, "served": spans.deemed_served(begun, term),
        "days": term.get("deemed_service_days"), "basis": term.get("basis", ""),
        "until": spans.must_stand_to(begun, term), "at_once": term.get("served_at_publication", False),
        "appeal_to": begun + timedelta(hours=int(term["appeal_hours"])) if term.get("appeal_hours") else None,
        "appeal_hours": term.get("appeal_hours"), "copy_days": copy_days(fields, term),
    }  # fmt: skip


COPIED = ("decision", "order")
"""What a notice may tell of that a party can appeal against, and so ask for a copy of (KPA art. 49b § 1)."""


def copy_days(fields: Mapping[str, Any], term: Mapping[str, Any]) -> int:
    """Within how many days a party is given a copy of what was announced; 0 when nobody may ask for one."""
    return int(term.get("copy_days", 0)) if fields.get(str(term.get("copy_field", ""))) in COPIED else 0


def acts_of(session: Session, item: Item) -> list[tuple[str, datetime]]:
    """What the public log says was done to the item, and when, oldest first.

    What was public in another Bulletin before was published then, not when it came here. Of what came taken down
    already (within ``_BRINGING`` of its coming) nobody here knows how long it had stood, so nothing is reckoned with.
    """
    leaves = select(BulletinLeaf.act, BulletinLeaf.at, BulletinLeaf.version_id).where(BulletinLeaf.item_id == item.id)
    rows = session.execute(leaves.order_by(BulletinLeaf.position)).all()
    acts = [(row.act, row.at) for row in rows]
    version = session.get(ItemVersion, rows[0].version_id or 0) if rows else None
    if version is not None and not any(act in spans.OFF and at < rows[0].at + _BRINGING for act, at in acts):
        acts[0] = (rows[0].act, spans.first_public(rows[0].at, version.fields) or rows[0].at)
    return acts


_BRINGING = timedelta(hours=1)


def begins_anew(session: Session, item: Item) -> bool:
    """Whether the time of an item that stands no more would begin with its next publication: it had been cut short."""
    if item.state not in (WITHDRAWN, RETIRED):
        return False
    acts = acts_of(session, item)
    return bool(acts) and spans.counted(acts, lambda at: rules.of(session, item.type, at)) is None


def _begins(item: Item, planned: datetime | None = None) -> datetime:
    """From when the time of ``item`` is counted, or would be if it were published at ``planned`` or now."""
    session = object_session(item)
    anew = session is not None and begins_anew(session, item)
    return (None if anew else spans.since(item)) or planned or clock.now()


def standing(session: Session) -> list[str]:
    """The types of which a rule says how long they must stand at least."""
    kinds = rules.governed(session)
    return [
        name for name in kinds
        if any(rule.get("min_days") or rule.get("min_months") for rule in rules.of_type(session, name))
    ]  # fmt: skip


def last_day(item: Item, fields: Mapping[str, Any], term: Mapping[str, Any]) -> date | None:
    """The day on which the rule itself ends a published item: its maximum, deadline or customary time."""
    begins = spans.since(item)
    if begins is None or term.get("at_end", "keep") == "keep":
        return None
    found = [day for day in (spans.must_stand_to(begins, term), _deadline(fields, term)) if day is not None]
    first = clock.local(begins).date()
    months = int(term.get("default_months", 0)) or 12 * int(term.get("review_years", 0))
    if months:
        found.append(clock.months_later(first, months))
    if term.get("default_days"):
        found.append(first + timedelta(days=int(term["default_days"])))
    return spans.must_end_by(item.published_at or begins, term) or max(found, default=None)


def planned_end(item: Item, version: ItemVersion) -> datetime | None:
    """When what is published now ends by its rule; ``None`` when the editor planned a lawful end, or there is none."""
    term = rules.of_item(item)
    last = last_day(item, version.fields, term)
    begins = spans.since(item)
    if last is None or begins is None:
        return None
    if item.expires_at is not None and lawful_end(item, term):
        return None
    # What returns to the public after its time stands anew as long as the rule says.
    if spans.midnight_after(last) <= clock.now():
        last = clock.today() + (last - clock.local(begins).date())
    return spans.midnight_after(last)


def lawful_end(item: Item, term: Mapping[str, Any]) -> bool:
    """Whether the end planned for a published item keeps the rule's times; true when none is planned or needed."""
    begins, end = spans.since(item) or clock.now(), item.expires_at
    shortest, longest = spans.must_stand_to(begins, term), _longest(item, term)
    if end is None:
        return longest is None
    early, late = shortest and end < spans.midnight_after(shortest), longest and end > spans.midnight_after(longest)
    return not (early or late)


def check_planned(item: Item, moment: datetime | None, planned: datetime | None) -> None:
    """Nothing is set to end before the shortest time the law gives it, nor to stand past the longest.

    Raises ``Conflict``. An item not yet published is counted from the moment ``planned`` for it, or from now.
    """
    term = rules.of_item(item, planned)
    _require_shortest(_begins(item, planned), term, moment)
    last = spans.must_end_by(item.published_at or planned or clock.now(), term)
    if last is not None and (moment is None or moment > max(clock.now(), spans.midnight_after(last))):
        raise Conflict("bip.term_too_late", day=formats.day(last), basis=term["basis"])


def check_taking_off(item: Item, arrow: str, decided: bool, since: datetime | None) -> None:
    """Nothing is taken off before the shortest time the law gives it, unless somebody ``decided`` so in so many words:
    what must not be public cannot wait. What has a longest time does not stay readable in the archive.

    Raises ``Conflict``. What was public elsewhere before is counted from then (``since``).
    """
    if item.published_at is None:
        return
    first = min(item.published_at, since or item.published_at)
    term = rules.of_item(item, since)
    last = spans.must_end_by(first, term)
    if last is not None and arrow != "withdraw":
        raise Conflict("bip.term_only_withdraw", day=formats.day(last), basis=term["basis"])
    if item.state != PUBLISHED:
        return
    if arrow == "archive":
        _require_shortest(item.counted_from or first, term, clock.now())
    elif not decided and early_words(item):
        shortest = spans.must_stand_to(spans.since(item) or first, term) or clock.today()
        raise Conflict("bip.term_undecided", day=formats.day(shortest), basis=term["basis"])


def check_closing(session: Session, path: str) -> None:
    """Raise ``Conflict`` when an item at or below ``path`` must still stand open to everyone."""
    query = select(Item).where(Item.type.in_(standing(session)), Item.state == PUBLISHED, Item.binned_at.is_(None))
    for item in session.scalars(query.where((Item.path == path) | queries.below(path)).order_by(Item.id)):
        if early_words(item):
            last = spans.must_stand_to(spans.since(item) or clock.now(), rules.of_item(item)) or clock.today()
            raise Conflict("bip.term_closed", title=item.title, day=formats.day(last))


def _require_shortest(begins: datetime, term: Mapping[str, Any], moment: datetime | None) -> None:
    last = spans.must_stand_to(begins, term)
    if last is not None and moment is not None and moment < spans.midnight_after(last):
        raise Conflict("bip.term_too_early", day=formats.day(last), basis=term["basis"])


def _longest(item: Item, term: Mapping[str, Any], begun: datetime | None = None) -> date | None:
    """The last day the item may stand, counted from the first one (``begun``: what is not public yet): by its rule, or
    the later one to which somebody decided to keep it."""
    longest = spans.must_end_by(item.published_at or begun or clock.now(), term)
    session = object_session(item)
    if longest is None or session is None:
        return longest
    kept = select(TermFact.day).where(TermFact.item_id == item.id, TermFact.act == "kept")
    return max(longest, session.scalar(kept.order_by(TermFact.id.desc()).limit(1)) or longest)


def check_publication(_session: Session, item: Item, version: ItemVersion) -> None:
    """Raise ``Invalid`` when people would have less time than the law gives, the longest time is over, or a day the
    rule reckons with cannot be read."""
    elsewhere = _elsewhere(version)
    begins, term = _begins(item, elsewhere), rules.of_item(item)
    wrong = unreadable(version.fields, term)
    if wrong:
        raise Invalid("bip.day_unreadable", field=label_of(item.type, wrong), text=str(version.fields[wrong])[:40])
    deadline, shortest = _deadline(version.fields, term), spans.must_stand_to(begins, term)
    if deadline is not None and shortest is not None and deadline < shortest:
        raise Invalid("bip.deadline_too_near", day=formats.day(shortest), basis=term["basis"])
    longest = _longest(item, term, elsewhere)
    if longest is not None and clock.now() >= spans.midnight_after(longest):
        raise Invalid("bip.term_over", day=formats.day(longest), basis=term["basis"])


def _elsewhere(version: ItemVersion) -> datetime | None:
    """When what the program brings from another Bulletin was made public there: its term ran from then on."""
    origin = version.fields.get(ORIGIN)
    if version.created_by is not None or not isinstance(origin, dict) or not origin.get("published_at"):
        return None
    return datetime.fromisoformat(str(origin["published_at"]))


def early_words(item: Item) -> str:
    """What everyone reads besides the reason when ``item`` comes down before its shortest time; else nothing."""
    if item.published_at is None:
        return ""
    term = rules.of_item(item)
    last = spans.must_stand_to(spans.since(item) or item.published_at, term)
    if last is None or clock.now() >= spans.midnight_after(last):
        return ""
    return message("bip.term_withdrawn_early", day=formats.day(last), basis=term["basis"])


def _deadline(fields: Mapping[str, Any], term: Mapping[str, Any]) -> date | None:
    """The day until which people may act, as the editor wrote it; ``None`` when there is none that can be read."""
    return day_in(fields, str(term.get("deadline_field", "")))


def day_in(fields: Mapping[str, Any], name: str) -> date | None:
    """The day in the field ``name``; ``None`` when it is empty or cannot be read."""
    return clock.typed_day(fields.get(name))


_DAYS = ("deadline_field", "before_field", "since_field")
"""Keys of a rule that name a field with a day."""


def unreadable(fields: Mapping[str, Any], term: Mapping[str, Any]) -> str:
    """The field whose day the rule reckons with and nobody can read; empty when all can be read."""
    named = [str(term[key]) for key in _DAYS if key in term]
    named += ["received_on"] if term.get("answer_days") else []
    wrong = (name for name in named if str(fields.get(name) or "").strip() and day_in(fields, name) is None)
    return next(wrong, "")


def publish_by(fields: Mapping[str, Any], term: Mapping[str, Any]) -> date | None:
    """The last day on which an item with these fields may be published in time; ``None`` when the rule names none.

    ``before_days`` before the day in ``before_field``; ``within_working_days`` after the day in ``since_field`` (else
    the day it was produced), which itself is not counted.
    """
    found = []
    before = day_in(fields, str(term.get("before_field", "")))
    if before is not None:
        found.append(before - timedelta(days=int(term.get("before_days", 0))))
    since = day_in(fields, str(term.get("since_field", "produced_on")))
    if since is not None and term.get("within_working_days"):
        found.append(_working_days_on(since, int(term["within_working_days"])))
    return min(found, default=None)


def label_of(kind: str, name: str) -> str:
    """How the form names the field."""
    return next((field.label for field in types.of(kind).fields if field.name == name), name)


def _working_days_on(day: date, count: int) -> date:
    for _ in range(count):
        day = clock.next_working_day(day + timedelta(days=1))
    return day
