"""Official numbers: no gap and no double, whoever registers at once and whatever fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from eoffice.register.models import Entry
from portal.core import clock, events
from portal.core.db import Database
from portal.core.numbering import last_number, next_number

PROCESSES, EACH = 8, 25
ROOT = Path(__file__).resolve().parents[2]


def test_each_series_and_year_begins_at_one(database: Database) -> None:
    with database.transaction() as session:
        given = [next_number(session, *where) for where in (("A", 2026), ("A", 2026), ("A", 2027), ("B", 2026))]
        assert given == [1, 2, 1, 1]
        assert (last_number(session, "A", 2026), last_number(session, "C", 2026)) == (2, 0)


def test_eight_processes_at_once_leave_no_gap_and_no_double(database: Database, database_url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.core.numbers", database_url, str(EACH), str(seed)],
            cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE,
        )
        for seed in range(PROCESSES)
    ]  # fmt: skip
    for process in started:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told.decode()
    with database.reading() as session:
        numbers = sorted(session.scalars(select(Entry.number)))
        assert numbers == list(range(1, PROCESSES * EACH + 1))
        assert last_number(session, "RPW", clock.today().year) == PROCESSES * EACH
        assert events.broken_link(session) is None
