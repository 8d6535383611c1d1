"""Bringing entries into the tree: first every item its place, then its states with links that lead to them, then what
binds it to others.

Each item is one transaction. Whatever stops the work, doing it again goes on where it stopped: what has its place
and its states is known by ``Item.source``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content import acts, paths, types
from portal.content.exchange import plan, saving, ties
from portal.content.exchange.arriving import Arriving, Refused
from portal.content.exchange.entries import Entry, Note
from portal.content.exchange.plan import KNOWN, PARTLY, REFUSED, TAKEN, Line
from portal.content.models import Item
from portal.content.workflow import LIFE, REVIEW, WITHDRAWN
from portal.core import clock
from portal.core.actors import Actor

_MOST_REFUSED = 50
"""Refused states of one item after which none of them is made public: each one means doing it all again."""


def _silent(_session: Session, _line: Line) -> None:
    """Keep the report nowhere."""


def _say_no_more(_session: Session, _number: int, _notes: Sequence[Note]) -> None:
    """Add nothing."""


@dataclass(frozen=True, slots=True)
class Bringing(Arriving):
    """An import under way.

    ``keep`` is told the line of each entry in the transaction that brings it, so that a report is as whole as the work.
    """

    keep: Callable[[Session, Line], None] = _silent
    more: Callable[[Session, int, Sequence[Note]], None] = _say_no_more
    """Is told what is to be added to the line of an entry."""

    whom: Mapping[str, str] = field(default_factory=dict)
    """Who bore roles there (``Right.who``) → to whom they are given here; to nobody but those the asker names."""

    def place(self, number: int) -> Line | None:
        """Give the entry its place in the tree; the line says why it has none. ``None``: it has one."""
        entry = self.source.entry(number)
        with self.database.transaction() as session:
            if self.item(session, entry.key) is not None:
                return None
            target = acts.find(session, self.target)
            parent = target if not entry.parent else self.item(session, entry.parent)
            reason = plan.refusal(session, self.asker, entry, (parent.path, parent.type) if parent else None)
            if reason is not None or parent is None:
                notes = (*entry.notes, *([reason] if reason else []))
                line = Line(number, REFUSED, entry.key, entry.title, entry.address or entry.name, notes)
                self.keep(session, line)
                return line
            _add(session, self.actor, parent, entry, self.mark(entry.key))
        return None

    def fill(self, number: int) -> Line | None:
        """Give the entry's item its states; ``None`` for one without a place (its line stands already)."""
        entry = self.source.entry(number)
        return None if _is_merged(entry) else self._fill(number, entry)

    def _fill(self, number: int, entry: Entry) -> Line | None:
        with self.database.transaction() as session:
            item = self.item(session, entry.key)
            if item is None:
                return None
            if item.draft_version_id is not None or item.live_version_id is not None:
                place = (Note("import.root_kept"),) if item.id == self.target else ()
                line = Line(number, KNOWN, entry.key, entry.title, item.path, place, item.id)
                self.keep(session, line)
                return line
        return self._filled(number, item.id, item.path, entry)

    def _filled(self, number: int, item_id: int, path: str, entry: Entry) -> Line:
        """All states in one transaction. One that is refused is left out of it, and the report says which and why.

        When what the public last saw cannot be made public, nothing of the item is: an outdated text is worse than
        none. All its states then wait in its history.
        """
        refused = plan.foreseen(entry)
        publish = not _is_last(entry, refused)
        while True:
            try:
                with self.database.transaction() as session:
                    notes = saving.states(session, self, item_id, entry, refused, publish=publish)
                    told = (*entry.notes, *notes, *plan.refused_notes(entry, refused, publish=publish))
                    line = Line(number, PARTLY if told else TAKEN, entry.key, entry.title, path, told, item_id)
                    self.keep(session, line)
                    return line
            except Refused as problem:
                refused[problem.number] = plan.Refused(problem.what, problem.why)
                hopeless = problem.what == "stand" or _is_last(entry, refused) or len(refused) > _MOST_REFUSED
                publish = publish and not hopeless

    def tie(self, number: int) -> Sequence[Note]:
        """Bind an item that has its states to others and give the roles at it; what could not be is told.

        What was merged with another item is given its states only here, when that one has its own.
        """
        entry = self.source.entry(number)
        if _is_merged(entry):
            line = self._fill(number, entry)
            if line is None or line.outcome == KNOWN:
                return ()
        if not (entry.ties or entry.rights):
            return ()
        with self.database.transaction() as session:
            item = self.item(session, entry.key)
            if item is None:
                return ()
            notes = self._tied(session, item, entry)
            if notes:
                self.more(session, number, notes)
            return notes

    def _tied(self, session: Session, item: Item, entry: Entry) -> list[Note]:
        notes = []
        for one in entry.ties:
            other = self.other(session, one)
            if one.kind != ties.MERGED:
                note = ties.tie(session, self.actor, item, one, other) if other else ties.lost(one)
                notes += [note] if note else []
        left = [one for one in entry.rights if one.who not in self.whom]
        notes += [Note("import.rights_left", {"count": len(left)})] if left else []
        named = [one for one in entry.rights if one.who in self.whom]
        found = [ties.give(session, self.asker, item, one, self.whom[one.who]) for one in named]
        return [*notes, *(note for note in found if note is not None)]


def _add(session: Session, actor: Actor, parent: Item, entry: Entry, source: str) -> Item:
    """The item's row, empty: nobody sees it before it has its states."""
    kind, now = types.of(entry.type), clock.now()
    last = session.scalar(select(func.max(Item.position)).where(Item.parent_id == parent.id)) or 0
    item = Item(
        path=_free(session, parent.path, entry.name), parent_id=parent.id, type=entry.type, state=LIFE.initial,
        review=REVIEW.initial, title=entry.title[:300], summary="",
        position=entry.position if entry.parent and entry.position else last + 1,
        in_menu=kind.menu if entry.in_menu is None else entry.in_menu, language=entry.language[:5] or parent.language,
        owner_id=actor.on_behalf_of or actor.user_id, created_at=now, changed_at=now, source=source,
        settings={}, protected=entry.protected, version=1,
    )  # fmt: skip
    session.add(item)
    session.flush()
    acts.changed(session, actor, item, "imported", visible=False, data={"source": source.partition(":")[0]})
    return item


def _free(session: Session, folder: str, name: str) -> str:
    base, number = paths.join(folder, name), 1
    while session.scalar(select(Item.id).where(Item.path == (path := base if number == 1 else f"{base}-{number}"))):
        number += 1
    return path


def _is_merged(entry: Entry) -> bool:
    return entry.state == WITHDRAWN and any(one.kind == ties.MERGED for one in entry.ties)


def _is_last(entry: Entry, refused: Mapping[int, plan.Refused]) -> bool:
    """Whether the state the public saw last is among those that were refused."""
    public = [number for number, state in enumerate(entry.states) if state.published_at is not None]
    return bool(public) and public[-1] in refused
