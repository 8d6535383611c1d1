"""``kill -9`` at any moment of indexing and of a rebuild: the index opens, has all it promised, and nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.backends import ENGINES, open_index
from search.index import Query, SearchIndex
from search.polish import analyser
from tests.search.engines import filled, new_database
from tests.search.hand import doc

KILLS = 5


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str, str]:
    """The engine, its folder and its database."""
    url = new_database(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    return request.param, str(tmp_path), url


@pytest.fixture
def index(place: tuple[str, str, str]) -> Iterator[SearchIndex]:
    engine, folder, url = place
    index = filled(open_index(engine, Path(folder), analyser(), database_url=url), [])
    yield index
    index.close()


def run_and_kill(place: tuple[str, str, str], act: str, begin: int, after: float, least: int) -> list[str]:
    """What the process said before it was killed ``after`` seconds and at least ``least`` lines of work."""
    command = [sys.executable, "-m", "tests.search.hand", *place, act, str(begin)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        heard = threading.Event()

        def listen(stream: Iterator[str]) -> None:
            for line in stream:
                said.append(line.strip())
                if len(said) > least:
                    heard.set()
            heard.set()

        listener = threading.Thread(target=listen, args=(process.stdout,))
        listener.start()
        assert heard.wait(60)
        threading.Event().wait(after)
        process.kill()
        listener.join(30)
    return said[1:]


def test_a_killed_writer_leaves_an_index_with_everything_it_promised(
    place: tuple[str, str, str], index: SearchIndex
) -> None:
    rng = random.Random(7)
    promised: set[int] = set()
    begin = 0
    for _ in range(KILLS):
        said = run_and_kill(place, "put", begin, rng.random() * 0.15, 1)
        promised |= {int(number) for number in said}
        begin = max(promised) + 3
        assert index.check().ok
        keys = [key for key, _ in index.digests()]
        assert len(keys) == len(set(keys))
        assert {f"item:{number}" for number in promised} <= set(keys)
        page = index.search(Query("wspólna treść", size=100))
        assert page.total == len(keys)
        # Between putting and deleting there may be one document more than promised, never one fewer.
        assert len(keys) <= len(promised) + 2 * KILLS
        index.put([doc(1_000_000)])
        index.delete(["item:1000000"])


def test_a_killed_rebuild_leaves_the_old_index_answering_and_the_next_one_succeeds(
    place: tuple[str, str, str], index: SearchIndex
) -> None:
    index.put([doc(7)])
    rng = random.Random(8)
    before = 1
    for _ in range(KILLS):
        built = run_and_kill(place, "rebuild", 0, rng.random() * 0.3, 0)
        assert index.check().ok
        total = index.search(Query("wspólna treść")).total
        assert total in ({300} if built else {before, 300}), "all of the old index or all of the new one"
        index.put([doc(900)])
        before = index.search(Query("wspólna treść")).total
        assert index.search(Query("dokument 900")).hits[0].key == "item:900"
    filled(index, [doc(1)])
    assert dict(index.digests()).keys() == {"item:1"}
    if place[0] != "postgres":
        assert len(list(Path(place[1]).glob("*/g-*"))) == 1


def test_a_write_clears_away_what_a_killed_rebuild_left_unfinished(
    place: tuple[str, str, str], index: SearchIndex
) -> None:
    assert run_and_kill(place, "stop", 5, 0.0, 1) == ["begun"]
    index.put([doc(900)])
    assert index.search(Query("dokument 900")).hits[0].key == "item:900"
    assert [key for key, _ in index.digests()] == ["item:900"]
    if place[0] != "postgres":
        assert len(list(Path(place[1]).glob("*/g-*"))) == 1, "the unfinished generation is gone"
        assert not list(Path(place[1]).glob("*/NEXT"))
