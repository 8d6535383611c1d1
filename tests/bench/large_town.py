"""Does a large town cost more than a small one? The pages that could grow with it, in one interleaved run.

    python -m tests.bench.large_town [items [versions]]

Prints, for each page, milliseconds of processor in the small and in the large town and their ratio (1.5 is the bar);
then how long ``wrota verify`` takes over the large town's events, and that it names the one that was changed.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import func, select, text

from portal.accounts.models import User
from portal.app import create_app
from portal.commands import migrate, seed_large
from portal.commands.verify import verify
from portal.content.models import Item, ItemVersion
from portal.core import actors
from portal.core.db import Database
from portal.core.events import Event
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web.context import EXTENSION
from tests.content.web import log_in

SMALL = 200
ROUNDS, BATCH = 9, 6
BAR = 1.5
PORTAL, BULLETIN = "/archiwum/teczka-1", "/bip/zasob-archiwalny/teczka-1"
WORD, RARE = "remontu", "77"
"""A word of many lines of the register, and one of a handful."""
PAGES = {
    "folder of the portal": PORTAL,
    "page of the portal": f"{PORTAL}/strona-1",
    "folder of the Bulletin": BULLETIN,
    "item of the Bulletin, its states listed": f"{BULLETIN}/strona-1",
    "an earlier state": f"{BULLETIN}/strona-1/wersja/2",
    "difference of two states": f"{BULLETIN}/strona-1/porownanie/1/2",
    "register of changes": "/bip/rejestr-zmian",
    "register: a word and a section": f"/bip/rejestr-zmian?q={WORD}&dzial={BULLETIN}",
    "register: words, person, act, days": f"/bip/rejestr-zmian?q={WORD}&kto=Maj&czyn=bip.updated&od=2020-01-01",
    "register: a rare word": f"/bip/rejestr-zmian?q={RARE}",
    "register as a feed": f"/bip/rejestr-zmian.atom?q={WORD}",
    "home": "/",
    "home of the Bulletin": "/bip/",
}
"""Each is asked for under an address of its own (``?n=…``), so that none comes from the kept pages."""

Get = Callable[[str], int]


def grown(folder: Path, items: int, versions: int) -> Flask:
    """The program over a town of ``items`` pages with ``versions`` versions each."""
    settings = Settings(data_dir=folder, secret_key="bench", demo=True)
    start = time.perf_counter()
    migrate.migrate(settings)
    migrate.migrate(settings)
    seed_large.seed_large(settings, lambda _said: None, items=items, versions=versions)
    app = create_app(settings)
    with program(app).database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Item, ItemVersion, Event)]
    seconds = time.perf_counter() - start
    print("{} items, {} versions, {} events, seeded in {:.0f} s".format(*counts, seconds), flush=True)
    return app


def program(app: Flask) -> Program:
    """What the pages of ``app`` stand on."""
    found: Program = app.extensions[EXTENSION]
    return found


def asked(app: Flask) -> dict[str, Callable[[], object]]:
    """Name of a page → asking for it; the editor's history as a person who is logged in."""
    numbers: Iterator[int] = itertools.count()
    visitor = app.test_client(use_cookies=False)
    with program(app).database.reading() as session:
        editor = session.scalars(select(User.id).where(User.login == seed_large.EDITOR)).one()
        item = session.scalars(select(Item.id).where(Item.path == f"{PORTAL}/strona-1")).one()
    person = log_in(app.test_client(), actors.user(editor))

    def visit(path: str) -> Callable[[], object]:
        return lambda: _ok(visitor.get(f"{path}?n={next(numbers)}").status_code, path)

    history = f"/redakcja/strona/{item}/historia"
    own: dict[str, Callable[[], object]] = {
        "history, as editors see it": lambda: _ok(person.get(history).status_code, history)
    }
    return {name: visit(path) for name, path in PAGES.items()} | own


def _ok(status: int, path: str) -> None:
    if status != 200:
        raise SystemExit(f"{path}: {status}")


def cost(act: Callable[[], object]) -> float:
    """Milliseconds of processor, the mean of a batch."""
    start = time.process_time()
    for _ in range(BATCH):
        act()
    return (time.process_time() - start) * 1000 / BATCH


def compared(small: Flask, large: Flask) -> None:
    """Print each page's cost in both towns."""
    one, other = asked(small), asked(large)
    for name in one:
        one[name](), other[name]()
        pairs = [(cost(one[name]), cost(other[name])) for _ in range(ROUNDS)]
        few, many = (statistics.median(column) for column in zip(*pairs, strict=True))
        mark = "" if many / few <= BAR else "  <- over the bar"
        print(f"{name:42} {few:7.2f} ms {many:7.2f} ms {many / few:6.2f}x{mark}", flush=True)


def verified(database: Database, app: Flask) -> None:
    """Print how long the check of all events takes, and what it says when one was changed behind our back."""
    said: list[str] = []
    start = time.perf_counter()
    whole = verify(database, program(app).blobs, said.append)
    print(f"verify: {whole}, {time.perf_counter() - start:.1f} s: {' '.join(said)}", flush=True)
    with database.write.begin() as connection:
        middle = connection.execute(select(func.max(Event.seq))).scalar_one() // 2
        connection.execute(text("update event set verb = 'content.forged' where seq = :seq"), {"seq": middle})
    said.clear()
    start = time.perf_counter()
    whole = verify(database, program(app).blobs, said.append)
    named = any(str(middle) in line for line in said)
    print(f"verify, event {middle} changed: {whole}, named {named}, {time.perf_counter() - start:.1f} s")


def main() -> None:
    """Both towns, all pages, then the check of the large one's events."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    items = int(sys.argv[1]) if len(sys.argv) > 1 else seed_large.ITEMS
    versions = int(sys.argv[2]) if len(sys.argv) > 2 else seed_large.VERSIONS
    with tempfile.TemporaryDirectory() as name:
        small = grown(Path(name) / "small", SMALL, versions)
        large = grown(Path(name) / "large", items, versions)
        compared(small, large)
        verified(program(large).database, large)
        for app in (small, large):
            program(app).database.dispose()


if __name__ == "__main__":
    main()
