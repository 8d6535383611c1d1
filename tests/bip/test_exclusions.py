"""Exclusions of openness: complete or not published, shown in their places, kept with their state."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bip import exclusions
from bip.exclusions import Exclusion
from portal.content import actions
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.bip.conftest import People
from tests.content.web import log_in, make_app

WHOLE = Exclusion(1, "privacy", "imię, nazwisko i adres", "Anna Nowak, kierownik", "strona postępowania")
BODY = "<p>Pani</p><p>[wyłączenie 1]</p><p>wnosi o zgodę.</p>"


def draft(database: Database, body: str = BODY) -> int:
    marks = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-11-20"}
    with database.transaction() as session:
        return actions.create_item(session, SYSTEM, "/bip/ogloszenia", "bip_page", "Zgoda", body=body, fields=marks).id


def exclude(database: Database, number: int, *rows: Exclusion) -> None:
    with database.transaction() as session:
        exclusions.set_exclusions(session, SYSTEM, number, rows, expected=None)


def publish(database: Database, number: int) -> None:
    with database.transaction() as session:
        actions.publish(session, SYSTEM, number)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Exclusion(1, "privacy", "nazwisko", "", "strona"), "bip.exclusion_incomplete"),
        (Exclusion(1, "nothing", "nazwisko", "Anna", "strona"), "bip.exclusion_incomplete"),
        (Exclusion(1, "privacy", "nazwisko", "Anna", ""), "bip.exclusion_interest_missing"),
        (Exclusion(2, "classified", "nazwisko", "Anna"), "bip.exclusion_marks_differ"),
    ],
)
def test_an_item_with_an_incomplete_exclusion_is_not_published(bulletin: Database, row: Exclusion, code: str) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, row)
    with pytest.raises(Invalid, match=code):
        publish(bulletin, number)


def test_a_mark_without_its_exclusion_is_not_published(bulletin: Database) -> None:
    with pytest.raises(Invalid, match="marks_differ"):
        publish(bulletin, draft(bulletin))
    with pytest.raises(Invalid, match="marks_differ"):
        publish(bulletin, draft(bulletin, "<p>Pani [wyłączenie 1] wnosi.</p>"))
    twice = draft(bulletin, BODY + "<p>[wyłączenie 1]</p>")
    exclude(bulletin, twice, WHOLE)
    with pytest.raises(Invalid, match="mark_twice"):
        publish(bulletin, twice)


def test_the_bar_stands_in_its_place_with_all_the_law_asks(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, WHOLE)
    publish(bulletin, number)
    page = make_app(bulletin, blobs, tmp_path).test_client().get("/bip/ogloszenia/zgoda").text
    bar = page.index("Wyłączenie jawności")
    assert page.index("<p>Pani</p>") < bar < page.index("wnosi o zgodę")
    for fact in ("imię, nazwisko i adres", "art. 5 ust. 2", "Anna Nowak, kierownik", "strona postępowania"):
        assert fact in page
    assert "[wyłączenie" not in page


def test_the_preview_is_the_page_as_it_is_published_bars_included(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path, people: People
) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, WHOLE)
    app = make_app(bulletin, blobs, tmp_path)
    client = log_in(app.test_client(), people.publisher)
    for body in (BODY, BODY.replace("wnosi", "prosi")):
        with bulletin.transaction() as session:
            fields = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-11-20"}
            kept = {"exclusions": [asdict(WHOLE)]}
            actions.save_draft(
                session, people.publisher, number, expected=None, title="Zgoda", body=body, fields=fields | kept,
                reason="zmiana prośby",
            )  # fmt: skip
        with clock.frozen(clock.now()):
            shown = client.get(f"/redakcja/strona/{number}/podglad").text
            with bulletin.transaction() as session:
                actions.publish(session, people.publisher, number)
            public = app.test_client().get("/bip/ogloszenia/zgoda").text
        parts = [page.partition("<article")[2].partition("</article>")[0] for page in (shown, public)]
        assert "Wyłączenie jawności 1: " in parts[0]
        assert parts[0] == parts[1]


def test_another_basis_or_scope_of_an_exclusion_stands_in_the_register(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, WHOLE)
    publish(bulletin, number)
    for row in (WHOLE, replace(WHOLE, ground="business_secret", scope="cena"), replace(WHOLE, scope="sam adres")):
        exclude(bulletin, number, row)
        with bulletin.transaction() as session:
            actions.publish(session, SYSTEM, number, reason="Poprawka")
    register = make_app(bulletin, blobs, tmp_path).test_client().get("/bip/rejestr-zmian.json").json["rows"]
    said = [row["reason"] for row in register if row["act"] == "exclusion_changed"]
    assert len(said) == 2
    assert said[0].startswith("sam adres (")
    assert sum(row["act"] == "excluded" for row in register) == 1
