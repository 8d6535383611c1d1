"""The engine of a running program, opened once and shared by its threads."""

from __future__ import annotations

import threading

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.program import Program
from portal.core.settings import Settings
from search.backends import open_index
from search.index import SearchIndex
from search.models import SynonymLine
from search.polish import analyser
from search.synonyms import Synonyms

_opening = threading.Lock()


def of(program: Program) -> SearchIndex:
    """The search engine ``program`` is set to use. Raises ``ValueError`` when its settings fit no engine."""
    ports = program.ports
    with _opening:
        if not ports.names(SearchIndex):
            ports.bind_later(SearchIndex, "default", lambda: _open(program.settings))
    return ports.of(SearchIndex)


def _open(settings: Settings) -> SearchIndex:
    folder = settings.data_dir / "search"
    return open_index(settings.search_engine, folder, analyser(), database_url=settings.database)


def lacking(program: Program) -> list[str]:
    """What this machine lacks, so that search is worse than it could be: ``dictionary`` (no Morfeusz: stems only),
    ``engine`` (tantivy is set, Whoosh answers). Empty on a whole machine."""
    found = {
        "dictionary": analyser().degraded,
        "engine": of(program).name != program.settings.search_engine,
    }
    return [name for name, lacks in found.items() if lacks]


class Tuning:
    """Brings the editor's synonyms to the engine when the table has changed since."""

    def __init__(self) -> None:
        self._seen: tuple[object, ...] = (None, 0)
        self._lock = threading.Lock()

    def bring(self, session: Session, index: SearchIndex) -> None:
        """One small statement; the table is read only when it changed."""
        row = session.execute(select(func.max(SynonymLine.changed_at), func.count())).one()
        stamp = tuple(row)
        with self._lock:
            if stamp == self._seen:
                return
            lines = session.scalars(select(SynonymLine.line).order_by(SynonymLine.id)).all()
            table = Synonyms.of(analyser(), lines) if lines else Synonyms.standard(analyser())
            index.use_synonyms(table)
            self._seen = stamp
