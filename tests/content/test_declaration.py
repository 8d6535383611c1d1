"""The declaration of accessibility has every id once, its headings in order, its dates machine-readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import portal.content.seed
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.web import make_app

OBLIGATORY = [
    "a11y-wstep", "a11y-podmiot", "a11y-zakres", "a11y-url", "a11y-data-publikacja", "a11y-data-aktualizacja",
    "a11y-status", "a11y-kontakt", "a11y-email", "a11y-telefon", "a11y-procedura", "a11y-data-sporzadzenie",
    "a11y-architektura", "a11y-komunikacja",
]  # fmt: skip
HEADINGS = [
    "Stan dostępności cyfrowej", "Niedostępne treści", "Przygotowanie deklaracji dostępności",
    "Udogodnienia, ograniczenia i inne informacje", "Skróty klawiszowe", "Informacje zwrotne i dane kontaktowe",
    "Obsługa wniosków i skarg związanych z dostępnością", "Pozostałe informacje",
]  # fmt: skip


def test_the_declaration_is_as_the_technical_conditions_ask(
    database: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    with database.transaction() as session:
        portal.content.seed.seed(session, blobs, SYSTEM)
    page = make_app(database, blobs, tmp_path).test_client().get("/deklaracja-dostepnosci").text
    article = page[page.index("<article") : page.index("</article>")]
    assert [name for name in OBLIGATORY if article.count(f'id="{name}"') != 1] == []
    assert re.findall(r"<h2>(.*?)</h2>", article) == HEADINGS
    assert re.findall(r'id="a11y-data-[a-z]+" datetime="\d{4}-\d\d-\d\d"', article)
    assert "częściowo zgodna" in article


@pytest.mark.parametrize(("language", "sentence"), [("en", "partially compliant"), ("uk", "частково відповідає")])
def test_a_language_version_says_the_same_in_its_language_with_the_same_ids(
    database: Database, blobs: FolderBlobStore, tmp_path: Path, language: str, sentence: str
) -> None:
    with database.transaction() as session:
        portal.content.seed.seed(session, blobs, SYSTEM)
    page = make_app(database, blobs, tmp_path).test_client().get(f"/deklaracja-dostepnosci-{language}").text
    article = page[page.index("<article") : page.index("</article>")]
    assert [name for name in OBLIGATORY if article.count(f'id="{name}"') != 1] == []
    assert len(re.findall(r"<h2>", article)) == len(HEADINGS)
    assert sentence in article
    assert "Obsługa" not in article
