"""What a page costs: warm, unchanged and cold, beside a bare Flask page with three queries, in one interleaved run.

    python -m tests.bench.content_pages [items]

Prints CPU milliseconds per request and ratios; then the same cold pages in a site of 500 and of ``items`` items.
"""

from __future__ import annotations

import io
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import create_engine, func, insert, select, update

from bip import actions as bip_actions
from portal.content import actions, paths
from portal.content.models import Item, ItemVersion, SiteVersion
from portal.core import clock, tables
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database, engine_options, prepare
from tests.content.web import make_app

BODY = "<p>" + "Treść strony gminy, zwykła i długa. " * 240 + "</p>"
ROUNDS, BATCH = 15, 20
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


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


FLOOR = """<!doctype html><html lang="pl"><head><meta charset="utf-8"><title>{{ item.title }}</title></head><body>
<nav><ul>{% for line in menu %}<li><a href="{{ line.path }}">{{ line.title }}</a></li>{% endfor %}</ul></nav>
<nav><ol>{% for path in crumbs %}<li><a href="{{ path }}">{{ path }}</a></li>{% endfor %}</ol></nav>
<main><h1>{{ item.title }}</h1>{{ item.body|safe }}<p>{{ item.published_at }}</p></main>
<aside><ul>{% for line in beside %}<li><a href="{{ line.path }}">{{ line.title }}</a></li>{% endfor %}</ul></aside>
</body></html>"""


def bare(database: Database) -> Flask:
    """The floor: Flask, SQLAlchemy and Jinja2, three queries (page with its text, menu, neighbours), no rights."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"page.html": FLOOR})  # a compiled template, as any program would have it

    @app.get("/<path:path>")
    def show(path: str) -> str:
        with database.reading() as session:
            page = (
                select(Item.id, Item.title, Item.parent_id, Item.published_at, ItemVersion.body)
                .join(ItemVersion, ItemVersion.id == Item.live_version_id)
                .where(Item.path == f"/{path}")
            )
            item = session.execute(page).one()
            menu = session.execute(
                select(Item.path, Item.title).where(Item.in_menu).order_by(Item.position).limit(10)
            ).all()
            beside = session.execute(
                select(Item.path, Item.title).where(Item.parent_id == item.parent_id).order_by(Item.position).limit(40)
            ).all()
        return render_template("page.html", item=item, menu=menu, beside=beside, crumbs=paths.lineage(f"/{path}"))

    return app


def cost(act: Callable[[int], object]) -> float:
    """CPU milliseconds of one call, the mean over a batch; the first call, which may find old pages, is not counted."""
    act(0)
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


class Visitor:
    """Calls a program as a server would (WSGI), without the cost of a test client's own wrapping."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.headers: dict[str, str] = {}

    def get(self, path: str, **more: str) -> bytes:
        body = io.BytesIO()
        environ = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": body,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": AGENT, "HTTP_ACCEPT": "text/html", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": False, "wsgi.run_once": False, **more,
        }  # fmt: skip
        sent = self._app.wsgi_app(environ, self._start)
        found = b"".join(sent)
        if hasattr(sent, "close"):
            sent.close()
        return found

    def _start(self, status: str, headers: list[tuple[str, str]], _failure: object = None) -> Callable[[bytes], object]:
        assert status[:3] in ("200", "304"), status
        self.headers = dict(headers)
        return io.BytesIO().write


def acts_on(database: Database, folder: Path) -> dict[str, Callable[[int], object]]:
    ours = Visitor(make_app(database, FolderBlobStore(folder / "blobs"), folder))
    floor = Visitor(bare(database))
    ours.get("/d1/s51")
    etag = ours.headers["ETag"]

    def change(_number: int) -> object:
        with database.transaction() as session:
            return session.execute(update(SiteVersion).values(number=SiteVersion.number + 1))

    fresh = itertools.count()
    return {
        "bare": lambda n: floor.get(f"/d1/s{50 + n}"),
        "warm": lambda _n: ours.get("/d1/s51"),
        "unchanged": lambda _n: ours.get("/d1/s51", HTTP_IF_NONE_MATCH=etag),
        # An address nobody asked for before: everything but the menu, which is kept per version of the site.
        "cold": lambda n: ours.get(f"/d1/s{50 + n}", QUERY_STRING=f"n={next(fresh)}"),
        "cold folder": lambda _n: ours.get("/d1", QUERY_STRING=f"n={next(fresh)}"),
        # Right after a change, when nothing at all is kept and SQLite reads its pages anew.
        "change": change,
        "bare after a change": lambda n: (change(n), floor.get(f"/d1/s{50 + n}")),
        "cold after a change": lambda n: (change(n), ours.get(f"/d1/s{50 + n}")),
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
        change = found.pop("change")
        for name in ("bare after a change", "cold after a change"):
            found[name] -= change
        print(f"{count} items: " + ", ".join(f"{k} {v:.2f} ms ({v / found['bare']:.2f}x)" for k, v in found.items()))
    small, large = results.values()
    print("large/small: " + ", ".join(f"{k} {large[k] / small[k]:.2f}" for k in small))


if __name__ == "__main__":
    main()
