"""One web process over a database that others write to: ``python -m tests.content.serving ADDRESS FOLDER [blind]``.

Prints its port when it answers. ``blind`` keeps pages without asking what they depend on, which is the mistake
that the test of freshness must notice.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
import waitress
from sqlalchemy import create_engine

from portal.content.page_cache import PageCache, key_of
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database, engine_options, prepare
from portal.web import gate
from portal.web.gate import Answer
from tests.content.web import make_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class BlindCache(PageCache):
    """Pages kept by their address alone."""

    def find(self, environ: WSGIEnvironment) -> Answer | None:
        """Whatever was kept first."""
        kept = self._pages.get(key_of(environ))
        return kept.answer if kept else None


def main(address: str, folder: Path, *, blind: bool) -> None:
    """Serve until the process is ended."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    write, read = (prepare(create_engine(address, **engine_options(address)), writing=w) for w in (True, False))
    database = Database(write, read)
    app = make_app(database, FolderBlobStore(folder / "blobs"), folder)
    if blind:
        gate.of(app).keeper = BlindCache(database)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), blind="blind" in sys.argv[3:])
