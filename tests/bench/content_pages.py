"""What a page costs: warm, unchanged and cold, beside a bare Flask page with three queries, in one interleaved run.

    python -m tests.bench.content_pages [items]

Prints CPU milliseconds per request and ratios; then the same cold pages in a site of 500 and of ``items`` items.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from flask import Flask, render_template_string
from sqlalchemy import create_engine, func, insert, select, update

from bip import actions as bip_actions
from portal.content import actions
from portal.content.models import Item, ItemVersion, SiteVersion
from portal.core import clock, tables
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database, engine_options, prepare
from tests.content.web import make_app

BODY = "<p>" + "Treść strony gminy, zwykła i długa. " * 240 + "</p>"
ROUNDS, BATCH = 15, 20


def town(folder: Path, items: int) -> Database:
    """A site of ``items`` pages in folders of 50, six beside each other in the menu."""
    assert bip_actions
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    engines = [prepare(create_engine(url, **engine_options(url)), writing=w) for w in (True, False)]
    database = Database(*engines)
    tables.upgrade(database.read)
    now = clock.now()
    with database.transaction() as session:
        root = actions.create_root(session, SYSTEM, "front_page", "Gmina")
        actions.publish(session, SYSTEM, root.id)
        common = {
            "state": "published", "review": "none", "created_at": now, "changed_at": now, "published_at": now,
            "summary": "", "language": "pl", "source": "", "settings": {}, "protected": False, "binned_from": "",
            "version": 1,
        }  # fmt: skip
        folders = max(1, items // 50)
        rows = [
            {**common, "id": 100 + n, "path": f"/d{n}", "parent_id": root.id, "type": "folder", "title": f"Dział {n}",
             "position": n, "in_menu": n < 10}
            for n in range(folders)
        ]  # fmt: skip
        rows += [
            {**common, "id": 100_000 + n, "path": f"/d{n // 50}/s{n}", "parent_id": 100 + n // 50, "type": "page",
             "title": f"Strona {n}", "position": n, "in_menu": False}
            for n in range(folders * 50)
        ]  # fmt: skip
        session.execute(insert(Item), rows)
        versions = [
            {"id": row["id"], "item_id": row["id"], "number": 1, "title": row["title"], "summary": "", "body": BODY,
             "fields": {}, "reason": "", "created_at": now, "author": "A", "published_at": now, "published_by": "A"}
            for row in rows
        ]  # fmt: skip
        session.execute(insert(ItemVersion), versions)
        session.execute(update(Item).where(Item.id >= 100).values(live_version_id=Item.id))
    return database


def bare(database: Database) -> Flask:
    """The floor: Flask, Jinja2 and three column queries."""
    app = Flask("bare")
    lines = "<ul>{% for m in menu %}<li>{{ m.title }}</li>{% endfor %}</ul>"
    page = "<html><title>{{ i.title }}</title>" + lines + "{{ v.body|safe }}"

    @app.get("/<path:path>")
    def show(path: str) -> str:
        with database.reading() as session:
            item = session.execute(select(Item.id, Item.title).where(Item.path == f"/{path}")).one()
            version = session.execute(select(ItemVersion.body).where(ItemVersion.item_id == item.id)).one()
            menu = session.execute(select(Item.title).where(Item.in_menu)).all()
        return render_template_string(page, i=item, v=version, menu=menu)

    return app


def cost(act: Callable[[int], object]) -> float:
    """CPU milliseconds of one call, the mean over a batch."""
    start = time.process_time()
    for number in range(BATCH):
        act(number)
    return (time.process_time() - start) * 1000 / BATCH


def measure(acts: dict[str, Callable[[int], object]]) -> dict[str, float]:
    """The median cost of each act, all interleaved."""
    seen: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            seen[name].append(cost(act))
    return {name: statistics.median(values) for name, values in seen.items()}


def acts_on(database: Database, folder: Path) -> dict[str, Callable[[int], object]]:
    ours = make_app(database, FolderBlobStore(folder / "blobs"), folder).test_client()
    floor = bare(database).test_client()
    etag = ours.get("/d1/s51").headers["ETag"]

    def cold(number: int) -> object:
        with database.transaction() as session:
            session.execute(update(SiteVersion).values(number=SiteVersion.number + 1))
        return number

    def cold_page(number: int) -> object:
        cold(number)
        return ours.get(f"/d1/s{50 + number}")

    return {
        "bare": lambda n: floor.get(f"/d1/s{50 + n}"),
        "warm": lambda _n: ours.get("/d1/s51"),
        "unchanged": lambda _n: ours.get("/d1/s51", headers={"If-None-Match": etag}),
        "bump": cold,
        "cold": cold_page,
        "folder": lambda n: (cold(n), ours.get("/d1")),
    }


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    results = {}
    for items in (500, int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        with tempfile.TemporaryDirectory() as name:
            database = town(Path(name), items)
            with database.reading() as session:
                count = session.scalar(select(func.count()).select_from(Item))
            results[items] = found = measure(acts_on(database, Path(name)))
            database.dispose()
        found["cold"] -= found["bump"]
        found["folder"] -= found["bump"]
        print(f"{count} items: " + ", ".join(f"{k} {v:.2f} ms ({v / found['bare']:.2f}x)" for k, v in found.items()))
    small, large = results.values()
    print("large/small: " + ", ".join(f"{k} {large[k] / small[k]:.2f}" for k in small))


if __name__ == "__main__":
    main()
