"""``wrota seed --size large``: the demo gmina grown for measurements, half on the portal and half in the Bulletin.

Rows go in by bulk, yet stand as the acts of content would have left them: every version was published, each act is
in the chain of events and in the Bulletin's public log. All of it follows from the moment of the start. A round gives
every page its next version in one transaction, so whatever interrupts it leaves a sound site behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bip import leaves, tree
from bip.digests import digest, leaf_data
from bip.merkle import leaf_hash
from bip.models import BulletinCheckpoint, BulletinLeaf
from bip.types import LEAVES
from portal.accounts.models import User
from portal.commands import seed
from portal.commands.invented import Text, text
from portal.commands.opened import opened
from portal.content import actions, paths, site, titles, types
from portal.content.models import Item, ItemVersion
from portal.content.types import ItemType
from portal.content.workflow import NONE, PUBLISHED
from portal.core import actors, clock, events
from portal.core.actors import Actor
from portal.core.numbering import NumberSeries, last_number
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web.texts import message
from search.actions import request_rebuild

ITEMS, VERSIONS = 10_000, 10
PER_FOLDER = 100
PACE = timedelta(seconds=15)
"""Most between one act and the next."""
EDITOR = "redaktor"
PLACES = (("/", "archiwum", "folder", "page"), ("/bip", "zasob-archiwalny", "bip_folder", "bip_page"))
"""Where the pages lie: parent, name of the section, type of its folders, type of the pages."""

Say = Callable[[str], None]


def seed_large(settings: Settings, say: Say, *, items: int = ITEMS, versions: int = VERSIONS) -> bool:
    """Fill an empty database, then grow it once. Says whether it grew."""
    seed.seed(settings)
    with opened(settings) as program:
        return grow(program, say, items=items, versions=versions)


def grow(program: Program, say: Say, *, items: int, versions: int) -> bool:
    """Add ``items`` pages of ``versions`` versions each to a filled town, unless it has grown already."""
    with program.database.transaction() as session:
        if session.scalar(select(Item.id).where(Item.path == _section(0))) is not None:
            return False
        editor = session.scalars(select(User).where(User.login == EDITOR)).one()
        growth = Growth(editor, *time_for(session, 2 * items * versions))
        pages = list(_pages(session, actors.user(editor.id), items))
    for number in range(1, versions + 1):
        with program.database.transaction() as session:
            growth.round(session, pages, number)
            if number == versions:
                titles.fill(session)
                request_rebuild(session)
        say(message("seed.large.round", done=number * items, total=versions * items))
    return True


def time_for(session: Session, acts: int) -> tuple[datetime, timedelta]:
    """When the first of ``acts`` is done and how long it is to the next, so that the last one is done now.

    Nothing may be dated before the newest signed state of the log: it would be found, as back-dating must be.
    """
    now = clock.now()
    signed = session.scalar(select(func.max(BulletinCheckpoint.at)))
    start = max(now - acts * PACE, signed or datetime.min.replace(tzinfo=UTC))
    return start, (now - start) // acts


@dataclass
class Page:
    """A page and its newest version; ``id`` is 0 until it is in the database."""

    index: int
    parent_id: int
    path: str
    type: ItemType
    id: int = 0
    version_id: int = 0

    @property
    def ref(self) -> str:
        return events.ref("item", self.id)


def _section(half: int) -> str:
    parent, name, _, _ = PLACES[half]
    return paths.join(parent, name)


def _pages(session: Session, editor: Actor, items: int) -> Iterator[Page]:
    """Pages by turns on the portal and in the Bulletin, ``PER_FOLDER`` in each folder of their section."""
    for half, (parent, name, folder_type, _) in enumerate(PLACES):
        _folder(session, editor, parent, folder_type, name)
        for number in range(_folders(items)):
            _folder(session, editor, _section(half), folder_type, f"teczka-{number + 1}")
    folders = {row.path: row.id for row in session.execute(select(Item.path, Item.id))}
    for index in range(items):
        half, place = index % 2, index // 2
        folder = paths.join(_section(half), f"teczka-{place // PER_FOLDER + 1}")
        yield Page(index, folders[folder], paths.join(folder, f"strona-{place + 1}"), types.of(PLACES[half][3]))


def _folders(items: int) -> int:
    """How many folders half of ``items`` needs."""
    return -(-items // (2 * PER_FOLDER))


def _folder(session: Session, editor: Actor, parent: str, kind: str, name: str) -> None:
    title = name.replace("-", " ").capitalize()
    item = actions.create_item(session, editor, parent, kind, title, name=name, in_menu=False)
    actions.publish(session, editor, item.id)


@dataclass
class Growth:
    """Who enters everything, the moment of the first act, and how long it is to the next."""

    editor: User
    start: datetime
    pace: timedelta
    acts: int = 0

    @property
    def actor(self) -> Actor:
        return actors.user(self.editor.id)

    def round(self, session: Session, pages: Sequence[Page], number: int) -> None:
        """Publish version ``number`` of every page."""
        made = [(page, self._moment(), text(page.index, number)) for page in pages]
        if number == 1:
            self._create(session, made)
        before = [{"id": page.version_id, "withdrawn_at": at} for page, at, _ in made if page.version_id]
        if before:
            session.execute(update(ItemVersion), before)
        versions = [self._version(page, number, at, said) for page, at, said in made]
        ids = session.scalars(insert(ItemVersion).returning(ItemVersion.id, sort_by_parameter_order=True), versions)
        for page, version_id in zip(pages, ids.all(), strict=True):
            page.version_id = version_id
        session.execute(update(Item), [_live(page, number, at, said) for page, at, said in made])
        for page, at, _ in made:
            self._record(session, page, number, at)
        public = [(page, version) for page, version in zip(pages, versions, strict=True) if page.type.family.journal]
        _append_leaves(session, number, public)
        site.bump(session)

    def _moment(self) -> datetime:
        """When the next page is published: two acts after the one before."""
        self.acts += 2
        return self.start + self.acts * self.pace

    def _create(self, session: Session, made: Sequence[tuple[Page, datetime, Text]]) -> None:
        rows = [
            {
                "path": page.path, "parent_id": page.parent_id, "type": page.type.name, "state": PUBLISHED,
                "review": NONE, "title": said.title, "summary": said.summary, "position": page.index // 2 + 1,
                "owner_id": self.editor.id, "created_at": at - self.pace, "changed_at": at, "published_at": at,
            }
            for page, at, said in made
        ]  # fmt: skip
        ids = session.scalars(insert(Item).returning(Item.id, sort_by_parameter_order=True), rows)
        for (page, _, _), item_id in zip(made, ids.all(), strict=True):
            page.id = item_id

    def _version(self, page: Page, number: int, at: datetime, said: Text) -> dict[str, Any]:
        marks = {
            "publisher": "Urząd Gminy Wrotkowo", "produced_by": self.editor.name, "responsible": self.editor.name,
            "produced_on": clock.local(at).date().isoformat(),
        }  # fmt: skip
        return {
            "item_id": page.id, "number": number, "title": said.title, "summary": said.summary, "body": said.body,
            "fields": marks if page.type.family.journal else {}, "reason": said.reason if number > 1 else "",
            "created_at": at - self.pace, "created_by": self.editor.id, "author": self.editor.name,
            "published_at": at, "published_by": self.editor.name,
        }  # fmt: skip

    def _record(self, session: Session, page: Page, number: int, at: datetime) -> None:
        """What saving and publishing leave in the log (``portal.content.acts.changed``)."""
        family, first = page.type.family, number == 1
        kind = {"type": page.type.name}
        with clock.frozen(at - self.pace):
            verb, facts = ("created", kind | {"in_menu": False}) if first else ("saved", kind | {"number": number})
            events.record(session, self.actor, f"{family.verbs}.{verb}", [page.ref], data=facts)
        with clock.frozen(at):
            verb, facts = "published" if first else "updated", kind | {"version": page.version_id, "number": number}
            refs = [page.ref, *([family.journal] if family.journal else [])]
            events.record(session, self.actor, f"{family.verbs}.{verb}", refs, audience="public", data=facts)


def _live(page: Page, number: int, at: datetime, said: Text) -> dict[str, Any]:
    """The item's row once this version is what the public sees; each act counts its ``version`` up."""
    return {
        "id": page.id, "live_version_id": page.version_id, "title": said.title, "summary": said.summary,
        "changed_at": at, "version": 1 + 2 * number,
    }  # fmt: skip


def _append_leaves(session: Session, number: int, made: Sequence[tuple[Page, dict[str, Any]]]) -> None:
    """The public log's leaves of a round, as ``bip.leaves.append`` makes them; salts follow from the position."""
    start = last_number(session, LEAVES, 0)
    rows = [_leaf(start + n, number, page, version) for n, (page, version) in enumerate(made)]
    session.execute(insert(BulletinLeaf), rows)
    here = (NumberSeries.name == LEAVES) & (NumberSeries.year == 0)
    session.execute(update(NumberSeries).where(here).values(last=NumberSeries.last + len(rows)))
    tree.fill(session)


def _leaf(position: int, number: int, page: Page, version: dict[str, Any]) -> dict[str, Any]:
    salt, at = sha256(f"{position}".encode()).hexdigest()[:32], version["published_at"]
    covered = digest(salt, leaves.content(ItemVersion(**version), []))
    data = leaf_data(position, "published", page.id, number, at, page.path, covered)
    return {
        "position": position, "item_id": page.id, "version_id": page.version_id, "act": "published", "at": at,
        "path": page.path, "digest": covered, "salt": salt, "hash": leaf_hash(data).hex(),
    }  # fmt: skip
