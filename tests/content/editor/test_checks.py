"""What is found in a text: what the law forbids to publish, and what is good advice."""

from __future__ import annotations

import pytest

from portal.content import actions, checks, readability
from portal.content.checks import Written
from portal.content.editor import merging
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.content.conftest import People
from tests.content.editor.conftest import Come
from tests.content.editor.test_writing import form, send

LONG = "Na podstawie art. 104 ust. 2 Kodeksu postępowania administracyjnego zawiadamiam " + "o sprawie " * 12 + "teraz."
CASES = [
    ("<h3>Od razu trzeci</h3>", "heading_skipped", "should"),
    ("<h2>A</h2><h4>B</h4>", "heading_skipped", "should"),
    ("<p><strong>Udaje nagłówek</strong></p>", "bold_heading", "should"),
    ('<p><img src="/a/mapa.png"></p>', "no_alt", "must"),
    ('<p><img src="/a.png" alt="IMG_2041.jpg"></p>', "alt_is_name", "should"),
    ('<p><a href="/urzad">Kliknij tutaj</a></p>', "link_says_nothing", "should"),
    ('<p><a href="https://a.pl/x">https://a.pl/x</a></p>', "bare_address", "should"),
    ('<p><a href="/urzad"></a></p>', "empty_link", "must"),
    ("<table><tr><td>a</td></tr></table>", "table_without_headings", "must"),
    ("<table><tr><th>a</th></tr></table>", "table_without_caption", "should"),
    (f"<p>{LONG}</p>", "long_sentence", "should"),
    ('<p><a href="/nie-ma">Regulamin</a></p>', "link_to_nothing", "should"),
    ('<p><a href="item:999">Regulamin</a></p>', "link_to_deleted", "should"),
]
CLEAN = (
    '<h2>A</h2><h3>B</h3><h2>C</h2><p>Zwykły <strong>tekst</strong>. <img src="/a.png" alt=""></p>'
    '<p><a href="/urzad"><img src="/a.png" alt="Urząd"></a></p>'
    "<table><caption>Godziny</caption><tr><th>Dzień</th></tr></table>"
)


def found(database: Database, body: str, **around: object) -> list[tuple[str, str]]:
    written = Written("Tytuł", str(around.get("summary", "Opis.")), body)
    with database.reading() as session:
        seen = checks.findings(session, written, known=lambda address: address == "/urzad")
    return [(finding.code, finding.weight) for finding in seen]


@pytest.mark.parametrize(("body", "code", "weight"), CASES)
def test_each_obstacle_is_found(site: Database, body: str, code: str, weight: str) -> None:
    assert (code, weight) in found(site, body)


def test_a_clean_text_and_decoration_are_left_alone(site: Database) -> None:
    assert found(site, CLEAN) == []
    assert found(site, CLEAN, summary="") == [("no_summary", "should")]


def test_a_scanned_pdf_is_named(site: Database, blobs: FolderBlobStore) -> None:
    with site.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=b"%PDF-1.4 scan", name="skan.pdf", origin="content")
        file.text = ""
        session.flush()
        seen = checks.findings(session, Written("T", "s", "", [file.id]))
    assert [(finding.code, finding.where) for finding in seen] == [("pdf_without_text", "skan.pdf")]


def test_what_the_law_forbids_is_neither_submitted_nor_published(site: Database, people: People, number: int) -> None:
    with site.transaction() as session:
        actions.save_draft(
            session, people.editor, number, expected=None, title="Godziny", body='<p><img src="/a.png"></p>'
        )
    for act, person in ((actions.submit, people.editor), (actions.publish, people.publisher)):
        with pytest.raises(Invalid, match="not_accessible"), site.transaction() as session:
            act(session, person, number)


def test_checking_on_request_saves_nothing_and_keeps_the_text(come: Come, people: People, number: int) -> None:
    ewa = come(people.editor)
    answer = send(ewa, number, form(ewa, number) | {"body": "<h4>Za nisko</h4>", "how": "check"})
    assert answer.status_code == 200
    assert "Nagłówek przeskakuje poziom" in answer.text
    assert "&lt;h4&gt;Za nisko" in answer.text


def test_syllables_and_sentences_are_polish() -> None:
    words = {"niania": 2, "miasto": 2, "rozporządzenie": 5, "dzień": 1, "ziemia": 2, "obwieszczenie": 4}
    assert {word: readability.syllables(word) for word in words} == words
    text = "Zgodnie z art. 5 ust. 2 z dnia 3.04.2019 r. o dostępności. Pan J. Kowalski mieszka przy ul. Lipowej 7. Tak?"
    assert [len(part.split()) for part in readability.sentences(text)] == [12, 8, 1]


def test_plain_texts_measure_low_and_office_texts_high() -> None:
    plain = ["Złóż wniosek w urzędzie albo przez internet. Weź dowód. Sprawę załatwimy w ciągu tygodnia."] * 6
    office = [LONG] * 4
    assert 0 < readability.measure(plain).years <= 9 < 15 < readability.measure(office).years


def test_changes_in_different_places_are_put_together() -> None:
    base, mine, theirs = ["a", "b", "c"], ["a", "B", "c"], ["a", "b", "c", "d"]
    assert merging.three_way(base, mine, theirs) == merging.Merged(("a", "B", "c", "d"), 0)
    assert merging.three_way(["a"], ["x"], ["y"]) == merging.Merged(("x", "y"), 1)
    assert merging.three_way(["a", "b"], ["b"], ["a", "b"]) == merging.Merged(("b",), 0)
    assert merging.blocks_of("<p>a<br>b</p><ul><li>c</li></ul>d") == ["<p>a<br>b</p>", "<ul><li>c</li></ul>", "d"]


def test_a_withdrawn_image_is_called_as_the_text_calls_it_not_by_its_own_title(site: Database) -> None:
    with site.transaction() as session:
        image = actions.create_item(session, SYSTEM, "/", "image", "Portret Anny Nowak", name="portret")
        image.state = "withdrawn"
        body = f'<p><img src="item:{image.id}" alt="Kierowniczka"></p>'
        seen = checks.findings(session, Written("T", "s", body))
    assert [(one.code, one.where) for one in seen] == [("image_withdrawn", "Kierowniczka")]
