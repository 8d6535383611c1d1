"""Withholding paragraphs, words, rows, files and pages in the draft itself, so that no door shows them afterwards."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask.testing import FlaskClient
from fpdf import FPDF
from lxml import etree
from PIL import Image
from sqlalchemy import select

from bip import excluding, exclusions, fragments
from bip.excluding import Chosen, Facts
from portal.content import actions, searched, versions
from portal.content.models import Item
from portal.content.personal import asking, deciding, review
from portal.content.personal.effects import effects
from portal.content.personal.models import Redaction
from portal.content.personal.review import Finding
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Job
from portal.core.ports import Ports
from tests.bip.conftest import People
from tests.content.personal import hiding
from tests.content.web import log_in, make_app, post

SECRET = "tajemna receptura brzoskwini"
MARKS = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-11-20"}
FACTS = Facts("business_secret", "skład wyrobu", "Wójt Gminy", "przedsiębiorca")
BODY = f"""<h2>Oferta</h2><p>Pierwszy akapit.</p><p>Mówi o tym {SECRET}, o czym niżej.</p><p>Trzeci akapit.</p>
<ul><li>punkt jawny</li><li>punkt z tym: {SECRET}</li></ul>
<table><caption>Skład</caption><tr><th>Co</th><th>Ile</th></tr><tr><td>{SECRET}</td><td>2</td></tr>
<tr><td>cukier</td><td>3</td></tr></table>"""
PLACE = "/bip/ogloszenia/oferta"


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def draft(database: Database, body: str = BODY, **more: Any) -> int:
    with database.transaction() as session:
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "bip_page", "Oferta", name="oferta", body=body, fields=MARKS, **more
        )
        return item.id


def body_of(database: Database, number: int) -> str:
    with database.reading() as session:
        return excluding.latest(session, session.get_one(Item, number)).body


def exclude(
    database: Database, number: int, *, words: str = "", files: dict[int, str] | None = None, **says: str
) -> list[str]:
    """Withhold the units that say ``says``; where the same is left."""
    with database.transaction() as session:
        version = excluding.latest(session, session.get_one(Item, number))
        units = [unit for unit in fragments.units(version.body) if any(text in unit.text for text in says.values())]
        chosen = Chosen(tuple(unit.number for unit in units), words, files or {})
        return excluding.exclude(session, SYSTEM, number, chosen, FACTS, expected=None)[1]


def publish(database: Database, number: int) -> None:
    with database.transaction() as session:
        actions.publish(session, SYSTEM, number, reason="poprawka")


def test_paragraphs_points_and_rows_are_numbered_and_replaced_in_their_places(bulletin: Database) -> None:
    number = draft(bulletin)
    kinds = [unit.kind for unit in fragments.units(BODY)]
    assert kinds == ["h2", "p", "p", "p", "li", "li", "tr", "tr", "tr"]
    exclude(bulletin, number, everything=SECRET)
    body = body_of(bulletin, number)
    assert SECRET not in body
    assert "<p>Pierwszy akapit.</p><p>[wyłączenie 1]</p><p>Trzeci akapit.</p>" in body
    assert "<li><p>[wyłączenie 2]</p></li>" in body
    assert '<tr><td colspan="2"><p>[wyłączenie 3]</p></td></tr>' in body


def test_neighbouring_paragraphs_become_one_bar_and_words_stay_in_their_sentence(bulletin: Database) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, one="Pierwszy", two="Mówi", three="Trzeci")
    assert body_of(bulletin, number).count("[wyłączenie") == 1
    exclude(bulletin, number, words="tajemna  receptura brzoskwini", place="punkt z tym")
    body = body_of(bulletin, number)
    assert "<li>punkt z tym: [wyłączenie 2]</li>" in body
    assert f"<td>{SECRET}</td>" in body
    with bulletin.reading() as session:
        kept = exclusions.of_fields(excluding.latest(session, session.get_one(Item, number)).fields)
    assert [(one.number, one.place, one.basis != "", one.taken_from) for one in kept] == [
        (1, "text", True, 1),
        (2, "words", True, 2),
    ]


@pytest.mark.parametrize(
    ("chosen", "facts", "code"),
    [
        (Chosen(), FACTS, "nothing"),
        (Chosen((99,)), FACTS, "unit_unknown"),
        (Chosen((2,), "czego nie ma"), FACTS, "words_unknown"),
        (Chosen((2,)), Facts("", "a", "b"), "ground_missing"),
        (Chosen((2,)), Facts("classified", " ", "b"), "scope_missing"),
        (Chosen((2,)), Facts("classified", "a", ""), "made_by_missing"),
        (Chosen((2,)), Facts("privacy", "a", "b"), "interest_missing"),
        (Chosen(files={7: ""}), FACTS, "unknown_file"),
    ],
)
def test_what_says_too_little_is_refused(bulletin: Database, chosen: Chosen, facts: Facts, code: str) -> None:
    number = draft(bulletin)
    with bulletin.transaction() as session, pytest.raises(Invalid, match=code):
        excluding.exclude(session, SYSTEM, number, chosen, facts, expected=None)
    assert body_of(bulletin, number) == body_of(bulletin, number)


def test_nothing_of_what_is_withheld_is_anywhere_public(
    client: FlaskClient, bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    """Page, source, print, PDF, history, difference, day, proof, bundle, feeds, API, tables, register, search."""
    with bulletin.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=SECRET.encode(), name="sklad.txt", origin="content")
    number = draft(bulletin, files=[actions.Attachment(file.id, "Skład")])
    exclude(bulletin, number, everything=SECRET, files={file.id: ""})
    publish(bulletin, number)
    with bulletin.transaction() as session:
        version = excluding.latest(session, session.get_one(Item, number))
        actions.save_draft(
            session, SYSTEM, number, expected=None, title="Oferta", body=version.body + "<p>więcej</p>",
            fields=version.fields, reason="dopisano",
        )  # fmt: skip
    publish(bulletin, number)
    today = clock.today().isoformat()
    doors = [PLACE + more for more in ("", "/wersja/2", "/porownanie/2/3", "/drukuj", "/dowod.json", "/paczka.zip")]
    doors += [f"/bip/na-dzien/{today}/ogloszenia/oferta", "/bip/rss.xml", "/bip/ogloszenia/atom.xml", "/bip/dane"]
    doors += [f"/api/v1/items/{number}{more}" for more in ("", "/versions", "/versions/2", "/files")]
    doors += [f"/api/v1/items/{number}/versions/1", f"/zalacznik/{number}/{file.id}/sklad.txt"]
    doors += [f"/bip/{name}.{kind}" for name in ("wylaczenia", "rejestr-zmian") for kind in ("csv", "json")]
    doors += ["/bip/wylaczenia", "/bip/rejestr-zmian", "/bip/rejestr-zmian.atom", "/bip/", "/bip/ogloszenia"]
    doors += ["/bip/rejestr-zmian?q=brzoskwinia", "/bip/ogloszenia/dane.json", "/sitemap-1.xml", PLACE + "/pdf"]
    leaks = [door for door in doors if "brzoskwini" in said(client, door).replace("q=brzoskwini", "")]
    assert leaks == ["/bip/rejestr-zmian?q=brzoskwinia"]  # only what was typed, in the field it was typed in
    assert "Nie ma zmian" in client.get("/bip/rejestr-zmian?q=brzoskwinia").text
    with bulletin.reading() as session:
        entry = searched.read(session, str(number))
        assert entry is not None
        assert "brzoskwini" not in repr(entry)


def said(client: FlaskClient, door: str) -> str:
    with client.get(door) as answer:
        data, kind = answer.get_data(), answer.content_type
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if kind == "application/pdf":
        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    return data.decode("utf-8", "replace")


def test_every_form_of_the_item_says_all_the_law_asks(client: FlaskClient, bulletin: Database) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, words=SECRET, place="Mówi o tym")
    exclude(bulletin, number, rest=SECRET)
    publish(bulletin, number)
    page = client.get(PLACE).text
    assert '<a class="c-excluded-in" href="#wylaczenie-1">[wyłączenie 1: skład wyrobu]</a>' in page
    assert page.count('id="wylaczenie-1"') == 1
    for door in ("", "/drukuj", "/pdf", "/paczka.zip", "/wersja/3"):
        text = " ".join(said(client, PLACE + door).split())
        for fact in ("skład wyrobu", "art. 5 ust. 2", "Wójt Gminy", "przedsiębiorca"):
            assert fact in text, (door, fact)
    kept = client.get(f"/api/v1/items/{number}").json["version"]["fields"]["exclusions"]
    assert [(one["number"], one["interest"], one["basis"][:14]) for one in kept] == [
        (number, "przedsiębiorca", "art. 5 ust. 2 ") for number in (1, 2, 3)
    ]


def test_the_list_counts_by_ground_and_year_and_the_register_tells(client: FlaskClient, bulletin: Database) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, everything=SECRET)
    publish(bulletin, number)
    year = clock.today().year
    page = etree.HTML(client.get("/bip/wylaczenia").text)
    assert page.xpath(f"//a[contains(@href, 'podstawa=business_secret&rok={year}')]/text()")[0] == "3"
    rows = client.get(f"/bip/wylaczenia.json?podstawa=business_secret&rok={year}").json["rows"]
    assert [(row["number"], row["scope"]) for row in rows] == [
        (3, "skład wyrobu"),
        (2, "skład wyrobu"),
        (1, "skład wyrobu"),
    ]
    assert client.get("/bip/wylaczenia.json?podstawa=privacy").json["rows"] == []
    lines = client.get("/bip/rejestr-zmian.json?czyn=bip.excluded&q=wyrobu").json["rows"]
    assert "skład wyrobu (art. 5 ust. 2" in lines[0]["reason"]
    with bulletin.transaction() as session:
        excluding.lift(session, SYSTEM, number, 2, expected=None)
    publish(bulletin, number)
    assert [row["number"] for row in client.get("/bip/wylaczenia.json").json["rows"]] == [3, 1]
    assert client.get("/bip/rejestr-zmian.json?czyn=bip.disclosed").json["rows"][0]["item"] == number
    with bulletin.transaction() as session:
        actions.withdraw(session, SYSTEM, number, reason="pomyłka")
    assert client.get("/bip/wylaczenia.json").json["rows"] == []


def test_an_exclusion_moves_with_its_paragraph_and_the_editor_is_told_when_it_vanishes(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, one="Pierwszy")
    with bulletin.transaction() as session:
        session.execute(Item.__table__.update().values(owner_id=None))
    editor = log_in(client, people.editor)
    address, body = f"/redakcja/strona/{number}/edycja", body_of(bulletin, number)
    mark = "<p>[wyłączenie 1]</p>"
    given = {"title": "Oferta", "reason": "", **MARKS}
    moved = body.replace(mark, "") + mark
    answer = editor.post(
        address, data=given | {"body": moved, "csrf_token": token(editor, address)}, follow_redirects=True
    )
    assert "zniknęło miejsce wyłączenia" not in answer.text
    assert body_of(bulletin, number).endswith(mark)
    answer = editor.post(
        address,
        data=given | {"body": body.replace(mark, ""), "csrf_token": token(editor, address)},
        follow_redirects=True,
    )
    assert "zniknęło miejsce wyłączenia nr 1" in answer.text
    assert "nie ma już miejsca" in editor.get(f"/redakcja/strona/{number}/wylaczenia").text
    with pytest.raises(Invalid, match="marks_differ"):
        publish(bulletin, number)


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found.group(1)


def test_an_editor_withholds_without_a_script_and_nothing_typed_is_lost(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    number = draft(bulletin)
    editor = log_in(client, people.editor)
    address = f"/redakcja/strona/{number}/wylaczenia"
    shown = editor.get(address).text
    assert "akapit: Pierwszy akapit." in shown
    assert "wiersz tabeli: cukier 3" in shown
    assert "https://eli.gov.pl/" in shown
    given = {"units": "3", "words": SECRET, "scope": "skład wyrobu", "made_by": "Wójt", "ground": "business_secret"}
    refused = post(editor, address, address, given)
    assert refused.status_code == 422
    assert 'value="skład wyrobu"' in refused.text
    assert re.search(r'value="3" checked', refused.text)
    preview = post(editor, address, address, given | {"interest": "spółka", "how": "preview"}).text
    assert "Tak będzie to wyglądać" in preview
    assert "[wyłączenie 1: skład wyrobu]" in preview
    assert "wyłączenie" not in body_of(bulletin, number)
    done = post(editor, address, address, given | {"interest": "spółka"})
    assert done.status_code == 302
    assert "stoją jeszcze w innym miejscu treści" in editor.get(address).text
    assert "Mówi o tym [wyłączenie 1], o czym niżej." in body_of(bulletin, number)


def test_what_was_selected_while_writing_is_chosen_and_its_words_are_in_no_address(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    number = draft(bulletin)
    editor = log_in(client, people.editor)
    address = f"/redakcja/strona/{number}/edycja"
    given = {"title": "Oferta", "body": BODY, "how": "exclude", "selected": f" {SECRET} ", **MARKS}
    led = post(editor, address, address, given).headers["Location"]
    assert "brzoskwini" not in led
    shown = editor.get(led).text
    assert re.search(r'value="3" checked', shown)
    assert f'value="{SECRET}"' in shown


def test_unsaved_work_that_would_bring_the_text_back_comes_first(bulletin: Database, people: People) -> None:
    number = draft(bulletin)
    with bulletin.transaction() as session:
        from_editor = people.editor
        excluding.work.keep(session, from_editor, excluding.work.place_of(number), {"body": [BODY]})
    with bulletin.transaction() as session, pytest.raises(Conflict, match="unsaved"):
        excluding.exclude(session, from_editor, number, Chosen((2,)), FACTS, expected=None)


def test_what_is_public_already_is_said(bulletin: Database) -> None:
    number = draft(bulletin)
    publish(bulletin, number)
    assert exclude(bulletin, number, everything=SECRET) == ["public"]


def with_pages(database: Database, blobs: FolderBlobStore, *more: str, read: bool = True) -> tuple[int, int]:
    """An item with a PDF of an open page and these, looked into; the item and the file."""
    sheet = hiding.sheet(["Strona jawna."])
    for text in more:
        sheet.add_page()
        sheet.cell(text=text)
    with database.transaction() as session:
        file = documents.store(
            session, blobs, SYSTEM, data=bytes(sheet.output()), name="oferta.pdf", origin="content",
        )  # fmt: skip
        if read:
            asking.request_check(session, file.id)
    worked(database, blobs)
    return draft(database, body="<p>Oferta w pliku.</p>", files=[actions.Attachment(file.id, "Oferta")]), file.id


def only_file(database: Database, number: int) -> int:
    with database.reading() as session:
        version = excluding.latest(session, session.get_one(Item, number))
        return versions.files_of(session, version.id)[0].document_id


def test_a_page_of_a_file_goes_for_good_before_the_item_does_out(
    client: FlaskClient, bulletin: Database, blobs: FolderBlobStore
) -> None:
    number, file = with_pages(bulletin, blobs, "Karta z brzoskwinia w srodku")
    exclude(bulletin, number, files={file: "2"})
    with pytest.raises(Invalid, match="still_attached"):
        publish(bulletin, number)
    worked(bulletin, blobs)
    publish(bulletin, number)
    page = client.get(PLACE).text
    assert "strony 2" in page
    found = re.search(rf'href="(/zalacznik/{number}/\d+/[^"]+)"', page)
    assert found is not None
    data = client.get(found.group(1)).data
    pages = [one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(data)]
    assert "Strona jawna" in pages[0]
    assert "brzoskwinia" not in "".join(pages)


def test_a_second_page_of_a_file_waits_for_the_copy_without_the_first(
    bulletin: Database, blobs: FolderBlobStore
) -> None:
    number, file = with_pages(bulletin, blobs, "Karta druga", "Karta z brzoskwinia")
    exclude(bulletin, number, files={file: "2"})
    with pytest.raises(Conflict, match="still_painting"):
        exclude(bulletin, number, files={file: "3"})
    worked(bulletin, blobs)
    exclude(bulletin, number, files={only_file(bulletin, number): "3"})
    worked(bulletin, blobs)
    publish(bulletin, number)
    with bulletin.reading() as session:
        data = blobs.get(session.get_one(Document, only_file(bulletin, number)).sha256)
    said = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]
    assert ["Strona jawna" in said[0], "druga" in said[1], "brzoskwinia" in said[2]] == [True, False, False]


def test_a_file_whose_withheld_page_can_be_read_is_not_published(bulletin: Database, blobs: FolderBlobStore) -> None:
    """Whatever came in its place: another copy, the same bytes under another name, or nothing."""
    number, file = with_pages(bulletin, blobs, "Karta druga", "Karta z brzoskwinia")
    exclude(bulletin, number, files={file: "2"})
    worked(bulletin, blobs)
    copy = only_file(bulletin, number)
    with bulletin.transaction() as session:
        again = asking.renamed(session, SYSTEM, session.get_one(Document, file), "kopia.pdf")
    for other, code in (([again], "still_attached"), ([copy, again], "still_attached"), ([], "not_black")):
        attach(bulletin, number, *other)
        with pytest.raises(Invalid, match=code):
            publish(bulletin, number)
    attach(bulletin, number, copy)
    with bulletin.transaction() as session:
        kept = exclusions.of_fields(excluding.latest(session, session.get_one(Item, number)).fields)[0]
        exclusions.set_exclusions(session, SYSTEM, number, [replace(kept, pages="2, 3")], expected=None)
    with pytest.raises(Invalid, match="not_black"):
        publish(bulletin, number)


def attach(database: Database, number: int, *files: int) -> None:
    with database.transaction() as session:
        version = excluding.latest(session, session.get_one(Item, number))
        actions.save_draft(
            session, SYSTEM, number, expected=None, title=version.title, body=version.body, fields=version.fields,
            files=[actions.Attachment(file, "Oferta") for file in files],
        )  # fmt: skip


def test_pages_are_named_only_of_a_file_that_was_read_and_has_them(bulletin: Database, blobs: FolderBlobStore) -> None:
    number, file = with_pages(bulletin, blobs, "Karta druga", read=False)
    with pytest.raises(Invalid, match="pages_unread"):
        exclude(bulletin, number, files={file: "2"})
    with bulletin.transaction() as session:
        excluding.read_files(session, number, Chosen(files={file: "2"}))
    worked(bulletin, blobs)
    with pytest.raises(Invalid, match="pages_beyond"):
        exclude(bulletin, number, files={file: "1-3"})
    exclude(bulletin, number, files={file: "2"})


def test_the_first_asking_for_pages_has_the_file_read(
    client: FlaskClient, bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    number, file = with_pages(bulletin, blobs, "Karta druga", read=False)
    editor = log_in(client, people.editor)
    address = f"/redakcja/strona/{number}/wylaczenia"
    given = {"files": file, f"pages-{file}": "2", "scope": "karta", "made_by": "Wójt", "ground": "classified"}
    assert "Nie wiemy jeszcze, ile stron" in post(editor, address, address, given).text
    worked(bulletin, blobs)
    assert post(editor, address, address, given).status_code == 302


def test_a_box_on_a_page_that_is_not_there_makes_no_copy(bulletin: Database, blobs: FolderBlobStore) -> None:
    number, file = with_pages(bulletin, blobs)
    with bulletin.transaction() as session:
        deciding.paint(session, SYSTEM, number, file, [{"page": 2, "left": 0, "top": 0, "width": 50, "height": 50}])
    worked(bulletin, blobs)
    with bulletin.reading() as session:
        made = session.scalars(select(Redaction)).one()
    assert (made.state, made.note, only_file(bulletin, number)) == ("failed", "no_page", file)


def test_scanned_pages_beside_a_withheld_one_are_looked_at_by_a_person(
    bulletin: Database, blobs: FolderBlobStore
) -> None:
    pdf = FPDF()
    for colour in ("white", "yellow", "green"):
        pdf.add_page()
        pdf.image(Image.new("RGB", (600, 800), colour), x=0, y=0, w=210)
    with bulletin.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=bytes(pdf.output()), name="skan.pdf", origin="content")
        asking.request_check(session, file.id)
    worked(bulletin, blobs)
    number = draft(bulletin, body="<p>Skan.</p>", files=[actions.Attachment(file.id, "Skan")])
    first, *_ = [one for one in findings(bulletin, number) if one.number == 1]
    with bulletin.transaction() as session:
        deciding.remember(session, SYSTEM, session.get_one(Item, number), first, ("keep", "consent"))
    exclude(bulletin, number, files={file.id: "2"})
    worked(bulletin, blobs)
    said = {one.number: one.decision.reason if one.decision else "" for one in findings(bulletin, number)}
    assert said == {1: "consent", 2: "false_alarm", 3: ""}


def findings(database: Database, number: int) -> list[Finding]:
    """The pages of pictures, as the gate sees them."""
    with database.reading() as session:
        return [one for one in review.of_working_copy(session, number).findings if one.kind == "picture"]


def worked(database: Database, blobs: FolderBlobStore) -> None:
    """Do the file jobs that wait."""
    known = {one.topic: one for one in effects(blobs)}
    ports = Ports()
    while True:
        with database.reading() as session:
            waiting = select(Job).where(Job.state == "due", Job.topic.in_(known)).order_by(Job.id)
            job = session.scalars(waiting).first()
        if job is None:
            return
        effect = known[job.topic]
        with database.reading() as session:
            asked = effect.load(session, job.payload)
        made = effect.call(ports, asked) if asked is not None else None
        with database.transaction() as session:
            if made is not None:
                effect.save(session, job.payload, made)
            session.get_one(Job, job.id).state = "done"
