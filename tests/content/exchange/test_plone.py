"""An export from Plone: what becomes of each thing, what is not taken and why, and that nothing comes twice."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.content import queries
from portal.content.exchange.entries import ORIGIN, Broken
from portal.content.exchange.plan import Line
from portal.content.exchange.plone import PloneExport
from portal.content.models import Item, ItemVersion
from tests.content.exchange.conftest import LIMIT, Town
from tests.content.exchange.plone_site import U, export


def opened(file: Path, **options: Any) -> PloneExport:
    source = PloneExport(file, limit=LIMIT, options=options)
    weakref.finalize(source, source._files.close)
    return source


@pytest.fixture
def brought(town: Town, tmp_path: Path) -> dict[str, Line]:
    """The whole export brought under the root; its report by key."""
    return {line.key: line for line in town.brought(opened(export(tmp_path)), "/")}


def live(town: Town, path: str) -> ItemVersion:
    with town.database.reading() as session:
        item = session.scalars(select(Item).where(Item.path == path)).one()
        return session.get_one(ItemVersion, item.live_version_id or item.draft_version_id)


def codes(line: Line) -> set[str]:
    return {note.code for note in line.notes}


@pytest.mark.usefixtures("brought")
def test_types_states_and_places_are_ours(town: Town) -> None:
    with town.database.reading() as session:
        rows = {row.path: (row.type, row.state, row.review) for row in session.execute(select(*queries.CATALOGUE))}
    assert rows["/urzad-gminy"] == ("folder", "published", "none")
    assert rows["/urzad-gminy/kontakt"] == ("page", "published", "none")
    assert rows["/aktualnosci/dozynki"] == ("news", "published", "none")
    assert rows["/aktualnosci"][0] == "news_folder"
    assert rows["/kalendarz/festyn"][0] == "event"
    assert rows["/urzad-gminy/szkic"] == ("page", "unpublished", "draft")
    assert rows["/urzad-gminy/volto"] == ("page", "unpublished", "pending")
    assert rows["/urzad-gminy/plan"][0] == "file"
    assert "/urzad-gminy/formularz" not in rows


@pytest.mark.usefixtures("brought")
def test_links_by_uid_and_by_address_become_references_and_pictures_come_along(town: Town) -> None:
    body = live(town, "/urzad-gminy/kontakt").body
    numbers = {
        name: town.item(path).id for name, path in (("plan", "/urzad-gminy/plan"), ("d", "/aktualnosci/dozynki"))
    }
    assert f'href="item:{numbers["plan"]}"' in body
    assert f'href="item:{numbers["d"]}#godziny"' in body
    assert 'src="/zalacznik/' in body
    assert "resolveuid" not in body.replace("resolveuid/" + "f" * 32, "")


def test_who_and_when_are_kept(town: Town, brought: dict[str, Line]) -> None:
    origin = live(town, "/urzad-gminy/kontakt").fields[ORIGIN]
    assert (origin["author"], origin["published_by"]) == ("Anna Nowak", "jkowal")
    assert origin["published_at"].startswith("2014-05-08")
    assert origin["address"] == "/urzad-gminy/kontakt"
    news = town.item("/aktualnosci/dozynki")
    assert news.published_at is not None
    assert news.published_at.year == 2014
    with town.database.reading() as session:
        old = queries.history(session, town.item("/urzad-gminy/kontakt").id, published_only=False)
    assert [row.version_title for row in old] == ["Kontakt", "Kontakt Dawny"] or len(old) == 2
    assert brought[U["kontakt"]].outcome == "partly"


@pytest.mark.usefixtures("brought")
def test_fields_of_events_links_and_collections_are_filled(town: Town) -> None:
    event = live(town, "/kalendarz/festyn").fields
    assert (event["starts_on"], event["starts_at"], event["place"]) == ("2026-06-01", "17:30", "Rynek")
    assert live(town, "/urzad-gminy/e-puap").fields["address"] == "https://epuap.gov.pl/"
    assert live(town, "/urzad-gminy/lista").fields["collect_type"] == "news"


@pytest.mark.usefixtures("brought")
def test_volto_blocks_become_text(town: Town) -> None:
    number = town.item("/urzad-gminy/kontakt").id
    body = live(town, "/urzad-gminy/volto").body
    assert "<h2>Nagłówek</h2>" in body
    assert f'<a href="item:{number}" rel="noopener">kontakt</a>' in body


def test_old_addresses_lead_to_where_the_pages_are(town: Town, brought: dict[str, Line]) -> None:
    with town.database.reading() as session:
        assert queries.moved_to(session, "/stary/kontakt") == "/urzad-gminy/kontakt"
        assert queries.moved_to(session, "/urzad-gminy/plan.pdf") == "/urzad-gminy/plan"
    assert brought[U["plan"]].outcome == "taken"


def test_the_report_says_what_was_not_taken_and_why(town: Town, tmp_path: Path) -> None:
    lines = {line.key: line for line in town.planned(opened(export(tmp_path)), "/")}
    assert "import.type_unknown" in codes(lines[U["osobliwy"]])
    assert codes(lines[U["sierota"]]) == {"import.parent_missing"}
    assert codes(lines[U["kontakt"]]) >= {"import.plone.comments", "import.plone.subjects", "import.link_lost"}
    assert codes(lines[U["lista"]]) == {"import.plone.query"}
    assert codes(lines[U["luzna"]]) == {"import.plone.as_page"}
    assert codes(lines[U["volto"]]) == {"import.plone.block"}
    assert {code for line in lines.values() for code in codes(line)} >= {
        "import.plone.root", "import.plone.relations", "import.plone.local_roles", "import.plone.redirect",
    }  # fmt: skip


def test_a_second_time_changes_nothing(town: Town, tmp_path: Path, brought: dict[str, Line]) -> None:
    with town.database.reading() as session:
        before = [session.scalar(select(func.count()).select_from(table)) for table in (Item, ItemVersion)]
    again = town.brought(opened(export(tmp_path)), "/")
    assert {line.outcome for line in again} == {"known", "refused"}
    assert len(brought) == len(again)
    with town.database.reading() as session:
        assert before == [session.scalar(select(func.count()).select_from(table)) for table in (Item, ItemVersion)]


def test_a_missing_file_is_named_and_the_rest_comes(town: Town, tmp_path: Path) -> None:
    source = opened(export(tmp_path, without=(f"content/{U['plan']}/file/plan.pdf",)))
    lines = {line.key: line for line in town.brought(source, "/")}
    assert codes(lines[U["plan"]]) == {"import.file_missing"}
    assert lines[U["kontakt"]].item_id is not None


BROKEN: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "no content": ("import.plone.no_content", lambda p: export(p, without=("content/__metadata__.json",))),
    "slip": ("import.strange_name", lambda p: export(p, **{"..__evil": "x"})),
    "broken JSON": ("import.bad_json", lambda p: export(p, **{f"content__{U['kontakt']}__data.json": "{"})),
    "a list": ("import.bad_json", lambda p: export(p, **{f"content__{U['kontakt']}__data.json": "[]"})),
    "strange values": (
        "import.bad_json",
        lambda p: export(
            p, **{f"content__{U['kontakt']}__data.json": json.dumps({"UID": U["kontakt"], "creators": 5})}
        ),
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_bad_export_is_refused_whole(town: Town, tmp_path: Path, how: str) -> None:
    code, make = BROKEN[how]
    with pytest.raises(Broken) as refusal:
        town.planned(opened(make(tmp_path)), "/")
    assert refusal.value.code == code


def test_items_that_are_each_others_parents_are_refused(town: Town, tmp_path: Path) -> None:
    circle = {
        "UID": U["szkic"],
        "@id": "/a",
        "@type": "News Item",
        "title": "A",
        "id": "a",
        "parent": {"UID": U["luzna"]},
    }
    other = circle | {"UID": U["luzna"], "@id": "/b", "id": "b", "parent": {"UID": U["szkic"]}}
    names = {"content__" + U[name] + "__data.json": data for name, data in (("szkic", circle), ("luzna", other))}
    lines = {line.key: line for line in town.planned(opened(export(tmp_path, **names)), "/")}
    assert "import.parent_missing" in codes(lines[U["szkic"]]) & codes(lines[U["luzna"]])
