"""Archives that lie, break or attack: one clear sentence, and nothing is half done."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.content import actions
from portal.content.exchange.archive import Archive
from portal.content.exchange.entries import Broken
from portal.content.exchange.members import Members
from portal.content.models import Item, ItemVersion
from portal.core.actors import SYSTEM
from portal.core.blobs import sha256
from portal.web.texts import message
from tests.content.exchange.conftest import Town, opened, rewritten


@pytest.fixture
def file(town: Town) -> Path:
    """A good archive of a folder with two pages, one under the other."""
    with town.database.transaction() as session:
        top = actions.create_item(session, SYSTEM, "/urzad", "folder", "Dział", name="dzial")
        page = actions.create_item(session, SYSTEM, top.path, "page", "Strona", name="strona")
        actions.create_item(session, SYSTEM, page.path, "page", "Pod nią", name="pod-nia")
    return town.packed("/urzad/dzial")


def changed(file: Path, number: int, **facts: Any) -> Path:
    """The archive with other facts about one item, its checksum put right."""
    name = f"items/{number:06}.json"
    with zipfile.ZipFile(file) as packed:
        data = json.dumps(json.loads(packed.read(name)) | facts).encode()
        sums = packed.read("checksums.txt").decode().splitlines()
    right = [f"{sha256(data)}  {name}" if line.endswith(name) else line for line in sums]
    return rewritten(file, {name: data, "checksums.txt": "\n".join(right) + "\n"})


def bomb(file: Path) -> Path:
    return rewritten(file, {"files/aa/" + "a" * 64: b"\0" * (8 * 2**20)})


def with_link(file: Path) -> Path:
    return rewritten(file, {"items/../../../etc/passwd": "x"})


def not_zip(file: Path) -> Path:
    target = file.parent / "x.zip"
    target.write_bytes(b"%PDF-1.7 to nie jest zip")
    return target


def cut(file: Path) -> Path:
    target = file.parent / "x.zip"
    target.write_bytes(file.read_bytes()[:-200])
    return target


def symlink(file: Path) -> Path:
    """The archive with a member that is a link to a file of the server."""
    target = file.parent / "link.zip"
    target.write_bytes(file.read_bytes())
    link = zipfile.ZipInfo("files/aa/" + "a" * 64)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(target, "a") as packed:
        packed.writestr(link, "/etc/passwd")
    return target


def twice(file: Path) -> Path:
    """The archive with two members of one name: readers differ in which they believe."""
    target = file.parent / "twice.zip"
    target.write_bytes(file.read_bytes())
    with zipfile.ZipFile(target, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("items/000002.json", "{}")
    return target


BROKEN: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "slip": ("import.strange_name", with_link),
    "absolute": ("import.strange_name", lambda file: rewritten(file, {"/etc/passwd": "x"})),
    "bomb": ("import.bomb", bomb),
    "symlink": ("import.strange_name", symlink),
    "twice": ("import.name_twice", twice),
    "backslashes": ("import.strange_name", lambda file: rewritten(file, {"items\\..\\x.json": "x"})),
    "no zip": ("import.no_zip", not_zip),
    "cut": ("import.no_zip", cut),
    "no manifest": ("import.part_missing", lambda file: rewritten(file, {"manifest.json": None})),
    "other format": ("import.bad_json", lambda file: rewritten(file, {"manifest.json": '{"format": "x"}'})),
    "broken JSON": ("import.bad_json", lambda file: rewritten(file, {"manifest.json": "{"})),
    "item left out": ("import.items_missing", lambda file: rewritten(file, {"items/000002.json": None})),
    "changed item": ("import.checksum", lambda file: rewritten(file, {"items/000002.json": "{}"})),
    "strange fields": ("import.bad_json", lambda file: changed(file, 2, kolor="x")),
    "wrong kinds": ("import.bad_json", lambda file: changed(file, 2, states="x")),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_bad_archive_is_refused_whole_with_a_sentence(town: Town, file: Path, how: str) -> None:
    code, spoil = BROKEN[how]
    before = facts(town)
    with pytest.raises(Broken) as refusal:
        town.planned(opened(spoil(file)), "/urzad")
    assert refusal.value.code == code
    assert "{" not in message(refusal.value.code, **refusal.value.details)
    assert facts(town) == before


@pytest.mark.parametrize("how", ["slip", "absolute", "symlink", "bomb"])
def test_an_export_of_plone_is_held_to_the_same(file: Path, how: str) -> None:
    code, spoil = BROKEN[how]
    with pytest.raises(Broken) as refusal:
        Members(spoil(file), 50 * 2**20)
    assert refusal.value.code == code


def test_links_out_of_an_unpacked_export_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "tajne.json").write_text("{}")
    (tmp_path / "export" / "link.json").symlink_to(tmp_path / "tajne.json")
    members = Members(tmp_path / "export", 2**20)
    assert members.names == frozenset()
    for name in ("link.json", "../tajne.json", str(tmp_path / "tajne.json")):
        with pytest.raises(KeyError):
            members.read(name)


def facts(town: Town) -> list[int | None]:
    with town.database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in (Item, ItemVersion)]


def test_more_than_may_be_unpacked_is_refused(file: Path) -> None:
    with pytest.raises(Broken) as refusal:
        Archive(file, limit=100)
    assert refusal.value.code == "import.too_large"


@pytest.mark.parametrize("parent", ["9", "3", "2"], ids=["missing", "cycle", "itself"])
def test_an_item_whose_parent_never_comes_is_named_and_the_rest_is_taken(town: Town, file: Path, parent: str) -> None:
    spoiled = opened(changed(file, 2, parent=parent))
    outcomes = [line.outcome for line in town.planned(spoiled, "/urzad")]
    assert outcomes == ["partly", "refused", "refused"]
    lines = town.brought(spoiled, "/urzad")
    assert sorted(line.outcome for line in lines) == ["refused", "refused", "taken"]
    assert {note.code for line in lines for note in line.notes} == {"import.parent_missing"}


def test_what_may_not_lie_there_or_is_unknown_is_named(town: Town, file: Path) -> None:
    odd = {"folder": "import.not_allowed_there", "niema": "import.type_unknown"}
    for kind, code in odd.items():
        [line] = [one for one in town.planned(opened(changed(file, 3, type=kind)), "/urzad") if one.key == "3"]
        assert [note.code for note in line.notes] == [code]


def test_the_same_key_twice_and_a_bad_name_are_named(town: Town, file: Path) -> None:
    twice = town.planned(opened(changed(file, 3, key="2", parent="1")), "/urzad")
    assert [note.code for note in twice[2].notes] == ["import.key_twice"]
    bad = town.planned(opened(changed(file, 3, name="../x")), "/urzad")
    assert [note.code for note in bad[2].notes] == ["content.bad_name"]


def test_scripts_in_texts_do_not_come_with_them(town: Town, file: Path) -> None:
    state = {"title": "Strona", "body": '<p onclick="x()">a<script>alert(1)</script></p>'}
    town.brought(opened(changed(file, 3, states=[state])), "/urzad")
    item = town.item("/urzad/dzial-2/strona/pod-nia")
    with town.database.reading() as session:
        assert session.get_one(ItemVersion, item.draft_version_id).body == "<p>a</p>"
