"""What the Bulletin's editors must see to in time, read from the table of what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from bip import periods, rules, terms
from bip.models import BulletinDue, TermFact
from bip.types import ROOT
from portal.accounts import policy
from portal.content import types
from portal.content.editor.lists import TASKS, Task
from portal.content.models import Item
from portal.content.workflow import PUBLISHED
from portal.core import clock
from portal.core.actors import Actor
from portal.web import formats
from portal.web.texts import message

RIGHT = "bip.publish"
SOON = timedelta(days=14)
KEY: tuple[Any, ...] = (BulletinDue.due, BulletinDue.id)
"""What the list is ordered by: the most pressing first."""
COUNTED = 999
"""More late ones than this are only called many."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many things are late, due today, and due within ``SOON`` after today."""

    late: int
    today: int
    soon: int


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to see to. ``what``: the sentence; ``due``: the last day; ``late``: it is over;
    ``item_id`` ``None``: a publication of ``type`` for ``detail`` that is missing altogether."""

    id: int
    kind: str
    item_id: int | None
    title: str
    type: str
    detail: str
    what: str
    due: date
    late: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Board:
    """A sheet of the notice board: when it was ``posted``, and the day it is ``due`` to be posted or removed."""

    item_id: int
    title: str
    due: date
    posted: date | None


ON_BOARD = 200
"""Sheets of one list for paper: more do not fit on any board."""


def query(which: str = "") -> Select[Any]:
    """What is due, without an order: ``late``, ``today``, ``all``, else all that is late or near."""
    today = clock.today()
    spans: dict[str, ColumnElement[bool]] = {
        "late": BulletinDue.due < today, "today": BulletinDue.due == today, "all": BulletinDue.due >= date.min,
    }  # fmt: skip
    found = (
        select(BulletinDue, Item.title, func.coalesce(Item.counted_from, Item.published_at))
        .outerjoin(Item, Item.id == BulletinDue.item_id)
        .where(or_(BulletinDue.item_id.is_(None), Item.binned_at.is_(None)))
    )
    narrowed: Select[Any] = cast(Any, found).where(spans.get(which, BulletinDue.due <= today + SOON))
    return narrowed


def of_item(session: Session, item_id: int) -> list[Duty]:
    """What is due of one item."""
    found = query("all").where(BulletinDue.item_id == item_id).order_by(*KEY)
    return [told(session, *row) for row in session.execute(found)]


def left_too_long(session: Session) -> list[Duty]:
    """Published items past their end for which nobody has decided anything."""
    found = query("late").where(BulletinDue.kind == "end", Item.state == PUBLISHED).order_by(*KEY)
    return [told(session, *row) for row in session.execute(found)]


def on_board(session: Session, kind: str) -> list[Board]:
    """What waits to be posted on the notice board (``also``) or stands on it (``remove``), the nearest first."""
    found = query("all").where(BulletinDue.kind == kind, BulletinDue.detail == "board").order_by(*KEY).limit(ON_BOARD)
    rows = session.execute(found).all()
    numbers = [int(row[0].item_id or 0) for row in rows]
    posted = select(TermFact.item_id, TermFact.day).where(
        TermFact.item_id.in_(numbers), TermFact.act == "posted", TermFact.detail == "board"
    )
    since = {row.item_id: row.day for row in session.execute(posted.order_by(TermFact.id))}
    return [Board(number, row.title, row[0].due, since.get(number)) for number, row in zip(numbers, rows, strict=True)]


def published_late(session: Session) -> Select[Any]:
    """What was published after its last day, with the item's title and moment, without an order."""
    late = select(TermFact, Item.title, Item.published_at).join(Item, Item.id == TermFact.item_id)
    found: Select[Any] = cast(Any, late).where(TermFact.type.in_(rules.governed(session)), TermFact.act == "late")
    return found


def explanations(session: Session, numbers: Sequence[int]) -> dict[int, TermFact]:
    """Item → the last explanation of its lateness."""
    query = select(TermFact).where(TermFact.item_id.in_(numbers), TermFact.act == "explained")
    return {int(fact.item_id or 0): fact for fact in session.scalars(query.order_by(TermFact.id))}


def told(session: Session, row: BulletinDue, title: str | None, published_at: Any) -> Duty:
    """A row of ``query`` as a sentence with its basis."""
    rule, today = rules.of(session, row.type, published_at), clock.today()
    kind = row.kind
    if kind == "end":
        ends = "longest" if rule.get("max_months") else "decide" if rule.get("at_end") == "decide" else "over"
        kind = ends if row.due < today else "decide_soon" if ends == "decide" else "soon"
    about = {"detail": row.detail}
    if kind in ("also", "remove"):
        about = {"place": message(f"bip.place.{row.detail}")}
    elif kind == "missing":
        about = {"period": period(row.detail)}
    elif kind == "unreadable":
        about = {"field": terms.label_of(row.type, row.detail)}
    what = message(f"bip.duty.{kind}", **about)
    title = title or types.of(row.type).title
    return Duty(
        row.id, row.kind, row.item_id, title, row.type, row.detail, what, row.due, row.due < today,
        str(rule.get("basis", "")),
    )  # fmt: skip


def period(name: str) -> str:
    """A period in words: ``2025-Q3`` is "III kwartał 2025"."""
    year, _, quarter = name.partition("-Q")
    return message("bip.period.quarter", number=periods.QUARTERS[int(quarter) - 1], year=year) if quarter else year


def counts(session: Session) -> Counts:
    """How much is late, due today and near; each counted along the index, the late ones up to ``COUNTED``."""
    today = clock.today()
    late = select(BulletinDue.id).where(BulletinDue.due < today, _shown()).limit(COUNTED).subquery()
    here = select(func.count()).select_from(BulletinDue).where(_shown())
    near = BulletinDue.due.between(today + timedelta(days=1), today + SOON)
    return Counts(
        late=session.scalar(select(func.count()).select_from(late)) or 0,
        today=session.scalar(here.where(BulletinDue.due == today)) or 0,
        soon=session.scalar(here.where(near)) or 0,
    )


def _shown() -> ColumnElement[bool]:
    binned = select(Item.id).where(Item.id == BulletinDue.item_id, Item.binned_at.is_not(None)).exists()
    return ~binned


def task(session: Session, actor: Actor) -> Task | None:
    """What is due today and late, for who may publish in the Bulletin."""
    if not policy.can(session, actor, RIGHT, ROOT):
        return None
    found = counts(session)
    parts = []
    if found.today:
        parts.append(message("bip.task.today", count=formats.counted(found.today, "term")))
    if found.late:
        parts.append(message("bip.task.late", count=found.late))
    if not parts:
        return None
    return Task(message("bip.task.terms"), ", ".join(parts), "/redakcja/biuletyn/terminy")


TASKS.register("bip.terms", task)
