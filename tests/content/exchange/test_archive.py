"""A subtree as an archive and back: nothing is lost, nothing comes twice, links and files hold."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.content import actions, languages, queries, rights
from portal.content.exchange.entries import ORIGIN
from portal.content.models import Item, ItemLink, ItemVersion, Redirect
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.blobs import sha256
from portal.web.texts import message
from tests.content.exchange.conftest import Town, add_person, contents, opened, rewritten
from tests.content.exchange.plone_site import PNG


def folder(town: Town, name: str) -> Item:
    with town.database.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/urzad", "folder", name.title(), name=name)
        actions.publish(session, SYSTEM, item.id)
        return item


def furnish(town: Town, root: Item) -> None:
    """Pages that link to each other and to their own file, in every state."""
    with town.database.transaction() as session:
        file = documents.store(session, town.program.blobs, SYSTEM, data=b"tresc", name="a.txt", origin="content")
        first = actions.create_item(session, SYSTEM, root.path, "page", "Pierwsza", name="pierwsza")
        actions.publish(session, SYSTEM, first.id)
        address = f"/zalacznik/{first.id}/{file.id}/a.txt"
        second = actions.create_item(
            session,
            SYSTEM,
            root.path,
            "page",
            "Druga",
            name="druga",
            body=f'<p><a href="{first.path}#x">Pierwsza</a></p>',
        )
        actions.publish(session, SYSTEM, second.id)
        actions.save_draft(
            session, SYSTEM, first.id, expected=None, title="Pierwsza", reason="zmiana",
            body=f'<p><a href="{second.path}">Druga</a> <a href="{address}">plik</a> <a href="/urzad">urząd</a></p>',
            files=[actions.Attachment(file.id, "Plik")],
        )  # fmt: skip
        actions.publish(session, SYSTEM, first.id)
        actions.save_draft(session, SYSTEM, second.id, expected=None, title="Robocza", body="<p>robocza</p>")
        for act, name in ((actions.withdraw, "wycofana"), (actions.archive, "archiwalna")):
            item = actions.create_item(session, SYSTEM, root.path, "page", name.title(), name=name)
            actions.publish(session, SYSTEM, item.id)
            act(session, SYSTEM, item.id, reason=f"powód: {name}")
        old = actions.create_item(session, SYSTEM, root.path, "page", "Ruchoma", name="ruchoma")
        actions.rename(session, SYSTEM, old.id, "ruszona")


def test_an_archive_brought_elsewhere_is_the_same_again(town: Town) -> None:
    furnish(town, folder(town, "dzial"))
    first = town.packed("/urzad/dzial")
    target = folder(town, "cel")
    outcomes = {line.path: line.outcome for line in town.brought(opened(first), target.path)}
    assert outcomes["/urzad/cel/dzial/pierwsza"] == "taken"
    again = town.packed("/urzad/cel/dzial", "b.zip")
    before, after = contents(first), contents(again)
    assert _without_redirects(before) == _without_redirects(after)


def _without_redirects(members: dict[str, bytes]) -> dict[str, Any]:
    """An old address leads to one place only, so within one site a copy has none of its own."""
    found: dict[str, Any] = {}
    for name, data in members.items():
        found[name] = json.loads(data) | {"redirects": []} if name.startswith("items/") else data
    return found


def test_links_lead_to_the_copies_as_references_and_files_are_theirs(town: Town) -> None:
    furnish(town, folder(town, "dzial"))
    target = folder(town, "cel")
    town.brought(opened(town.packed("/urzad/dzial")), target.path)
    first, second = town.item("/urzad/cel/dzial/pierwsza"), town.item("/urzad/cel/dzial/druga")
    with town.database.reading() as session:
        body = session.get_one(ItemVersion, first.live_version_id).body
        assert f'href="item:{second.id}"' in body
        assert session.get(ItemLink, (first.live_version_id, second.id)) is not None
        number = int((re.search(rf"/zalacznik/{first.id}/(\d+)/a.txt", body) or [0, "0"])[1])
        assert [file.document_id for file in queries.files(session, first.live_version_id)] == [number]
    assert (second.state, second.review) == ("published", "draft")
    assert town.item("/urzad/cel/dzial/wycofana").state == "withdrawn"
    assert town.item("/urzad/cel/dzial/archiwalna").state == "archived"


def test_the_same_archive_to_the_same_place_changes_nothing(town: Town) -> None:
    furnish(town, folder(town, "dzial"))
    source, target = opened(town.packed("/urzad/dzial")), folder(town, "cel")
    town.brought(source, target.path)
    with town.database.reading() as session:
        before = [session.scalar(select(func.count()).select_from(t)) for t in (Item, ItemVersion, Redirect)]
    assert {line.outcome for line in town.planned(source, target.path)} == {"known"}
    assert {line.outcome for line in town.brought(source, target.path)} == {"known"}
    with town.database.reading() as session:
        assert before == [session.scalar(select(func.count()).select_from(t)) for t in (Item, ItemVersion, Redirect)]


def test_work_that_was_stopped_goes_on_where_it_stopped(town: Town) -> None:
    furnish(town, folder(town, "dzial"))
    source, target = opened(town.packed("/urzad/dzial")), folder(town, "cel")
    work = town.bringing(source, target.path)
    for number in range(source.count()):
        work.place(number)
    work.fill(0)
    lines = town.brought(source, target.path)
    assert [line.outcome for line in lines].count("known") == 1
    assert len(lines) == source.count()


def test_where_it_comes_from_is_kept_beside_the_servers_time(town: Town) -> None:
    furnish(town, folder(town, "dzial"))
    original = town.item("/urzad/dzial/druga")
    target = folder(town, "cel")
    town.brought(opened(town.packed("/urzad/dzial")), target.path)
    copy = town.item("/urzad/cel/dzial/druga")
    with town.database.reading() as session:
        version = session.get_one(ItemVersion, copy.live_version_id)
    assert original.published_at is not None
    assert copy.published_at == original.published_at
    assert (version.published_at or original.published_at) > original.published_at
    assert version.fields[ORIGIN]["published_at"] == original.published_at.isoformat()


def test_a_dry_run_changes_nothing_and_says_what_would_be(town: Town) -> None:
    furnish(town, folder(town, "dzial"))
    with town.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Item))
    lines = town.planned(opened(town.packed("/urzad/dzial")), "/urzad")
    assert [line.path for line in lines][:2] == ["/urzad/dzial-2", "/urzad/dzial-2/pierwsza"]
    assert [note.code for note in lines[0].notes] == ["import.renamed"]
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Item)) == before


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
STATES = [
    "draft",
    "published",
    "revised",
    "withdrawn",
    "archived",
    "scheduled",
    "pending",
    "translated",
    "moved",
    "shut",
]
PAGES = st.lists(
    st.tuples(TEXTS, TEXTS, st.sampled_from(STATES), st.integers(0, 4), st.booleans()), min_size=1, max_size=6
)
SOON = clock.now() + timedelta(days=30)


def grow(town: Town, root: Item, pages: list[tuple[str, str, str, int, bool]]) -> None:
    """A tree of pages that link to each other, with pictures and roles, each in its state."""
    made = [root]
    with town.database.transaction() as session:
        for number, (title, words, state, at, pictured) in enumerate(pages):
            parent = made[at % len(made)]
            body = f'<p><a href="{made[-1].path}">{words.replace("<", "").replace("&", "")}</a></p>'
            kind = "page" if parent.type == "page" or number % 2 else "folder"
            fields = {"picture": f"{root.path}/most"} if pictured and kind == "page" else {}
            item = actions.create_item(
                session, SYSTEM, parent.path, kind, title, name=f"s{number}", body=body, fields=fields
            )
            if state not in ("draft", "pending"):
                actions.publish(session, SYSTEM, item.id)
            if state in ("revised", "scheduled"):
                actions.save_draft(session, SYSTEM, item.id, expected=None, title=words, body=body)
            if state == "scheduled":
                actions.schedule(session, SYSTEM, item.id, publish_at=SOON, expires_at=SOON + timedelta(days=9))
                actions.save_draft(session, SYSTEM, item.id, expected=None, title=title, body=body)
            change(session, item, state, words)
            made.append(item)


def change(session: Session, item: Item, state: str, words: str) -> None:
    """What a person does with a page besides writing it."""
    if state == "pending":
        actions.submit(session, SYSTEM, item.id)
    if state in ("withdrawn", "archived"):
        (actions.withdraw if state == "withdrawn" else actions.archive)(session, SYSTEM, item.id, reason=words)
    if state == "translated":
        other = languages.translate(session, SYSTEM, item.id, "en")
        actions.publish(session, SYSTEM, other.id)
    if state == "moved":
        actions.rename(session, SYSTEM, item.id, f"{item.path.rpartition('/')[2]}-nowe")
    if state == "shut":
        actions.present(session, SYSTEM, item.id, in_menu=item.in_menu, protected=True)
        accounts.grant(session, SYSTEM, path=item.path, principal="authenticated", role="reader")


def furnished(town: Town, name: str) -> Item:
    """A folder with an image whose crops keep a point, settings that lead to it, and roles of two people."""
    root = folder(town, name)
    with town.database.transaction() as session:
        file = documents.store(session, town.program.blobs, SYSTEM, data=PNG, name="most.png", origin="content")
        fields = {"alt": "Most", "focus_x": "30", "focus_y": "60"}
        beside = [actions.Attachment(file.id, "Most")]
        image = actions.create_item(
            session, SYSTEM, root.path, "image", "Most", name="most", fields=fields, files=beside
        )
        actions.publish(session, SYSTEM, image.id)
        actions.configure(session, SYSTEM, root.id, {"banner": "Uwaga", "banner_link": image.path})
        anna = session.scalars(select(User.id).where(User.login == "anna")).one()
        for role in ("editor", "reviewer"):
            rights.give(session, SYSTEM, root.id, f"user:{anna}", role)
    return root


@given(pages=PAGES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_tree_comes_out_of_an_empty_site_as_it_went_in(
    town: Town, elsewhere: Town, pages: list[tuple[str, str, str, int, bool]]
) -> None:
    town.runs += 1
    for place in (town, elsewhere) if town.runs == 1 else ():
        add_person(place.database, "anna", "Anna", "")
    root = furnished(town, f"d{town.runs}")
    grow(town, root, pages)
    first = town.packed(root.path)
    lines = elsewhere.brought(opened(first), "/urzad")
    assert [(line.title, line.notes) for line in lines if line.notes] == []
    assert contents(first) == contents(elsewhere.packed(root.path, "b.zip"))


def test_roles_come_only_when_the_asker_says_so_and_only_to_people_known_here(town: Town, elsewhere: Town) -> None:
    add_person(town.database, "anna", "Anna", "")
    furnished(town, "dzial")
    source = opened(town.packed("/urzad/dzial"))
    line = next(line for line in elsewhere.brought(source, "/urzad") if line.key == "1")
    assert [note.code for note in line.notes] == ["import.right_lost"] * 2
    assert "Uprawnienia „redaktor” dla: anna" in message(line.notes[0].code, **line.notes[0].details)
    work = replace(elsewhere.bringing(source, "/urzad"), whom={})
    assert [note.code for note in work.tie(0)] == ["import.rights_left"]


def test_a_whole_site_comes_into_the_root_of_another(town: Town, elsewhere: Town) -> None:
    furnish(town, folder(town, "dzial"))
    lines = elsewhere.brought(opened(town.packed("/")), "/")
    assert [note.code for note in lines[0].notes] == ["import.root_kept"]
    assert elsewhere.item("/urzad-2/dzial/pierwsza").state == "published"
    assert elsewhere.item("/").title == "Inna gmina"


def test_an_archive_of_the_first_version_is_still_read(town: Town, elsewhere: Town) -> None:
    furnish(town, folder(town, "dzial"))
    file = town.packed("/urzad/dzial")
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            row = json.loads(packed.read(name)) if name.endswith(".json") else None
            if row is not None:
                for new in ("scheduled", "ties", "rights"):
                    row.pop(new, None)
                changed[name] = json.dumps(row | ({"version": 1} if name == "manifest.json" else {})).encode()
        sums = packed.read("checksums.txt").decode().splitlines()
    right = [f"{sha256(changed[name])}  {name}" if (name := line[66:]) in changed else line for line in sums]
    source = opened(rewritten(file, {**changed, "checksums.txt": "\n".join(right) + "\n"}))
    assert {line.outcome for line in elsewhere.brought(source, "/urzad")} == {"taken"}
