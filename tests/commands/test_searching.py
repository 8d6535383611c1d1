"""``wrota search rebuild`` and ``check``, as an operator runs them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.commands import searching
from portal.core.db import Database
from tests.search.town import FABLES, Searching
from tests.search.town import searching as opened


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Searching]:
    town = opened(database, tmp_path)
    yield town
    town.presence.leave()


def test_rebuild_shows_how_far_it_is_and_names_the_engine(town: Searching) -> None:
    FABLES.put("lis", "O lisie")
    said: list[str] = []
    steps: list[tuple[int, int]] = []
    assert searching.rebuild(town.program, said.append, lambda done, total: steps.append((done, total)))
    assert steps[-1] == (1, 1)
    assert "tantivy" in said[0]
    assert town.found("lis") == ["lis"]


def test_rebuild_says_so_when_another_one_is_running(town: Searching) -> None:
    said: list[str] = []
    with town.index.rebuild():
        assert not searching.rebuild(town.program, said.append, lambda _done, _total: None)
    assert len(said) == 1


def test_check_names_what_differs_and_has_it_repaired(town: Searching) -> None:
    FABLES.put("lis", "O lisie")
    said: list[str] = []
    assert not searching.check(town.program, said.append, repair=False)
    town.worker.drain()
    assert town.found("lis") == [], "only compared"
    assert not searching.check(town.program, said.append, repair=True)
    assert all("fable:lis" in line for line in (said[0], said[2]))
    town.worker.drain()
    assert searching.check(town.program, said.append, repair=True)


def test_check_asks_for_a_rebuild_of_an_index_that_is_gone(town: Searching) -> None:
    FABLES.put("lis", "O lisie")
    shutil.rmtree(town.program.settings.data_dir / "search")
    assert not searching.check(town.program, lambda _text: None, repair=True)
    town.worker.drain()
    assert town.found("lis") == ["lis"]
