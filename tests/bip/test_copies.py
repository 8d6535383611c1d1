"""A copy of the whole Bulletin each day something changed, tested by reading it back; what was done to it is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bip import acceptance_facts, checkpoints, copy_effects, copying, verify_reports
from bip.copying import superfluous
from bip.models import AvailableDay, BulletinCopy
from bip.shelf import FolderShelf, Shelf
from portal.commands.verify_bip import verify_bip
from portal.content.models import Item
from portal.core import clock
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Temporary
from portal.core.events import Event
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.settings import Settings
from tests.bip.test_erasing import erase
from tests.bip.test_erasing import publish as publish_file
from tests.bip.test_proofs import checkpoint, fetch, publish
from tests.content.conftest import add_person
from tests.content.web import log_in, make_app


class FullShelf(FolderShelf):
    """A disk with no room left."""

    def put(self, copy: str, name: str, pieces: Iterable[bytes]) -> tuple[str, int]:  # noqa: ARG002
        raise Temporary("OSError: No space left on device", code="shelf")


class StickyShelf(FolderShelf):
    """A disk that lets no copy go."""

    def remove(self, copy: str) -> None:
        raise Temporary(f"OSError: {copy} is read only", code="shelf")


@pytest.fixture
def program(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> Program:
    """A Bulletin with a file, a correction and a checkpoint, which is copied to ``tmp_path/kopie``."""
    publish_file(bulletin, blobs)
    publish(bulletin, "Uchwala")
    checkpoint(bulletin, tmp_path)
    publish(bulletin, "Po stanie")
    return Program(Settings(data_dir=tmp_path, bulletin_copies=str(tmp_path / "kopie")), bulletin, blobs, Ports())


def run(program: Program, topic: int = 0, shelf: Shelf | None = None) -> bool:
    """One round of the job that copies (0) or tests (1); whether there was anything to do."""
    program.ports.bind(Shelf, "default", shelf or FolderShelf(Path(program.settings.bulletin_copies)))
    path = program.settings.data_dir / "bip_log_key.pem"
    effect = copy_effects.effects(program, lambda: checkpoints.log_key(path))[topic]
    with program.database.reading() as session:
        asked = effect.load(session, {})
    if asked is None:
        return False
    result = effect.call(program.ports, asked)
    with program.database.transaction() as session:
        effect.save(session, {}, result)
    return True


def notice(program: Program) -> int:
    with program.database.reading() as session:
        return session.scalars(select(Item.id).where(Item.path == "/bip/ogloszenia/wykaz")).one()


def copies(program: Program) -> list[Path]:
    return sorted(Path(program.settings.bulletin_copies).iterdir())


def test_a_copy_is_made_when_something_changed_once_a_day_and_its_test_passes(program: Program) -> None:
    assert (run(program), run(program), run(program, 1)) == (True, False, True)
    publish(program.database, "Nowa")
    assert not run(program), "today's copy is there"
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert (run(program), run(program)) == (True, False)
    said = list[str]()
    assert verify_bip(str(copies(program)[1]), said.append, earlier=str(copies(program)[0]))
    assert "Wszystko się zgadza." in said
    with program.database.reading() as session:
        rows = session.scalars(select(BulletinCopy).order_by(BulletinCopy.id)).all()
        verbs = session.scalars(select(Event.verb).where(Event.verb.like("bip.cop%")).order_by(Event.seq)).all()
    assert [(row.kind, row.outcome) for row in rows] == [("copy", "whole"), ("test", "whole"), ("copy", "whole")]
    assert verbs == ["bip.copied", "bip.copy_tested", "bip.copied"]


def test_a_copy_is_whole_although_an_earlier_one_cannot_be_taken_away(program: Program) -> None:
    program = replace(program, settings=replace(program.settings, bulletin_copies_kept=1))
    for day in range(1, 4):
        publish(program.database, f"Nowa {day}")
        with clock.frozen(clock.now() + timedelta(days=day)):
            assert run(program, shelf=StickyShelf(Path(program.settings.bulletin_copies)))
            assert not run(program), "it is not made again"
    assert len(copies(program)) == 3
    with program.database.reading() as session:
        assert set(session.scalars(select(BulletinCopy.outcome))) == {"whole"}


def test_unchanged_files_are_shared_by_copies_unless_their_bytes_rotted(program: Program) -> None:
    run(program)
    (first,) = (copies(program)[0] / "pliki").iterdir()
    publish(program.database, "Nowa")
    with clock.frozen(clock.now() + timedelta(days=1)):
        run(program)
    second = copies(program)[1] / "pliki" / first.name
    assert second.samefile(first)
    first.write_bytes(b"x")
    publish(program.database, "Jeszcze")
    with clock.frozen(clock.now() + timedelta(days=2)):
        run(program)
        run(program, 1)
    assert not (copies(program)[2] / "pliki" / first.name).samefile(first)
    with program.database.reading() as session:
        test = copying.last(session, "test")
        assert test is not None
        assert test.outcome == "whole"


def rewritten(place: Path, change: Callable[[Any], None]) -> None:
    found = json.loads(place.read_text())
    change(found)
    place.write_text(json.dumps(found))


def at_leaf(name: str, value: Any) -> Callable[[Path], None]:
    """The last leaf of the newest item says something else."""
    return lambda copy: rewritten(newest(copy), lambda found: found["leaves"][-1].update({name: value}))


def newest(copy: Path) -> Path:
    return max((copy / "strony").iterdir(), key=lambda path: int(path.stem))


FORGERIES: list[tuple[Callable[[Path], None], str]] = [
    (lambda copy: newest(copy).unlink(), "nie ma w kopii swojej strony"),
    (lambda copy: (copy / "strony" / "999.json").write_bytes(newest(copy).read_bytes()), "mówi o innej stronie"),
    (lambda copy: (copy / "obcy.txt").write_text("x"), "Plik obcy.txt zmieniono, dodano lub usunięto."),
    (at_leaf("published_at", "2020-01-01T10:00:00+00:00"), "inny czas udostępnienia niż dziennik"),
    (at_leaf("at", "2020-01-01T10:00:00+00:00"), "jest antydatowany"),
    (at_leaf("content", {"title": "x", "files": []}), "treść nie jest tą"),
    (lambda copy: next((copy / "pliki").iterdir()).unlink(), "W paczce nie ma pliku"),
    (
        lambda copy: rewritten(copy / "rejestr-zmian.json", lambda found: found["rows"].pop(0)),
        "brakuje wiersza o wpisie",
    ),
    (
        lambda copy: rewritten(copy / "rejestr-zmian.json", lambda found: found["rows"][0].update(item=1)),
        "mówi co innego niż jego wpis",
    ),
    (lambda copy: rewritten(copy / "dziennik.json", lambda found: found["leaves"].pop()), "inną liczbę wpisów"),
]


@pytest.mark.parametrize(("forge", "said"), FORGERIES)
def test_what_was_changed_removed_added_or_back_dated_in_a_copy_is_named(
    program: Program, forge: Callable[[Path], None], said: str
) -> None:
    run(program)
    (copy,) = copies(program)
    forge(copy)
    heard = list[str]()
    assert not verify_bip(str(copy), heard.append)
    assert any(said in line for line in heard), heard
    run(program, 1)
    with program.database.reading() as session:
        test = copying.last(session, "test")
        assert test is not None
        assert test.outcome == "broken"


def test_an_administrator_sees_the_last_copy_the_last_passed_test_and_what_failed(
    program: Program,
) -> None:
    boss = add_person(program.database, "olga", "Olga Administrator", "site_admin")
    app = make_app(program.database, program.blobs, program.settings.data_dir, program.settings)
    web = log_in(app.test_client(), boss)
    run(program)
    run(program, 1)
    name = copies(program)[0].name
    assert web.get("/redakcja/biuletyn/dowody").text.count(name) == 2
    newest(copies(program)[0]).unlink()
    run(program, 1)
    publish(program.database, "Nowa")
    with clock.frozen(clock.now() + timedelta(days=1)):
        for _ in range(2):
            run(program, shelf=FullShelf(copies(program)[0].parent))
    assert "Sprawdź dowody i kopie Biuletynu" in web.get("/redakcja/").text
    page = web.get("/redakcja/biuletyn/dowody").text
    assert "Nośnik kopii jest nieosiągalny albo pełny." in page
    assert "nie ma w kopii swojej strony" in page
    with program.database.reading() as session:
        assert [row.outcome for row in session.scalars(select(BulletinCopy).where(BulletinCopy.kind == "copy"))] == [
            "whole",
            "shelf",
        ]


def test_a_change_that_no_copy_holds_for_a_day_is_found_by_the_acceptance(program: Program) -> None:
    run(program)
    run(program, 1)
    publish(program.database, "Nowa")
    with clock.frozen(clock.now() + timedelta(hours=25)), program.database.reading() as session:
        found = {part.code: [one.code for one in part.problems] for part in acceptance_facts.parts(session, [])}
    assert (found["copies"], found["restored"]) == (["copy_late"], [])


def test_after_an_erasure_a_new_copy_is_made_at_once_and_earlier_ones_go(program: Program) -> None:
    run(program)
    with clock.frozen(clock.now() + timedelta(seconds=5)):
        erase(program.database, notice(program))
    with clock.frozen(clock.now() + timedelta(seconds=10)):
        assert run(program)
    assert len(copies(program)) == 1
    assert all(b"Zenobia" not in path.read_bytes() for path in copies(program)[0].rglob("*") if path.is_file())
    assert verify_bip(str(copies(program)[0]), print)


def test_the_newest_copies_stay_and_the_first_of_each_month() -> None:
    with clock.frozen(clock.now().replace(year=2026, month=11, day=24)):
        names = [f"2026-{month:02}-{day:02}T000000Z" for month in (9, 10, 11) for day in range(1, 25)]
        names.insert(0, "2025-01-01T000000Z")
        gone = superfluous(names, 3, None)
        assert sorted(set(names) - set(gone)) == [
            "2026-09-01T000000Z", "2026-10-01T000000Z", "2026-11-01T000000Z", *names[-3:],
        ]  # fmt: skip


def test_the_signed_days_of_an_item_and_the_months_report_are_checked(program: Program, tmp_path: Path) -> None:
    web = make_app(program.database, program.blobs, tmp_path, program.settings).test_client()
    day = clock.today() + timedelta(days=1)
    with program.database.transaction() as session:
        session.add(AvailableDay(day=day, item_id=notice(program), seen=24, failed=0, last_at=clock.now()))
    with clock.frozen(clock.now() + timedelta(days=1)):
        proof = fetch(web, "/bip/ogloszenia/wykaz/dowod.json")
        report = fetch(web, f"/bip/dostepnosc/{day:%Y-%m}.json")
    seen = proof["availability"]
    assert (seen["seen"], len(seen["days"]), seen["of"]) == (1, 1, 14)
    assert verify_reports.of_item(seen, proof) == verify_reports.report(report) == []
    better = {**seen, "seen": 14, "first": "2020-01-01"}
    assert [one.code for one in verify_reports.of_item(better, proof)] == [
        "availability_signature",
        "availability_days",
    ]
    report["items"][0]["days"][0]["seen"] = 25
    kept, said = tmp_path / "raport.json", list[str]()
    kept.write_text(json.dumps(report))
    assert not verify_bip(str(kept), said.append)
    assert any("podpis się nie zgadza" in line for line in said)
