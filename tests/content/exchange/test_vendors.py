"""Marks as Polish Bulletins really write them: the shapes of pages in public collections, the words made up here."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from portal.content.exchange import mapping
from portal.content.exchange.crawl import LOG, Line, append
from portal.content.exchange.entries import Entry
from portal.content.exchange.old_bip import OldBip

HERE = "https://bip.stara.example/a"
HEAD = "<header><h1>Biuletyn Informacji Publicznej</h1></header>"
TEXT = "<main><h2>Przetarg na lokal</h2><p>Treść.</p></main>"
JAN = {"produced_by": "Jan Dawny", "author": "Ewa Dawna"}
VENDORS: dict[str, tuple[str, dict[str, str]]] = {
    "days behind names": (
        f"{HEAD}{TEXT}<p>Informacja wytworzona przez:<br>Jan Dawny , w dniu:  04\u201104\u20112013 12:42:00</p>"
        "<p>Informacja wprowadzona do BIP przez:<br>Ewa Dawna , w dniu: 05\u201104\u20112013 09:00:00</p>",
        JAN | {"produced_on": "2013-04-04", "published_at": "2013-04-05T09:00"},
    ),
    "days in brackets": (
        f"{HEAD}{TEXT}<div><p>Wytworzył: Jan Dawny (7 grudnia 2018)</p>"
        "<p>Opublikował: Ewa Dawna (8 grudnia 2018, 12:43:44)</p></div>",
        JAN | {"produced_on": "2018-12-07", "published_at": "2018-12-08T12:43"},
    ),
    "small print over headings": (
        f"{HEAD}{TEXT}<section><ul><li><small>Wytworzył:</small><h3>Jan Dawny</h3></li>"
        "<li><small>Data wytworzenia:</small><h3>2019-03-01</h3></li>"
        "<li><small>Opublikował w BIP:</small><h3>Ewa Dawna</h3></li>"
        "<li><small>Data opublikowania:</small><h4>02.03.2019 10:15</h4></li></ul></section>",
        JAN | {"produced_on": "2019-03-01", "published_at": "2019-03-02T10:15"},
    ),
    "a table, four cells in a row": (
        f"{HEAD}{TEXT}<table><tr><td>Wytworzył:</td><td>Jan Dawny</td><td>Data wytworzenia:</td>"
        "<td>01.03.2019</td></tr><tr><td>Opublikowano przez:</td><td>Ewa Dawna</td><td>Data publikacji:</td>"
        "<td>02.03.2019 10:15</td></tr></table>",
        JAN | {"produced_on": "2019-03-01", "published_at": "2019-03-02T10:15"},
    ),
    "a paragraph for a title, days of files": (
        f'{HEAD}<p class="phx ph3">Przetarg na lokal</p><div class="content"><p>Treść.</p><ul class="attachments"><li>'
        '<a href="/system/pobierz.php?plik=akt.pdf&amp;id=1"><span>Akt (PDF)</span></a><span>'
        "<span>Data wprowadzenia do BIP: <em>2026-02-12 11:44:34</em></span> | "
        "<span>Data wytworzenia informacji: <em>2026-02-11</em></span></span></li></ul></div>",
        {"produced_on": "2026-02-11", "published_at": "2026-02-12T11:44"},
    ),
    "one who answers for it": (
        f"{HEAD}{TEXT}<dl><dt>Informację wytworzył lub odpowiada za treść</dt><dd>Jan Dawny</dd>"
        "<dt>Informację wprowadził do BIP</dt><dd>Ewa Dawna</dd>"
        "<dt>Data udostępnienia informacji w BIP</dt><dd>2019-03-02 10:15</dd></dl>"
        "<div>Odpowiedzialny za treść informacji: Adam Dawny - Radny</div>",
        JAN | {"published_at": "2019-03-02T10:15", "responsible": "Adam Dawny - Radny"},
    ),
}


def read(html: str, folder: Path) -> Entry:
    """The page as the mapping that comes with the program reads it."""
    folder.mkdir()
    (folder / "a1").write_bytes(f"<html><body>{html}</body></html>".encode())
    append(folder / LOG, asdict(Line(HERE, HERE, "a1", "html", charset="utf-8")))
    source = OldBip(mapping.read(mapping.shipped_text("ogolny"), HERE), folder, options={"publisher": "Urząd"})
    return source.entry(source.count() - 1)


@pytest.mark.parametrize("vendor", VENDORS)
def test_marks_are_read_as_each_vendor_writes_them(vendor: str, tmp_path: Path) -> None:
    html, wanted = VENDORS[vendor]
    entry = read(html, tmp_path / "old")
    [state] = entry.states
    found: dict[str, Any] = {**state.fields, "author": state.author}
    found["published_at"] = state.published_at.isoformat()[:16] if state.published_at else ""
    assert {name: found.get(name) for name in wanted} == wanted
    assert state.title == "Przetarg na lokal"
    assert "Treść." in state.body


def test_the_first_of_several_selectors_counts_wherever_it_stands(tmp_path: Path) -> None:
    rules = mapping.read('[select]\ntitle = [".nie-ma", "#drugi"]\nbody = "p"\n', HERE)
    page = "<html><body><h1 id='pierwszy'>A</h1><p>B</p><h2 id='drugi'>C</h2></body></html>"
    (tmp_path / "a1").write_bytes(page.encode())
    append(tmp_path / LOG, asdict(Line(HERE, HERE, "a1", "html")))
    assert OldBip(rules, tmp_path, options={}).entry(0).title == "C"
