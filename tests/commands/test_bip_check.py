"""The ten points the law asks of the Bulletin hold over the demonstration's town; spoil one thing and its point fails.

Databases are spoiled in a transaction that is given up; pages by a reader that changes what the real one read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bip import acceptance, acceptance_facts, acceptance_pages, views_acceptance
from bip import actions as bip_actions
from bip.acceptance_parts import UNSEEN, WRONG, Asked, Part, Problem, Wanted
from bip.effects import accepting
from bip.reading import UNREACHABLE, Answer, Reader
from portal.commands.bip_check import bip_check
from portal.content import actions
from portal.content.models import Item, ItemNote, ItemVersion
from portal.content.personal.models import FileCheck
from portal.core import actors, clock
from portal.core.actors import SYSTEM, Actor
from portal.core.program import Program
from tests.content.web import log_in, post

DECISION = "/bip/ogloszenia/rozstrzygniecia/decyzja-zjazd-z-drogi"
WITHDRAWN = "/bip/urzad/struktura/referat-finansowy"


class GivenUp(Exception):
    """Ends a spoiled transaction."""


@contextmanager
def spoiled(program: Program) -> Iterator[Session]:
    """A transaction nothing of which stays."""
    try:
        with program.database.transaction() as session:
            yield session
            raise GivenUp
    except GivenUp:
        pass


class Spoiled:
    """Reads as the real one does and gives each page changed."""

    def __init__(self, reader: Reader, change: Callable[[Answer], Answer]) -> None:
        self._reader, self._change = reader, change

    def read(self, path: str) -> Answer:
        return self._change(self._reader.read(path))

    def try_to_change(self, path: str) -> int:
        return self._reader.try_to_change(path)


@pytest.fixture(scope="module")
def town(filled: Program) -> Program:
    """The seeded town some days later: one item was corrected, one was given another address."""
    with filled.database.transaction() as session:
        editor = _editor(filled)
        number = _item(session, "/bip/finanse/budzet/dlug-publiczny").id
        bip_actions.correct(session, editor, number, reason="Poprawiono kwotę razem.", title="Dług publiczny Gminy")
        actions.rename(session, editor, _item(session, "/bip/majatek/stan-mienia-2025").id, "mienie-2025")
    return filled


def _editor(program: Program) -> Actor:
    with program.database.reading() as session:
        return actors.user(_version(session, DECISION).created_by or 0)


def _item(session: Session, path: str) -> Item:
    return session.scalars(select(Item).where(Item.path == path)).one()


def _version(session: Session, path: str) -> ItemVersion:
    return session.get_one(ItemVersion, _item(session, path).live_version_id)


def facts(session: Session, path: str = DECISION) -> dict[str, Part]:
    """What the database says, with the files and texts of one item."""
    return {
        part.code: part for part in acceptance_facts.parts(session, [Wanted("item", path, _item(session, path).id)])
    }


def pages(program: Program, change: Callable[[Answer], Answer], *wanted: Wanted) -> dict[str, Part]:
    """What a few changed pages say."""
    reader = Spoiled(program.ports.of(Reader), change)
    found, _ = acceptance_pages.parts(reader, Asked(wanted, 1, (), 0), program.settings.public_url)
    return {part.code: part for part in found}


def codes(part: Part) -> set[str]:
    return {problem.code for problem in part.problems}


def text(old: str, new: str) -> Callable[[Answer], Answer]:
    return lambda answer: replace(answer, text=re.sub(old, new, answer.text))


def test_nothing_is_wrong_in_the_seeded_town_and_what_was_not_looked_at_is_named(town: Program) -> None:
    said: list[str] = []
    assert bip_check(town, said.append)
    whole = "\n".join(said)
    assert "kopia w 24 godziny od zmiany: nie sprawdzono, bo kopie są wyłączone" in whole.replace("Kopia", "kopia")
    assert "axe-core: nie sprawdzono" in whole
    assert "Dawne adresy prowadzą do przeniesionych informacji: sprawdzono 1" in whole


def test_1_a_page_without_the_mark_or_with_anothers_script_is_named(town: Program) -> None:
    home = Wanted("frame", "/bip/")
    found = pages(town, text("w-bip-mark|</body>", '<script src="https://ads.example/a.js"></script>'), home)
    assert codes(found["obligatory"]) == {"no_mark"}
    assert [problem.detail for problem in found["foreign"].problems][:1] == ["ads.example"]
    assert found["foreign"].problems[0].address == "/bip/"


def test_2_an_item_that_says_not_who_entered_or_made_it_is_named(town: Program) -> None:
    with spoiled(town) as session:
        version = _version(session, DECISION)
        version.author, version.fields = "", version.fields | {"produced_by": "", "responsible": " "}
        session.flush()
        part = facts(session)["marks"]
        assert codes(part) == {"no_enterer", "no_maker"}
        assert {problem.item_id for problem in part.problems} == {version.item_id}
    shown = pages(town, text("Czas udostępnienia", "Kiedy"), _wanted(town, DECISION))["marks_shown"]
    assert [problem.detail for problem in shown.problems] == ["Czas udostępnienia"]


def _wanted(program: Program, path: str, kind: str = "item") -> Wanted:
    with program.database.reading() as session:
        return Wanted(kind, path, _item(session, path).id, 1, 1)


def test_3_a_section_under_another_name_or_without_its_basis_is_named(town: Program) -> None:
    found = pages(town, text("Ponowne wykorzystywanie", "Ponowne użycie"), Wanted("frame", "/bip/mapa"))
    assert codes(found["menu"]) == {"other_title"}
    with spoiled(town) as session:
        version = _version(session, "/bip/sygnalisci")
        version.fields = version.fields | {"basis": ""}
        session.execute(update(Item).where(Item.path.like("/bip/sygnalisci/%")).values(state="archived"))
        assert codes(facts(session)["bases"]) == {"no_basis"}
        assert codes(facts(session)["filled"]) == {"empty_section"}


def test_4_an_exclusion_in_nobodys_interest_is_named(town: Program) -> None:
    with spoiled(town) as session:
        version = _version(session, DECISION)
        version.fields = version.fields | {"exclusions": [version.fields["exclusions"][0] | {"interest": ""}]}
        session.flush()
        assert codes(facts(session)["exclusions"]) == {"exclusion_interest_missing"}
    shown = pages(town, text("<dt>Zakres</dt>", "<dt>Coś</dt>"), _wanted(town, DECISION))["exclusions_shown"]
    assert codes(shown) == {"bar_incomplete"}


def test_5_a_declaration_with_an_id_twice_or_not_reviewed_in_time_is_named(town: Program) -> None:
    here = _wanted(town, "/deklaracja-dostepnosci", "declaration")
    found = pages(town, text('id="a11y-email"', 'id="a11y-telefon"'), here)["declaration"]
    assert {problem.detail for problem in found.problems} == {"a11y-email: 0", "a11y-telefon: 2"}
    late = datetime(clock.today().year + 1, 4, 1, 9, tzinfo=UTC)
    with town.database.reading() as session, clock.frozen(late):
        assert codes(facts(session)["declaration_review"]) == {"review_late"}


def test_6_what_came_down_early_or_stands_too_long_is_named(town: Program) -> None:
    with spoiled(town) as session:
        item = _item(session, "/bip/ogloszenia/obwieszczenia/droga-zarzecze")
        item.state = "archived"
        session.get_one(ItemVersion, item.live_version_id).withdrawn_at = clock.now()
        session.flush()
        assert [problem.item_id for problem in facts(session)["early"].problems] == [item.id]
    with town.database.reading() as session, clock.frozen(clock.now() + timedelta(days=2400)):
        assert codes(facts(session)["late"]) == {"left_too_long"}


def test_7_an_attempt_the_journal_does_not_know_and_days_nobody_reviewed_are_named(town: Program) -> None:
    with town.database.reading() as session:
        last = acceptance.asked(session).last_event
        assert codes(acceptance_facts.attempts(session, Asked((), 0, (), last + 100, tried=303))) == {
            "attempt_not_noted"
        }
    with town.database.reading() as session, clock.frozen(clock.now() + timedelta(days=8)):
        assert codes(facts(session)["reviews"]) == {"day_not_reviewed"}


def test_8_a_recording_without_captions_is_named_unless_their_day_is_announced(town: Program) -> None:
    held = clock.today() - timedelta(days=30)
    with spoiled(town) as session:
        given = {
            "number": "XXX", "held_on": held.isoformat(), "recording": "https://film.example/1", "publisher": "Urząd",
            "produced_by": "Ewa Maj", "produced_on": held.isoformat(),
        }  # fmt: skip
        captioned = given | {"captions_on": held.isoformat()}
        made = actions.create_item(session, SYSTEM, "/bip/organy/sesje", "session", "Sesja XXX", fields=captioned)
        actions.publish(session, SYSTEM, made.id)
        version = session.get_one(ItemVersion, made.live_version_id)
        version.fields = given
        session.flush()
        assert made.id in {problem.item_id for problem in facts(session)["captions"].problems}
        version.fields = given | {"captions_promised": (held + timedelta(days=45)).isoformat()}
        session.flush()
        assert made.id not in {problem.item_id for problem in facts(session)["captions"].problems}


def test_9_a_pdf_of_pictures_alone_and_a_table_without_headings_are_named(town: Program) -> None:
    path = "/bip/dane-podstawowe/statut/statut-gminy"
    with spoiled(town) as session:
        scan = [{"place": "page", "text": "", "number": 1, "layers": [[0, 0, "scan"]]}]
        session.execute(update(FileCheck).where(FileCheck.kind == "pdf").values(pieces=scan))
        assert codes(facts(session, path)["pdf"]) == set()  # the item's own text says what the file says
        _version(session, path).body = "<table><tr><td>1</td></tr></table>"
        session.flush()
        found = facts(session, path)
        assert codes(found["pdf"]) == {"pdf_without_text"}
        assert codes(found["texts"]) == {"text_bars"}


def test_10_a_lost_address_a_silent_place_and_a_shut_page_are_named(town: Program) -> None:
    with town.database.reading() as session:
        item = _item(session, WITHDRAWN)
        reason = session.scalars(select(ItemNote.text).where(ItemNote.item_id == item.id)).one()
    gone = Wanted("withdrawn", f"{WITHDRAWN}/wpis-o-wycofaniu", item.id, expected=reason)
    lost = Wanted("old", "/bip/dawny-adres", item.id, expected=DECISION)
    found = pages(town, text(re.escape(reason), ""), gone, lost)
    assert codes(found["notes"]) == {"no_note"}
    assert codes(found["redirects"]) == {"lost_address"}
    shut = pages(town, text("<body", '<body oncopy="return false"'), _wanted(town, DECISION))
    assert codes(shut["copying"]) == {"shut"}


def test_a_site_that_does_not_answer_is_not_called_good(town: Program) -> None:
    found = pages(town, lambda _answer: Answer(UNREACHABLE), Wanted("frame", "/bip/"))
    assert {part.verdict for part in found.values()} == {UNSEEN}


def test_the_daily_run_is_kept_as_a_fact_with_its_verdicts(town: Program) -> None:
    effect = accepting(town.settings.public_url)
    with town.database.reading() as session:
        request = effect.load(session, {})
    assert request is not None
    result = effect.call(town.ports, replace(request, wanted=request.wanted[:12]))
    with town.database.transaction() as session:
        effect.save(session, {}, result)
    with town.database.reading() as session:
        points = acceptance.points_of(acceptance.runs(session)[0])
    assert [point.number for point in points] == list(range(1, 11))
    assert WRONG not in {point.verdict for point in points}


def test_editors_read_the_last_run_with_a_way_to_what_must_be_mended_and_ask_for_another(town: Program) -> None:
    client = log_in(current_app.test_client(), _editor(town))
    with town.database.transaction() as session:
        broken = Part("marks", 3, (Problem("no_maker", _item(session, DECISION).id),))
        acceptance.keep(session, SYSTEM, [acceptance.Point(2, (broken,))])
        number = _item(session, DECISION).id
    with town.database.reading() as session:
        assert views_acceptance.task(session, _editor(town)) is not None
    page = client.get(views_acceptance.ADDRESS).text
    assert f'<a href="/redakcja/strona/{number}">' in page
    assert "nie wiadomo, kto wytworzył informację" in page
    assert post(client, views_acceptance.ADDRESS, views_acceptance.ADDRESS, {}).status_code == 302


def test_axe_looks_at_one_page_of_every_template(town: Program) -> None:
    asked: list[str] = []

    def auditor(paths: Sequence[str]) -> dict[str, list[str]]:
        asked.extend(paths)
        return {path: ["image-alt"] if path == "/bip/mapa" else [] for path in paths}

    points = acceptance.run(town.database.reading, town.ports.of(Reader), town.settings.public_url, auditor)
    axe = next(part for part in points[8].parts if part.code == "axe")
    assert [(problem.address, problem.detail) for problem in axe.problems] == [("/bip/mapa", "image-alt")]
    assert axe.seen == len(asked) == len(set(asked)) > 25


def test_what_the_program_asks_itself_leaves_no_line_in_the_log(
    filled: Program, capfd: pytest.CaptureFixture[str]
) -> None:
    reader = filled.ports.of(Reader)
    for path in ("/bip/", "/bip/", "/bip/nie-ma"):
        reader.read(path)
    reader.try_to_change("/redakcja/biuletyn/proba-dziennika")
    said = capfd.readouterr()
    assert " ms=" not in said.out + said.err
