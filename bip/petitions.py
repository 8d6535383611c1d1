"""The yearly summary of petitions (ustawa o petycjach art. 14): made of the petitions, published in one act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import lists
from bip.council.roll import day_of
from bip.types import ROOT
from portal.content import actions as content
from portal.content import acts, links, paths, queries, sanitise
from portal.content.models import Item, ItemVersion
from portal.content.workflow import PUBLISHED
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid
from portal.web import formats
from portal.web.texts import message

SUMMARY, PETITIONS = "petition_summary", lists.KINDS["petycje"]
_FOLDER = f"{ROOT}/petycje"
MOST = 2000
"""Petitions of one year; no gmina has as many."""
MOST_OF_ALL = 20_000
"""Petitions of all years, the newest."""


@dataclass(frozen=True, slots=True)
class Year:
    """What is known of a year. ``summary``: the item of its summary, where there is one; ``stale``: it says otherwise
    than the petitions do today."""

    year: int
    received: int
    settled: int
    summary: int | None
    public: bool
    stale: bool


def years(session: Session) -> list[Year]:
    """Each year there were petitions in, and the last one, the newest first. The statements are as many for one year
    as for thirty."""
    last = clock.today().year
    first = min([last - 1, *lists.years(session, PETITIONS)])
    settled: dict[int, list[Any]] = {}
    received = Counter[int]()
    for row in session.execute(lists.query(PETITIONS).order_by(Item.starts_at.desc(), Item.id).limit(MOST_OF_ALL)):
        received[clock.local(row.starts_at).year] += 1
        done = day_of(row.fields.get("settled_on"))
        if done is not None:
            settled.setdefault(done.year, []).append(row)
    made = _summaries(session, range(first, last + 1))
    wanted = {year: _body(year, _by_day(settled.get(year, []))) for year, row in made.items() if row.body is not None}
    kept = dict(zip(wanted, _all_kept(session, list(wanted.values())), strict=True))
    found = []
    for year in range(last, first - 1, -1):
        one = made.get(year)
        stale = one is not None and one.body is not None and one.body != kept[year]
        public = one is not None and one.state == PUBLISHED
        ended = len(settled.get(year, []))
        found.append(Year(year, received[year], ended, one.id if one is not None else None, public, stale))
    return found


def _summaries(session: Session, years: Iterable[int]) -> dict[int, Any]:
    """Year → number, state and public text (``None`` while there is none) of its summary, where there is one."""
    of = {_source(year): year for year in years}
    query = (
        select(Item.id, Item.state, Item.source, ItemVersion.body)
        .outerjoin(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.source.in_(of), Item.binned_at.is_(None))
        .order_by(Item.id.desc())
    )
    return {of[row.source]: row for row in session.execute(query)}


def settled_in(session: Session, year: int) -> Sequence[Any]:
    """The public petitions settled in ``year``, by the day."""
    done = ItemVersion.fields["settled_on"].as_string()
    rows = session.execute(lists.query(PETITIONS).where(done.like(f"{year}-%")).limit(MOST)).all()
    return _by_day(rows)


def _by_day(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.fields["settled_on"], row.id))


def summary_of(session: Session, year: int) -> Item | None:
    """The item with the summary of ``year``, whatever its state."""
    return session.scalars(select(Item).where(Item.source == _source(year), Item.binned_at.is_(None))).first()


def _source(year: int) -> str:
    return f"petitions:{year}"


def draft(session: Session, actor: Actor, year: int) -> int:
    """Make the summary of ``year`` as a working copy, or renew the one there is; its number.

    Raises ``Forbidden``, ``Invalid`` (a year that is not over or no year, no section for petitions), ``Conflict`` when
    it says already what the petitions say.
    """
    if not lists.EARLIEST <= year < clock.today().year:
        raise Invalid("bip.summary_year")
    found, item = settled_in(session, year), summary_of(session, year)
    title, body = message("bip.summary.title", year=year), _body(year, found)
    if item is None:
        place = _place(session)
        page = queries.page_at(session, place)
        fields = {
            "publisher": str(page.settings.get("publisher", "")) if page else "", "year": str(year),
            "produced_by": acts.name_of(session, actor) or message("bip.summary.system"),
            "produced_on": clock.today().isoformat(),
        }  # fmt: skip
        name = paths.slug(title)
        return content.create_item(
            session, actor, place, SUMMARY, title, name=name, body=body, fields=fields, source=_source(year)
        ).id
    last = session.get_one(ItemVersion, item.draft_version_id or item.live_version_id)
    if item.state == PUBLISHED and item.draft_version_id is None and last.body == _kept(session, body):
        raise Conflict("bip.summary_known")
    content.save_draft(
        session, actor, item.id, expected=None, title=last.title, summary=last.summary, body=body,
        fields=dict(last.fields), reason=message("bip.summary.reason"),
    )  # fmt: skip
    return item.id


def _place(session: Session) -> str:
    """Where petitions lie: beside the newest one, else in the section of the usual menu."""
    newest = session.execute(lists.query(PETITIONS).order_by(Item.starts_at.desc()).limit(1)).first()
    place = paths.parent(newest.path) if newest else _FOLDER
    if acts.at(session, place) is None:
        raise Invalid("bip.no_petition_folder")
    return place


def _kept(session: Session, body: str) -> str:
    """A text as a version keeps it."""
    return _all_kept(session, [body])[0]


_BETWEEN = "<!---->"
"""Stands between texts that are looked at in one go; no cleaned text holds a comment."""


def _all_kept(session: Session, bodies: Sequence[str]) -> list[str]:
    """Texts as versions keep them, as many statements for all as for one."""
    if not bodies:
        return []
    return links.to_references(session, _BETWEEN.join(map(sanitise.clean, bodies))).split(_BETWEEN)


def _body(year: int, rows: Sequence[Any]) -> str:
    """The summary as a text: how many, how settled, and a table of each."""
    if not rows:
        return f"<p>{escape(message('bip.summary.none', year=year))}</p>"
    ways = Counter(str(row.fields.get("settled_how", "")) for row in rows)
    told = "".join(
        f"<li>{escape(message('bip.settled.' + way) if way else '–')}: {ways[way]}</li>" for way in sorted(ways)
    )
    heads = "".join(f'<th scope="col">{escape(message("bip.summary.col." + name))}</th>' for name in _COLUMNS)
    lines = "".join(_line(row) for row in rows)
    return (
        f"<p>{escape(message('bip.summary.some', year=year, count=len(rows)))}</p><ul>{told}</ul>"
        f"<table><caption>{escape(message('bip.summary.title', year=year))}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )


_COLUMNS = ("subject", "received", "settled", "way")


def _line(row: Any) -> str:
    way = str(row.fields.get("settled_how") or "")
    days = (day_of(row.fields.get(name)) for name in ("received_on", "settled_on"))
    cells = "".join(f"<td>{escape(formats.day(day)) if day else '–'}</td>" for day in days)
    return (
        f'<tr><th scope="row"><a href="{escape(row.path)}">{escape(row.title)}</a></th>{cells}'
        f"<td>{escape(message('bip.settled.' + way)) if way else '–'}</td></tr>"
    )
