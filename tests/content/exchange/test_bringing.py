"""What is refused while it is brought in: each state and each file is named with the reason, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from portal.content import queries, scanning, searched
from portal.content.exchange.plan import Line
from portal.content.models import ItemFile, ItemVersion
from portal.content.queries import File
from portal.core.documents import SCAN, Document
from portal.core.outbox import Job
from portal.core.settings import Settings
from portal.web.texts import message
from tests.content.exchange.conftest import Town
from tests.content.exchange.made import Made, entry, state, with_files
from tests.search import files as made_files
from tests.search.town import searching

EVENT = {"starts_on": "2026-06-01", "place": "Rynek"}


def codes(line: Line) -> list[str]:
    return [note.code for note in line.notes]


def test_an_earlier_state_that_is_refused_is_named_and_stays_in_the_history(town: Town) -> None:
    states = (state("Pierwsza", fields=EVENT), state("Bez miejsca", fields={"starts_on": "2026-06-01"}),
              state("Zły dzień", fields=EVENT | {"starts_on": "kiedyś"}), state("Ostatnia", fields=EVENT))  # fmt: skip
    source = Made([entry(state("K"), name="k", type="event_folder"), entry(*states, key="2", parent="1", type="event")])
    line = town.brought(source, "/")[1]
    assert codes(line) == ["import.state_unpublished", "import.state_unpublished"]
    assert "Miejsce" in line.notes[0].details["why"]
    assert "kiedyś" in line.notes[1].details["why"]
    with town.database.reading() as session:
        rows = queries.history(session, town.item(line.path).id, published_only=False)
    assert [(row.version_title, row.version_published_at is not None) for row in reversed(rows)] == [
        ("Pierwsza", True), ("Bez miejsca", False), ("Zły dzień", False), ("Ostatnia", True),
    ]  # fmt: skip


def test_when_the_last_public_state_is_refused_nothing_is_public_and_all_states_wait(town: Town) -> None:
    odd = replace(state("Strona"), fields={"picture": "/nie/ma"})
    [line] = town.brought(Made([entry(state("Pierwsza"), odd)]), "/urzad")
    item = town.item(line.path)
    assert (item.state, item.review, codes(line)) == ("unpublished", "draft", ["import.not_published"])
    assert "/nie/ma" in line.notes[0].details["why"]
    with town.database.reading() as session:
        titles = session.scalars(select(ItemVersion.title).where(ItemVersion.item_id == item.id)).all()
    assert set(titles) == {"Pierwsza", "Strona"}


def test_a_state_that_cannot_be_kept_at_all_has_its_line_in_the_dry_run_too(town: Town) -> None:
    source = Made([entry(state("Za długa", body="x" * 500_001), state("Strona"))])
    for [line] in (town.planned(source, "/urzad"), town.brought(source, "/urzad")):
        assert codes(line) == ["import.state_lost"]
        assert "Wersji 1 z 2 („Za długa”)" in message(line.notes[0].code, **line.notes[0].details)


def test_files_pass_the_gate_all_files_pass(town: Town) -> None:
    source = with_files(umowa_txt=b"umowa", gra_pdf=b"MZ gra", skan_pdf=b"zwykly tekst")
    for [line] in (town.planned(source, "/urzad"), town.brought(source, "/urzad")):
        assert codes(line) == ["import.file_refused", "import.file_refused"]
        assert "jest programem" in line.notes[0].details["why"]
    assert [file.name for file in files_of(town, "/urzad/strona")] == ["umowa.txt"]


def files_of(town: Town, path: str) -> list[File]:
    with town.database.reading() as session:
        return queries.files(session, town.item(path).live_version_id)


def test_files_brought_in_wait_for_the_scanner_like_any_other(town: Town) -> None:
    scanning.install(town.database, Settings(scanner="clamd"))
    town.brought(with_files(umowa_txt=b"umowa"), "/urzad")
    [file] = files_of(town, "/urzad/strona")
    with town.database.reading() as session:
        asked = session.scalars(select(Job.payload).where(Job.topic == SCAN)).all()
        assert session.scalar(select(Document.scan).join(ItemFile, ItemFile.document_id == Document.id)) == "waiting"
    assert asked == [{"document": file.document_id}]


def test_the_text_of_every_kind_of_attachment_is_found_after_the_import(town: Town) -> None:
    source = with_files(
        a_pdf=made_files.pdf(made_files.FIRST), b_docx=made_files.docx(), c_odt=made_files.odt(),
        d_xlsx=made_files.xlsx(), e_rtf=made_files.rtf(), f_html=made_files.html("iso-8859-2"),
        g_txt=made_files.FIRST.encode("cp1250"),
    )  # fmt: skip
    [line] = town.brought(source, "/urzad")
    assert codes(line) == []
    assert searched
    search = searching(town.database, town.folder)
    search.worker.drain()
    search.presence.leave()
    with town.database.reading() as session:
        texts = {row.name: row.text for row in session.execute(select(Document.name, Document.text))}
    assert [name for name in source.files if made_files.FIRST not in (texts[name] or "")] == []
