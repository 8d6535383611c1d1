"""The index stays in step with the database, and heals when it is lost, damaged or outdated."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.content import actions as content
from portal.content import searched
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.documents import Document
from portal.core.outbox import Job
from search import actions, sources, upkeep
from search.backends import whoosh
from search.backends.folder import Folder
from search.index import Doc, IndexUnavailable, Query
from tests.search import files
from tests.search.town import FABLES, KIND, Searching, searching

assert "item" in sources.SOURCES, searched


@pytest.fixture(params=["tantivy", "whoosh"])
def town(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Searching]:
    town = searching(database, tmp_path, request.param)
    yield town
    town.presence.leave()


def folder(town: Searching) -> Path:
    return town.program.settings.data_dir / "search" / town.program.settings.search_engine


def test_a_thing_is_found_after_its_job_and_gone_after_the_next(town: Searching) -> None:
    FABLES.put("lis", "O lisie i winogronach")
    town.request("lis")
    assert town.found("lis") == []
    town.worker.drain()
    assert town.found("winogrono") == ["lis"]
    del FABLES.kept["lis"]
    town.request("lis")
    town.worker.drain()
    assert town.found("winogrono") == []


def test_the_same_job_twice_changes_nothing(town: Searching) -> None:
    FABLES.put("lis", "O lisie")
    town.request("lis", "lis", "lis")
    town.worker.drain()
    assert town.found("lis") == ["lis"]
    assert town.index.check().documents == 1


def test_a_thousand_changes_are_written_together_and_one_that_failed_takes_no_other_with_it(town: Searching) -> None:
    for number in range(300):
        FABLES.put(f"jeż-{number}", f"Jeż {number}")
    town.request(*FABLES.kept)
    with town.database.transaction() as session:
        actions.request_index(session, "nobody", "1")
    assert town.worker.drain() <= 4
    assert town.index.search(Query("jeż")).total == 300
    with town.database.reading() as session:
        left = session.scalars(select(Job.payload).where(Job.topic == actions.INDEX, Job.state != "done")).all()
    assert [one["kind"] for one in left] == ["nobody"]


def test_a_published_page_is_found_within_two_seconds_and_gone_within_two_of_withdrawal(
    database: Database, town: Searching
) -> None:
    with database.transaction() as session:
        root = content.create_root(session, SYSTEM, "front_page", "Gmina")
        content.publish(session, SYSTEM, root.id)
        page = content.create_item(session, SYSTEM, "/", "page", "Wiewiórki w parku", body="<p>Rude.</p>")
    town.worker.drain()
    assert town.index.search(Query("wiewiórka")).total == 0, "a draft is not found"

    start = time.monotonic()
    with database.transaction() as session:
        content.publish(session, SYSTEM, page.id)
    town.worker.drain()
    assert town.index.search(Query("wiewiorki park")).hits[0].url == page.path
    assert time.monotonic() - start < 2

    start = time.monotonic()
    with database.transaction() as session:
        content.withdraw(session, SYSTEM, page.id, reason="omyłka")
    town.worker.drain()
    answer = town.index.search(Query("wiewiórka"))
    assert (answer.total, answer.facets, answer.did_you_mean) == (0, {}, "")
    assert town.index.suggest("wiewi", Query("").now) == ()
    assert time.monotonic() - start < 2


def test_the_text_of_files_is_read_once_kept_and_found_with_its_page(town: Searching) -> None:
    with town.database.transaction() as session:
        data = files.pdf("Strona pierwsza.", "Borsuki śpią zimą.")
        document = documents.store(session, town.program.blobs, SYSTEM, data=data, name="b.pdf", origin="made")
        scan = documents.store(
            session, town.program.blobs, SYSTEM, data=b"%PDF-1.7 zepsuty", name="c.pdf", origin="made"
        )
    FABLES.put("lis", "O lisie", document.id, scan.id)
    town.request("lis")
    town.worker.drain()
    hit = town.index.search(Query("borsuk")).hits[0]
    assert (hit.key, hit.attachment, hit.page_number) == ("fable:lis", "b.pdf", 2)
    with town.database.reading() as session:
        rows = session.execute(select(Document.text, Document.text_note).order_by(Document.id)).all()
    assert [(row.text or "").count("\f") for row in rows] == [1, 0]
    assert [row.text_note for row in rows] == ["ok", "failed"]
    assert actions.check(town.database, town.index).in_step, "the index holds what the source gives next time"


def test_a_file_without_pages_is_found_without_a_number_and_a_table_by_its_sheet(town: Searching) -> None:
    with town.database.transaction() as session:
        made = [
            documents.store(session, town.program.blobs, SYSTEM, data=data, name=name, origin="made").id
            for name, data in (("a.html", files.html()), ("b.xlsx", files.xlsx()), ("c.pdf", files.pdf("Borsuk")))
        ]
    FABLES.put("lis", "O lisie", *made)
    town.request("lis")
    town.worker.drain()
    with town.database.reading() as session:
        loaded = sources.load(session, KIND, "lis").doc
    assert loaded is not None
    assert [(one.name, one.unit) for one in loaded.attachments] == [
        ("a.html", ""),
        ("b.xlsx", "sheet"),
        ("c.pdf", "page"),
    ]


def test_check_finds_and_repairs_what_is_missing_stale_or_surplus(town: Searching) -> None:
    for key in ("lis", "kruk", "wilk"):
        FABLES.put(key, f"O zwierzęciu {key}")
    actions.rebuild(town.database, town.index)
    assert actions.check(town.database, town.index).in_step
    FABLES.put("baran", "O baranie")
    FABLES.put("lis", "O zmienionym lisie")
    del FABLES.kept["wilk"]
    report = actions.check(town.database, town.index, repair=True)
    assert (report.missing, report.stale, report.surplus) == (("fable:baran",), ("fable:lis",), ("fable:wilk",))
    town.worker.drain()
    assert actions.check(town.database, town.index).in_step
    assert town.found("baran") == ["baran"]
    assert town.found("wilk") == []


def test_a_rebuild_tells_how_far_it_is(town: Searching) -> None:
    for number in range(450):
        FABLES.put(str(number), f"Bajka {number}")
    seen: list[tuple[int, int]] = []
    assert actions.rebuild(town.database, town.index, lambda done, total: seen.append((done, total))) == 450
    assert seen[0] == (0, 450)
    assert seen[-1] == (450, 450)
    assert len(seen) > 2


def delete_all(path: Path) -> None:
    shutil.rmtree(path)


def delete_generation(path: Path) -> None:
    for generation in path.glob("g-*"):
        shutil.rmtree(generation)


def empty_every_file(path: Path) -> None:
    for file in path.rglob("*"):
        if file.is_file():
            file.write_bytes(b"")


def overwrite_every_file(path: Path) -> None:
    for file in path.rglob("*"):
        if file.is_file() and "lock" not in file.name:
            file.write_bytes(b"\xff" * max(16, file.stat().st_size))


def shorten_every_file(path: Path) -> None:
    for file in path.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def another_fingerprint(path: Path) -> None:
    for manifest in path.rglob("manifest.json"):
        manifest.write_text('{"fingerprint": "polish-0:older"}')


@pytest.mark.parametrize(
    "damage",
    [delete_all, delete_generation, empty_every_file, overwrite_every_file, shorten_every_file, another_fingerprint],
)
@pytest.mark.parametrize("opened", [True, False], ids=["opened before", "opened after"])
def test_a_lost_damaged_or_outdated_index_is_reported_and_heals_by_itself(
    database: Database, tmp_path: Path, town: Searching, damage: Callable[[Path], None], opened: bool
) -> None:
    FABLES.put("lis", "O lisie")
    FABLES.put("kruk", "O kruku")
    actions.rebuild(town.database, town.index)
    if opened:
        assert town.found("lis") == ["lis"]
    else:
        town.index.close()
    damage(folder(town))
    if not opened:
        assert not town.index.check().ok
    # Whatever an open reader can still answer, the next change finds the damage and asks for a rebuild.
    town.request("lis")
    town.worker.drain()
    assert town.index.check().ok, town.index.check()
    assert town.found("lis") == ["lis"]
    assert town.found("kruk") == ["kruk"]


def test_a_worker_that_starts_without_an_index_builds_it(town: Searching) -> None:
    FABLES.put("lis", "O lisie")
    shutil.rmtree(folder(town))
    with pytest.raises(IndexUnavailable):
        town.found("lis")
    with town.database.transaction() as session:
        upkeep.ensure(session, town.program)
        upkeep.ensure(session, town.program)
    with town.database.reading() as session:
        assert len(session.scalars(select(Job).where(Job.topic == actions.REBUILD)).all()) == 1
    town.worker.drain()
    assert town.found("lis") == ["lis"]


def test_a_rebuild_asked_for_before_the_last_one_is_not_made_again(town: Searching) -> None:
    FABLES.put("lis", "O lisie")
    with town.database.transaction() as session:
        assert actions.request_rebuild(session)
        assert not actions.request_rebuild(session)
    actions.rebuild(town.database, town.index)
    FABLES.read.clear()
    town.worker.drain()
    assert FABLES.read == []


def test_two_rebuilds_do_not_run_at_once(town: Searching) -> None:
    with town.index.rebuild():
        with pytest.raises(IndexUnavailable) as busy, town.index.rebuild():
            raise AssertionError("it must not begin")
        assert busy.value.code == "search.busy"
    assert town.index.check().ok


def test_a_full_disk_or_a_folder_nobody_may_write_is_tried_again_later(town: Searching) -> None:
    """A file stands where a folder should be: to the writer it looks like a disk that takes nothing."""
    FABLES.put("lis", "O lisie")
    path = folder(town)
    shutil.rmtree(path)
    path.write_text("tu nic nie można zapisać")
    town.request("lis")
    town.worker.drain()
    assert not town.index.check().ok
    path.unlink()
    with town.database.transaction() as session:
        upkeep.ensure(session, town.program)
        for job in session.scalars(select(Job)):
            job.run_after = job.created_at
    town.worker.drain()
    assert town.found("lis") == ["lis"]


def test_only_the_generation_in_use_stays_on_disk(town: Searching) -> None:
    for _ in range(3):
        actions.rebuild(town.database, town.index)
    generations = list(folder(town).glob("g-*"))
    assert generations == [Folder(folder(town), "").root / (folder(town) / "CURRENT").read_text()]


def test_all_below_a_place_that_is_closed_is_gone_with_the_next_job_and_comes_back_when_it_opens(
    database: Database, town: Searching
) -> None:
    with database.transaction() as session:
        root = content.create_root(session, SYSTEM, "front_page", "Gmina")
        content.publish(session, SYSTEM, root.id)
        place = content.create_item(session, SYSTEM, "/", "folder", "Dział")
        for parent, title in ((place.path, "Jeż"), (place.path, "Jeżowe sprawy"), ("/", "Jeże w parku")):
            content.publish(session, SYSTEM, content.create_item(session, SYSTEM, parent, "page", title).id)
    town.worker.drain()
    assert town.index.search(Query("jeż")).total == 2
    for closed, left in ((True, 1), (False, 2)):
        with database.transaction() as session:
            content.present(session, SYSTEM, place.id, in_menu=True, protected=closed)
        town.worker.drain()
        assert town.index.search(Query("jeż")).total == left
        assert actions.check(database, town.index).in_step, "whoever may open a closed page still finds it"


def test_many_things_are_hidden_at_once_and_shown_part_by_part_behind_what_was_asked_for_meanwhile(
    town: Searching,
) -> None:
    keys = [f"jeż-{number}" for number in range(2 * actions.BATCH + 1)]
    for key in (*keys, "kuna"):
        FABLES.put(key, f"O zwierzęciu {key}")
    actions.rebuild(town.database, town.index)
    with town.database.transaction() as session:
        actions.request_many(session, KIND, keys, hide=True)
    town.worker.run_one()
    assert town.found("zwierzę") == ["kuna"]
    FABLES.put("kuna", "O kunie leśnej")
    town.request("kuna")
    town.worker.drain(2)
    assert town.found("leśna") == ["kuna"]
    assert town.index.search(Query("jeż")).total == actions.BATCH, "the others come after it"
    town.worker.drain()
    assert town.index.search(Query("jeż")).total == len(keys)


def test_things_hidden_together_are_found_again_though_hiding_them_had_to_be_tried_twice(town: Searching) -> None:
    FABLES.put("jeż", "O jeżu")
    actions.rebuild(town.database, town.index)
    with town.database.transaction() as session:
        actions.request_many(session, KIND, ["jeż"], hide=True)
    for wait in (timedelta(hours=1), timedelta()):
        with town.database.transaction() as session:
            session.execute(update(Job).where(Job.topic == actions.HIDE).values(run_after=clock.now() + wait))
        town.worker.drain()
    assert town.found("jeż") == ["jeż"]


def test_small_changes_never_merge_the_whole_index_and_many_of_them_have_it_built_anew(
    database: Database, tmp_path: Path
) -> None:
    town = searching(database, tmp_path, "whoosh")
    for number in range(60):
        FABLES.put(f"jeż-{number}", f"Jeż {number}")
    actions.rebuild(town.database, town.index)
    segments = lambda: sorted(file.stat().st_ino for file in folder(town).glob("g-*/*.seg"))  # noqa: E731
    first = segments()[0]
    for number in range(30):
        town.index.put([Doc(f"fable:kuna-{number}", KIND, f"Kuna {number}", readers=frozenset({"everyone"}))])
    assert first in segments(), "what was built is not written again"
    assert 1 < len(segments()) < 15, "what changed is merged by the way"
    assert not town.index.check().worn
    for number in range(whoosh.WORN + 1):
        town.index.put(Doc(f"fable:{number}-{place}", KIND, "Ryś") for place in range(8))
    assert town.index.check().worn
    with town.database.transaction() as session:
        upkeep.ensure(session, town.program)
    town.worker.drain()
    assert (town.index.check().worn, town.index.check().documents) == (False, 60)
    town.presence.leave()
