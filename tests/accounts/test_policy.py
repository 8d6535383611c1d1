"""Roles and grants along paths."""

from __future__ import annotations

import pytest

from portal.accounts import actions, policy
from portal.accounts.models import Group, User
from portal.core import actors
from portal.core.actors import ANONYMOUS, SYSTEM, Actor
from portal.core.db import Database
from portal.core.errors import Forbidden
from tests.web.program import add_user


def _actor(user: User) -> Actor:
    return actors.user(user.id)


def _can(database: Database, actor: Actor, permission: str, path: str = "/") -> bool:
    with database.reading() as session:
        return policy.can(session, actor, permission, path)


@pytest.mark.parametrize(
    ("path", "lineage"),
    [("/", ("/",)), ("/a/b", ("/", "/a", "/a/b")), ("/a/b/", ("/", "/a", "/a/b")), ("", ("/",))],
)
def test_the_lineage_of_a_path_is_its_prefixes(path: str, lineage: tuple[str, ...]) -> None:
    assert policy.lineage(path) == lineage


def test_a_role_holds_where_it_is_given_and_below(database: Database) -> None:
    ewa = _actor(add_user(database, "ewa", "staff", clerk="/biuro/OR"))
    assert _can(database, ewa, "cases.work", "/biuro/OR")
    assert _can(database, ewa, "cases.work", "/biuro/OR/1")
    assert not _can(database, ewa, "cases.work", "/biuro")
    assert not _can(database, ewa, "cases.work", "/biuro/ORG")
    with database.reading() as session:
        assert policy.can_somewhere(session, ewa, "cases.work", "/biuro")
        assert not policy.can_somewhere(session, ewa, "cases.work", "/biuro/FN")
        assert policy.places(session, ewa, "cases.work") == {"/biuro/OR"}
        assert policy.roles_at(session, ewa, "/biuro/OR/1") == {"clerk", "citizen"}


def test_whoever_is_logged_in_may_send_a_form_and_nobody_else(database: Database) -> None:
    jan = _actor(add_user(database, "jan"))
    assert _can(database, jan, "forms.submit")
    assert not _can(database, ANONYMOUS, "forms.submit")


def test_the_system_may_do_everything(database: Database) -> None:
    assert _can(database, SYSTEM, "accounts.admin")
    assert _can(database, actors.system_for(7), "letters.approve", "/biuro/OR")


def test_a_permission_nobody_defined_is_a_mistake(database: Database) -> None:
    with pytest.raises(ValueError, match="pubish"):
        _can(database, ANONYMOUS, "content.pubish")


def test_require_says_what_was_missing(database: Database) -> None:
    with database.reading() as session, pytest.raises(Forbidden) as refusal:
        policy.require(session, ANONYMOUS, "bip.publish", "/bip")
    assert refusal.value.details == {"permission": "bip.publish"}


def _section(database: Database, user: User) -> tuple[Group, Group]:
    """The user works in a section of a department."""
    with database.transaction() as session:
        above = actions.create_group(session, SYSTEM, name="Finanse", kind="department", symbol="FN")
        section = actions.create_group(
            session, SYSTEM, name="Podatki", kind="department", symbol="FN-P", parent_id=above.id
        )
        actions.add_to_group(session, SYSTEM, user_id=user.id, group_id=section.id)
        actions.grant(session, SYSTEM, path="/biuro/FN", principal=f"group:{above.id}", role="clerk")
    return above, section


def test_who_works_in_a_section_works_in_its_department(database: Database) -> None:
    ewa = add_user(database, "ewa", "staff")
    above, section = _section(database, ewa)
    assert _can(database, _actor(ewa), "cases.work", "/biuro/FN")
    with database.reading() as session:
        names = policy.principals(session, _actor(ewa))
    assert names == {"everyone", "authenticated", f"user:{ewa.id}", f"group:{above.id}", f"group:{section.id}"}


def test_leaving_the_group_ends_its_rights_at_once(database: Database) -> None:
    ewa = add_user(database, "ewa", "staff")
    _, section = _section(database, ewa)
    with database.transaction() as session:
        assert policy.can(session, _actor(ewa), "cases.work", "/biuro/FN")
        actions.remove_from_group(session, SYSTEM, user_id=ewa.id, group_id=section.id)
        assert not policy.can(session, _actor(ewa), "cases.work", "/biuro/FN")


def test_a_closed_account_holds_nothing(database: Database) -> None:
    ewa = add_user(database, "ewa", "staff", admin="/")
    with database.transaction() as session:
        actions.set_active(session, SYSTEM, ewa.id, active=False)
    assert not _can(database, _actor(ewa), "accounts.admin")
    with database.reading() as session:
        assert policy.principals(session, _actor(ewa)) == {"everyone"}


def test_readers_are_those_who_hold_the_permission_on_the_way_to_a_thing(database: Database) -> None:
    ewa = add_user(database, "ewa", "staff", editor="/bip")
    add_user(database, "ola", "staff", editor="/aktualnosci")
    with database.reading() as session:
        assert policy.readers(session, "/bip/przetargi") == {f"user:{ewa.id}"}
        assert policy.readers(session, "/", "forms.submit") == {"authenticated"}


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("clerk", {"cases.work", "letters.write"}, {"letters.approve", "intake.manage", "content.edit"}),
        ("head", {"letters.approve", "cases.work"}, {"accounts.admin"}),
        ("mailroom", {"register.manage", "intake.manage", "dispatch.send"}, {"cases.work"}),
        ("archivist", {"cases.view"}, {"cases.work", "register.manage"}),
        ("editor", {"content.edit", "content.submit"}, {"content.publish", "bip.publish"}),
        ("publisher", {"content.publish", "bip.publish"}, {"content.admin"}),
        ("citizen", {"forms.submit"}, {"desk.view", "content.edit"}),
    ],
)
def test_roles_keep_apart_what_must_be_apart(role: str, may: set[str], may_not: set[str]) -> None:
    assert may <= policy.ROLES[role]
    assert not may_not & policy.ROLES[role]
    assert policy.ROLES["admin"] == policy.PERMISSIONS
