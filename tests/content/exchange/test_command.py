"""The commands: out into a file, looked through, and in again, with a report beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.accounts import actions as accounts
from portal.commands import exchange
from portal.content import actions
from portal.content.exchange import ties
from portal.content.models import ItemVersion
from portal.core.actors import SYSTEM
from portal.core.errors import DomainError
from tests.content.exchange.conftest import Town


def test_a_place_goes_out_and_comes_in_with_a_report(town: Town, tmp_path: Path) -> None:
    with town.database.transaction() as session:
        for name in ("dzial", "cel"):
            actions.create_item(session, SYSTEM, "/urzad", "folder", name.title(), name=name)
    file, report, said = tmp_path / "a.zip", tmp_path / "r.csv", list[str]()
    exchange.export(town.program, "/urzad/dzial", file, said.append)
    exchange.bring(town.program, "wrota", file, "/urzad/cel", report, said.append, go=False)
    assert "Nic nie zmieniono" in said[-1]
    exchange.bring(town.program, "wrota", file, "/urzad/cel", report, said.append, go=True)
    assert town.item("/urzad/cel/dzial").review == "draft"
    assert "przeniesiono,Dzial,/urzad/cel/dzial" in report.read_text("utf-8-sig")


def test_a_file_that_is_no_archive_is_refused_in_words(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(b"nie zip")
    with pytest.raises(DomainError) as refusal:
        exchange.bring(town.program, "plone", file, "/", tmp_path / "r.csv", print, go=True)
    assert refusal.value.code == "import.no_zip"


def test_what_comes_in_by_command_names_the_person_it_is_done_for(town: Town, tmp_path: Path) -> None:
    with town.database.transaction() as session:
        for name in ("dzial", "cel"):
            actions.create_item(session, SYSTEM, "/urzad", "folder", name.title(), name=name)
        person = accounts.create_user(session, SYSTEM, login="ewa", name="Ewa Maj", kind="staff")
    file, report = tmp_path / "a.zip", tmp_path / "r.csv"
    exchange.export(town.program, "/urzad/dzial", file, print)
    with pytest.raises(DomainError) as refusal:
        exchange.bring(town.program, "wrota", file, "/urzad/cel", report, print, go=True, login="nikt")
    assert refusal.value.code == "transfer.unknown_login"
    exchange.bring(town.program, "wrota", file, "/urzad/cel", report, print, go=True, login=person.login)
    with town.database.reading() as session:
        version = session.get_one(ItemVersion, town.item("/urzad/cel/dzial").draft_version_id)
        assert version.author == "system, w imieniu: Ewa Maj"


def test_roles_are_given_by_command_only_to_those_it_names(town: Town, tmp_path: Path) -> None:
    with town.database.transaction() as session:
        for name in ("dzial", "cel"):
            actions.create_item(session, SYSTEM, "/urzad", "folder", name.title(), name=name)
        for login in ("anna", "inna"):
            person = accounts.create_user(session, SYSTEM, login=login, name=login.title(), kind="staff")
            accounts.grant(session, SYSTEM, path="/urzad/dzial", principal=f"user:{person.id}", role="editor")
    file, report = tmp_path / "a.zip", tmp_path / "r.csv"
    exchange.export(town.program, "/urzad/dzial", file, print)
    with pytest.raises(DomainError) as refusal:
        exchange.bring(town.program, "wrota", file, "/urzad/cel", report, print, go=True, roles=["user:anna=user:nikt"])
    assert refusal.value.code == "transfer.unknown_bearer"
    exchange.bring(town.program, "wrota", file, "/urzad/cel", report, print, go=True, roles=["user:anna=user:inna"])
    with town.database.reading() as session:
        assert [(one.name, one.role) for one in ties.roles_at(session, "/urzad/cel/dzial")] == [("inna", "editor")]
    assert "nie przeniesiono (jest ich 1)" in report.read_text("utf-8-sig")
