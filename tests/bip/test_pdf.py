"""An item of the Bulletin as PDF, read back as its reader would read it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bip import actions as bip
from bip import exclusions
from bip.exclusions import Exclusion
from portal.content import actions, acts, drawn
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.conftest import People
from tests.bip.test_publishing import publish
from tests.content.web import make_app
from tests.forms.test_pdf import words

ADDRESS = "/bip/ogloszenia/decyzja-w-sprawie-drzewa"
BODY = """<h2>Rozstrzygnięcie</h2><p>Zezwalam na usunięcie <strong>dębu</strong>, zob.
<a href="https://isap.sejm.gov.pl/">ustawę</a> i <a href="/bip/ogloszenia">ogłoszenia</a>.</p>
<ol><li>pierwszy warunek<ul><li>wewnętrzny</li></ul></li><li><p>drugi warunek</p></li></ol>
<table><caption>Opłaty</caption><tr><th>Gatunek</th><th>Kwota</th></tr><tr><td>dąb szypułkowy</td><td>120 zł</td></tr>
</table><p>[wyłączenie 1]</p>"""


def flat(data: bytes) -> str:
    return " ".join(words(data).split())


def drawn_text(markup: str) -> str:
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    return flat(drawn.pdf(markup, title="T", source="stopka", site="https://gmina.pl", made_at=made_at))


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path, people: People) -> FlaskClient:
    number = publish(bulletin, blobs, people)
    one = Exclusion(1, "privacy", "imię i nazwisko wnioskodawcy", "Anna Nowak", "strona postępowania")
    with bulletin.transaction() as session:
        actions.save_draft(
            session, people.publisher, number, expected=None, title="Decyzja w sprawie drzewa", body=BODY,
            fields={"publisher": "Urząd Gminy Wrotkowo", "produced_by": "Jan Kowal", "produced_on": "2026-11-20"},
            files=None, reason="Uzupełniono",
        )  # fmt: skip
        exclusions.set_exclusions(session, people.publisher, number, [one], expected=None)
        actions.publish(session, people.publisher, number, reason="Uzupełniono")
    return make_app(bulletin, blobs, tmp_path).test_client()


def test_the_pdf_says_all_that_the_page_says_and_what_it_was_made_from(client: FlaskClient) -> None:
    assert f'href="{ADDRESS}/pdf"' in client.get(ADDRESS).text
    answer = client.get(f"{ADDRESS}/pdf")
    assert answer.content_type == "application/pdf"
    text = flat(answer.data)
    for part in (
        "Decyzja w sprawie drzewa", "Rozstrzygnięcie", "Zezwalam na usunięcie dębu, zob.", "1. pierwszy warunek",
        "• wewnętrzny", "2. drugi warunek", "Opłaty", "dąb szypułkowy", "120 zł", "(https://isap.sejm.gov.pl/)",
        "Wyłączenie jawności", "imię i nazwisko wnioskodawcy", "strona postępowania", "Urząd Gminy Wrotkowo",
        "Decyzja bez danych osobowych", "Wprowadził(a) do BIP: Piotr Wydawca", "Wersja: 3", ADDRESS,
        "Tę wersję udostępniono", f"wydruk z dnia {clock.today().day}",
    ):  # fmt: skip
        assert part in text, (part, text)
    sums = client.get(f"{ADDRESS}/dowod.json").json["leaves"][-1]["content"]["files"]
    assert sums[0][1] in "".join(text.split())


def test_a_withdrawn_text_is_not_given_as_pdf_either(client: FlaskClient, bulletin: Database, people: People) -> None:
    with bulletin.transaction() as session:
        item_id = acts.at(session, ADDRESS)
        assert item_id
        bip.withdraw(session, people.publisher, item_id, reason="Pomyłka")
    assert client.get(f"{ADDRESS}/pdf").status_code == 404


def test_what_is_closed_or_not_yet_published_gives_no_pdf(client: FlaskClient, bulletin: Database) -> None:
    with bulletin.transaction() as session:
        draft = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "bip_page", "Szkic", name="szkic")
        number = acts.at(session, ADDRESS)
        assert number
        actions.present(session, SYSTEM, number, in_menu=False, protected=True)
    for path in (ADDRESS, draft.path):
        assert client.get(f"{path}/pdf").status_code == 404


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<table><tr>" + "<td>kolumna</td>" * 20 + "</tr></table>", "kolumna; kolumna"),
        ("<table><tr><th>Opis</th></tr><tr><td>" + "długo " * 3000 + "koniec</td></tr></table>", "długo koniec"),
        ('<table><tr><td rowspan="2">a</td><td colspan="9">b</td></tr><tr><td>c</td></tr></table>', "a b c"),
        ("<p>" + "bezprzerwy" * 400 + "</p>", "bezprzerwy"),
        ("<ul>" * 60 + "<li>głęboko</li>" + "</ul>" * 60, "głęboko"),
        ("<p>Emotikon 😀 i 漢字.</p><pre>a\n  b</pre><hr><dl><dt>Kto</dt><dd>Wójt</dd></dl>", "Kto: Wójt"),
        ("luźny tekst", "luźny tekst"),
    ],
)  # fmt: skip
def test_texts_that_hardly_fit_paper_are_drawn_whole(markup: str, said: str) -> None:
    assert said in drawn_text(markup)
