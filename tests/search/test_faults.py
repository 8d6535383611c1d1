"""A broken index: the site goes on and says so, operators see what is wrong, and it heals by itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from portal.app import create_app
from portal.commands import searching as searching_commands
from portal.core import clock
from portal.core.db import Database
from portal.core.outbox import Job
from portal.core.settings import Settings
from portal.web.context import EXTENSION
from portal.web.health import Part
from search import actions, effects, engines, upkeep
from search.backends import ENGINES
from search.backends.postgres import PostgresIndex
from search.index import IndexUnavailable, Query, SearchIndex
from search.polish import analyser
from search.sources import Loaded
from tests.search.engines import new_database
from tests.search.hand import doc
from tests.search.test_sync import another_fingerprint, delete_all, folder, overwrite_every_file, shorten_every_file
from tests.search.town import FABLES, Searching, searching

FILES = ("tantivy", "whoosh")


@pytest.fixture(params=FILES)
def town(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Searching]:
    town = searching(database, tmp_path, request.param)
    for name in ("lis", "kruk"):
        FABLES.put(name, f"Bajka: {name}")
    actions.rebuild(town.database, town.index)
    yield town
    town.presence.leave()


def on_full_disk(town: Searching, act: str, most: int) -> str:
    """What became of ``act`` in a process whose disk takes files of at most ``most`` bytes."""
    settings = town.program.settings
    command = [sys.executable, "-m", "tests.search.hand", settings.search_engine, str(settings.data_dir / "search"), ""]
    done = subprocess.run([*command, act, str(most)], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def minute_passes(town: Searching) -> None:
    """What a worker does when the next look at the index is due."""
    with town.database.transaction() as session:
        upkeep.ensure(session, town.program)
    town.worker.drain()


def jobs(town: Searching, topic: str) -> list[Job]:
    with town.database.reading() as session:
        return list(session.scalars(select(Job).where(Job.topic == topic)))


@pytest.mark.parametrize("act", ["full-put", "full-rebuild"])
@pytest.mark.parametrize("most", [0, 300])
def test_a_full_disk_is_named_and_leaves_the_index_answering_and_writable(town: Searching, act: str, most: int) -> None:
    assert on_full_disk(town, act, most) == "search.full"
    assert town.found("bajka") == ["kruk", "lis"]
    assert town.index.check().documents == 3
    FABLES.put("wilk", "Bajka: wilk")
    town.request("wilk")
    town.worker.drain()
    assert town.found("bajka") == ["kruk", "lis", "wilk"]
    assert jobs(town, actions.REBUILD) == [], "what was there is whole: nothing is built anew"
    assert len(list(folder(town).glob("g-*"))) == 1, "no ruins of an unfinished generation"


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_byte_that_changed_on_the_disk_is_noticed_within_the_hour_and_heals(town: Searching, place: float) -> None:
    minute_passes(town)
    assert jobs(town, actions.REBUILD) == []
    generation = folder(town) / (folder(town) / "CURRENT").read_text()
    largest = max(
        (f for f in generation.iterdir() if f.suffix in (".seg", ".term")), key=lambda file: file.stat().st_size
    )
    data = bytearray(largest.read_bytes())
    data[int(len(data) * place)] ^= 1
    largest.write_bytes(data)
    with clock.frozen(clock.now() + timedelta(hours=1, minutes=1)):
        minute_passes(town)
    assert [job.state for job in jobs(town, actions.REBUILD)] == ["done"]
    assert town.found("bajka") == ["kruk", "lis"]
    assert town.index.altered() == ""


def test_a_change_on_a_full_disk_is_tried_again_later() -> None:
    class Full:
        name = "full"

        def delete(self, _keys: object) -> None:
            raise IndexUnavailable("no room", code="search.full")

    with pytest.raises(IndexUnavailable):
        effects.index_all(cast(SearchIndex, Full()), [Loaded("fable:lis", None)])


def rebuild_with(town: Searching, meanwhile: Callable[[Path], None]) -> None:
    """A rebuild during which ``meanwhile`` is done to the new generation."""
    with town.index.rebuild() as filling:
        filling.fill(lambda: [doc(1)])
        meanwhile(folder(town) / (folder(town) / "NEXT").read_text())


@pytest.mark.parametrize("damage", [shutil.rmtree, overwrite_every_file, shorten_every_file])
def test_a_spoiled_new_generation_does_not_hurt_the_one_that_answers(
    town: Searching, damage: Callable[[Path], None]
) -> None:
    def meanwhile(generation: Path) -> None:
        damage(generation)
        FABLES.put("wilk", "Bajka: wilk")
        town.request("wilk")
        town.worker.drain()
        assert town.found("bajka") == ["kruk", "lis", "wilk"]

    with pytest.raises(IndexUnavailable):
        rebuild_with(town, meanwhile)
    assert town.found("bajka") == ["kruk", "lis", "wilk"]
    actions.rebuild(town.database, town.index)
    assert town.found("bajka") == ["kruk", "lis", "wilk"]


def test_a_new_generation_spoiled_at_the_end_does_not_take_over(town: Searching) -> None:
    with pytest.raises(IndexUnavailable):
        rebuild_with(town, overwrite_every_file)
    assert town.found("bajka") == ["kruk", "lis"]
    assert not (folder(town) / "NEXT").exists()


@pytest.fixture(params=ENGINES)
def anywhere(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Searching]:
    """A town on each engine whose site can be opened (``site``)."""
    url = new_database(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    town = searching(database, tmp_path, request.param, url)
    FABLES.put("lis", "Bajka: lis")
    actions.rebuild(town.database, town.index)
    yield town
    town.index.close()
    town.presence.leave()


def drop_tables(town: Searching) -> None:
    with psycopg.connect(town.program.settings.database_url) as database:
        database.execute("drop table ws_meta")


def other_analyser(town: Searching) -> None:
    if town.program.settings.search_engine == "postgres":
        with psycopg.connect(town.program.settings.database_url) as database:
            database.execute("update ws_meta set value = 'polish-0:older' where name like 'made_by:%'")
    else:
        another_fingerprint(folder(town))


def delete_index(town: Searching) -> None:
    return drop_tables(town) if town.program.settings.search_engine == "postgres" else delete_all(folder(town))


@pytest.mark.parametrize(("damage", "state"), [(delete_index, "missing"), (other_analyser, "outdated")])
def test_what_happens_to_an_index_at_rest_is_noticed_and_healed_within_a_minute(
    anywhere: Searching, damage: Callable[[Searching], None], state: str
) -> None:
    minute_passes(anywhere)
    damage(anywhere)
    anywhere.index.close()
    assert upkeep.condition(anywhere.program).state == state
    minute_passes(anywhere)
    assert upkeep.condition(anywhere.program).ok
    assert anywhere.found("bajka") == ["lis"]
    assert len(jobs(anywhere, actions.REBUILD)) == 1


@pytest.fixture
def visitor(database_url: str, town: Searching, tmp_path: Path) -> Iterator[FlaskClient]:
    """Somebody on the pages of the town."""
    engine = town.program.settings.search_engine
    app = create_app(Settings(data_dir=tmp_path, database_url=database_url, search_engine=engine))
    yield app.test_client()
    app.extensions[EXTENSION].database.dispose()


def test_the_site_goes_on_without_its_index_says_so_kindly_and_is_whole_again(
    visitor: FlaskClient, town: Searching
) -> None:
    assert visitor.get("/szukaj?q=bajka").status_code == 200
    assert visitor.get("/readyz").text == "ready\n"
    delete_all(folder(town))
    with capture_logs() as said:
        answer = visitor.get("/szukaj?q=bajka")
    assert [(line["code"], line["log_level"]) for line in said if line["event"] == "search_unavailable"] == [
        ("search.missing", "warning")
    ]
    assert (answer.status_code, "Wyszukiwarka chwilowo nie działa" in answer.text) == (503, True)
    assert visitor.get("/szukaj.json?q=bajka").status_code == 503
    assert visitor.get("/readyz").text == "ready\nsearch: missing\n"
    assert 'wrota_part_ok{part="search",state="missing"} 0.0' in visitor.get("/metrics").text
    assert visitor.get("/healthz").status_code == 200
    minute_passes(town)
    assert "/bajki/lis" in visitor.get("/szukaj?q=bajka").text
    assert 'wrota_part_ok{part="search",state="ok"} 1.0' in visitor.get("/metrics").text


def test_a_machine_without_the_wheels_of_search_is_said_to_lack_them(database: Database, tmp_path: Path) -> None:
    town = searching(database, tmp_path, "whoosh")
    assert town.index.name == "whoosh"
    set_to_tantivy = replace(town.program, settings=replace(town.program.settings, search_engine="tantivy"))
    assert engines.lacking(town.program) == []
    assert engines.lacking(set_to_tantivy) == ["engine"]
    assert upkeep.condition(set_to_tantivy) == Part("search", "degraded", ok=False)
    said: list[str] = []
    assert searching_commands.check(set_to_tantivy, said.append, repair=False)
    assert said[0].startswith("Odpowiada zapasowa wyszukiwarka")
    town.presence.leave()


def test_a_question_the_database_holds_up_is_given_up_and_the_next_one_answered(postgres_url: str) -> None:
    url = new_database(postgres_url)
    index = PostgresIndex(url, analyser(), longest_ms=200)
    with index.rebuild() as rebuild:
        rebuild.fill(lambda: [doc(1)])
    with psycopg.connect(url) as other:
        other.execute("lock table ws_g1_posting in access exclusive mode")
        with pytest.raises(IndexUnavailable) as problem:
            index.search(Query("treść"))
        assert problem.value.code == "search.slow"
    assert index.search(Query("treść")).total == 1
    index.close()


def test_an_engine_that_is_set_again_is_compared_with_what_happened_without_it(
    database: Database, tmp_path: Path
) -> None:
    first = searching(database, tmp_path, "tantivy")
    FABLES.put("lis", "Bajka: lis")
    FABLES.put("kruk", "Bajka: kruk")
    first.request("lis", "kruk")
    minute_passes(first)
    kept = dict(FABLES.kept)
    other = searching(database, tmp_path, "whoosh")
    FABLES.kept.update(kept)
    del FABLES.kept["kruk"]
    FABLES.put("wilk", "Bajka: wilk")
    minute_passes(other)
    assert other.found("bajka") == ["lis", "wilk"]
    assert first.found("bajka") == ["kruk", "lis"], "nothing reached the engine that was not set"
    minute_passes(first)
    assert first.found("bajka") == ["lis", "wilk"]
    compared = len(jobs(first, actions.COMPARE))
    minute_passes(first)
    assert len(jobs(first, actions.COMPARE)) == compared, "once is enough"
    for town in (first, other):
        town.presence.leave()


def test_a_change_that_could_never_be_written_is_found_by_the_next_comparison(town: Searching) -> None:
    effect = next(e for e in effects.effects(town.program) if e.topic == actions.INDEX)
    assert effect.gave_up is not None
    with town.database.transaction() as session:
        effect.gave_up(session, {}, "failed", IndexUnavailable("no room", code="search.full"))
    (job,) = jobs(town, actions.COMPARE)
    assert job.run_after - job.created_at > upkeep.REST / 2
