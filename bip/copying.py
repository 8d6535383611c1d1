"""Daily copies of the whole Bulletin on another disk, and the test that the newest can be trusted.

The duty: a copy within 24 hours of a change, none without one (rozp. MSWiA z 18.01.2007, § 18). A copy holds what
anyone needs to check it without us: the log, the register of changes, every published state of every item, the
files, the reports of availability, and signed sums over it all (``bip.verify_export``).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bip import availability, exports, journal, notes, proofs, stamping, tree
from bip.models import BulletinCopy, BulletinLeaf
from bip.shelf import Shelf
from bip.types import JOURNAL
from portal.content.models import Item
from portal.core import clock
from portal.core.blobs import MissingBlob
from portal.core.errors import Temporary
from portal.core.events import Event, EventRef
from portal.core.program import Program
from portal.web.texts import message

log = structlog.get_logger(__name__)

NAME = "%Y-%m-%dT%H%M%SZ"
"""A copy is named after the moment it was begun."""
COPY, TEST = "copy", "test"
WHOLE, BROKEN, NONE = "whole", "broken", "none"
WITHIN = timedelta(hours=24)
"""How soon a change must be in a copy."""
BATCH = 200
MONTHS = 12
"""Of how many past months the first copy stays."""

Key = Callable[[], Ed25519PrivateKey]


@dataclass(frozen=True, slots=True)
class Asked:
    """A copy to be made: its name, how much of the log and the register it holds, what it may take over and drop."""

    name: str
    size: int
    up_to: int
    earlier: str
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it."""

    asked: Asked
    outcome: str
    said: str = ""
    files: int = 0
    length: int = 0
    removed: tuple[str, ...] = ()


def due(session: Session) -> Asked | None:
    """The copy that is to be made now: something changed since the last, which is not of today.

    After an erasure by law (RODO) it is made at once, as the copies before hold what was erased.
    """
    (size, up_to), now = _ends(session), clock.now()
    erased = session.scalar(select(func.max(BulletinLeaf.at)).where(BulletinLeaf.act == "erased"))
    made = last(session, COPY, WHOLE)
    if made is not None:
        begun = datetime.strptime(made.name, NAME).replace(tzinfo=UTC)
        todays = clock.local(made.at).date() == clock.today() and not (erased and erased >= begun)
        if (made.size, made.up_to) == (size, up_to) or todays:
            return None
    return Asked(f"{now:{NAME}}", size, up_to, made.name if made else "", erased) if size else None


def _ends(session: Session) -> tuple[int, int]:
    """How long the log and the register are at one moment; asked again when an act came in between."""
    newest = select(func.max(EventRef.seq)).where(EventRef.ref == JOURNAL)
    while True:
        before, size = session.scalar(newest), tree.size(session)
        if session.scalar(newest) == before:
            return size, before or 0


def last(session: Session, kind: str, outcome: str = "") -> BulletinCopy | None:
    """The newest fact of a kind, of an outcome when one is given."""
    query = select(BulletinCopy).where(BulletinCopy.kind == kind)
    query = query.where(BulletinCopy.outcome == outcome) if outcome else query
    return session.scalars(query.order_by(BulletinCopy.id.desc()).limit(1)).first()


def uncopied_since(session: Session) -> datetime | None:
    """When the oldest change came that no copy holds; ``None`` when the newest copy holds everything."""
    made = last(session, COPY, WHOLE)
    query = select(func.min(Event.at)).join(EventRef, EventRef.seq == Event.seq).where(EventRef.ref == JOURNAL)
    return session.scalar(query.where(EventRef.seq > (made.up_to if made else 0)))


@dataclass
class Copying:
    """One copy being written."""

    program: Program
    shelf: Shelf
    key: Ed25519PrivateKey
    asked: Asked
    sums: list[str] = field(default_factory=list)
    length: int = 0

    def write(self) -> Made:
        """Write it all, then drop what the rule no longer keeps. Raises ``Temporary``."""
        settings, reading = self.program.settings, self.program.database.reading
        public = notes.public_text(self.key.public_key())
        self.shelf.begin(self.asked.name)
        files = dict[str, None]()
        for number, facts in self._items():
            self._put(f"strony/{number}.json", [_json(facts)])
            shown = (leaf["content"] for leaf in facts["leaves"] if leaf["content"] is not None)
            files |= dict.fromkeys(total for content in shown for _, total in content["files"])
        for digest in files:
            self._file(digest)
        pieces = proofs.log(reading, public, stamping.published(settings), most=self.asked.size)
        self._put("dziennik.json", (piece.encode() for piece in pieces))
        self._put("rejestr-zmian.json", self._register())
        for month, facts in self._reports():
            self._put(f"dostepnosc/{month}.json", [_json(facts)])
        self._put("klucz.txt", [f"{public}\n".encode()])
        self._put("README.txt", [message("bip.copy.readme", office=settings.office_name).encode()])
        text = "".join(self.sums).encode()
        self.shelf.put(self.asked.name, "SHA256SUMS", [text])
        self.shelf.put(self.asked.name, "SHA256SUMS.sig", [base64.b64encode(self.key.sign(text))])
        self.shelf.finish(self.asked.name)
        return Made(self.asked, WHOLE, "", len(self.sums), self.length, tuple(self._dropped()))

    def _dropped(self) -> Iterator[str]:
        """Take away what the rule no longer keeps. What the disk will not let go is tried with the next copy: this one
        is whole all the same, and making it again every hour would only fill the disk."""
        names, kept = self.shelf.names(), self.program.settings.bulletin_copies_kept
        for name in superfluous(names, kept, self.asked.erased_at):
            try:
                self.shelf.remove(name)
            except Temporary as problem:
                log.warning("bulletin_copy_not_removed", copy=name, reason=problem.reason)
            else:
                yield name

    def _put(self, name: str, pieces: Iterable[bytes]) -> None:
        total, length = self.shelf.put(self.asked.name, name, pieces)
        self._noted(name, total, length)

    def _noted(self, name: str, total: str, length: int) -> None:
        self.sums.append(f"{total}  {name}\n")
        self.length += length

    def _file(self, digest: str) -> None:
        """A file beside some published state; one whose bytes are gone is left out, and the test names it."""
        name = f"pliki/{digest}"
        length = self.shelf.take(self.asked.name, name, digest, self.asked.earlier)
        if length is not None:
            self._noted(name, digest, length)
            return
        try:
            self._put(name, [self.program.blobs.get(digest)])
        except MissingBlob:
            return

    def _items(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every item that ever was public with all its leaves, a few hundred leaves read at once."""
        after = 0
        while True:
            with self.program.database.reading() as session:
                ids = session.scalars(
                    select(BulletinLeaf.item_id)
                    .where(BulletinLeaf.item_id > after, BulletinLeaf.position < self.asked.size)
                    .group_by(BulletinLeaf.item_id)
                    .order_by(BulletinLeaf.item_id)
                    .limit(BATCH)
                ).all()
                found = _read(session, ids, self.asked.size)
            yield from found
            if not ids:
                return
            after = ids[-1]

    def _register(self) -> Iterator[bytes]:
        asked = journal.changes().where(self.asked.up_to >= journal.ORDER)
        between = b'{"rows": [\n '
        for line in journal.parts(self.program.database.reading, asked):
            row = exports.register_row(line, self.program.settings.public_url)
            yield between + json.dumps(row, ensure_ascii=False).encode()
            between = b",\n "
        yield b"\n]}\n" if between.startswith(b",") else b'{"rows": []}\n'

    def _reports(self) -> Iterator[tuple[str, dict[str, Any]]]:
        with self.program.database.reading() as session:
            months = availability.months(session)
        for month in months:
            with self.program.database.reading() as session:
                first = date.fromisoformat(f"{month}-01")
                facts = availability.report(session, first, self.program.settings.office_name, self.key)
            yield month, facts


def _read(session: Session, ids: Iterable[int], size: int) -> list[tuple[int, dict[str, Any]]]:
    items = {row.id: row for row in session.scalars(select(Item).where(Item.id.in_(list(ids))))}
    rows = session.scalars(
        select(BulletinLeaf)
        .where(BulletinLeaf.item_id.in_(items), BulletinLeaf.position < size)
        .order_by(BulletinLeaf.position)
    )
    found: dict[int, list[dict[str, Any]]] = {number: [] for number in items}
    for row, facts in proofs.facts_of(session, rows.all()):
        found[row.item_id].append(facts)
    return [(number, _facts(items[number], leaves)) for number, leaves in found.items()]


def _facts(item: Item, leaves: list[dict[str, Any]]) -> dict[str, Any]:
    moment = item.published_at.isoformat() if item.published_at else None
    return {"format": proofs.FORMAT, "item": item.id, "type": item.type, "published_at": moment, "leaves": leaves}


def _json(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def superfluous(names: list[str], newest: int, erased_at: datetime | None) -> list[str]:
    """Of the finished copies (by name, oldest first) those that need not stay.

    The newest ``newest`` stay, and the first of each of the last twelve months; what was made before an erasure by law
    goes. The very newest always stays.
    """
    since = clock.today() - timedelta(days=31 * MONTHS)
    firsts: dict[str, str] = {}
    for name in names:
        if name[:10] >= since.isoformat():
            firsts.setdefault(name[:7], name)
    kept = {*names[-max(newest, 1) :], *firsts.values()}
    limit = f"{erased_at:{NAME}}" if erased_at else ""
    return [name for name in names[:-1] if name not in kept or name <= limit]
