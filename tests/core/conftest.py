"""A worker at a bench, for every test that wants one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.core.db import Database
from portal.core.outbox import Effect
from tests.core.outside import Bench, Outside

Benches = Callable[..., Bench]


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def benches(database: Database, tmp_path: Path) -> Iterator[Benches]:
    """Makes a bench for the given effects; afterwards its worker leaves."""
    made: list[Bench] = []

    def make(*effects: Effect[Any, Any]) -> Bench:
        made.append(Bench(database, tmp_path / "workers", *effects))
        return made[-1]

    yield make
    for bench in made:
        bench.presence.leave()
