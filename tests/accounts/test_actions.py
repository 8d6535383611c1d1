"""Acts on accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from portal.accounts import actions, passwords, queries, totp
from portal.accounts.models import Identity
from portal.core import actors, clock, events
from portal.core.actors import ANONYMOUS, SYSTEM
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from tests.web.program import PASSWORD, add_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def _second_factor(database: Database, user_id: int) -> None:
    with database.transaction() as session:
        code = pyotp.TOTP(SECRET).at(clock.now())
        actions.enable_second_factor(session, actors.user(user_id), secret=SECRET, code=code, password=PASSWORD)


def test_a_user_logs_in_by_any_spelling_of_the_name(database: Database) -> None:
    jan = add_user(database, "jan")
    with database.transaction() as session:
        assert actions.authenticate(session, " JAN ", PASSWORD).id == jan.id
    with database.reading() as session:
        assert events.history(session, f"user:{jan.id}")[-1].verb == "user.logged_in"


@pytest.mark.parametrize(("login", "password"), [("jan", "wrong"), ("nobody", PASSWORD), ("", ""), ("jan", "")])
def test_every_failed_log_in_is_refused_alike(database: Database, login: str, password: str) -> None:
    add_user(database, "jan")
    with database.reading() as session, pytest.raises(actions.Refused) as refusal:
        actions.authenticate(session, login, password)
    assert refusal.value.code == "login.refused"


def test_a_closed_account_is_refused(database: Database) -> None:
    jan = add_user(database, "jan")
    with database.transaction() as session:
        actions.set_active(session, SYSTEM, jan.id, active=False)
    with database.reading() as session, pytest.raises(actions.Refused):
        actions.authenticate(session, "jan", PASSWORD)


def test_a_code_of_the_second_factor_is_accepted_once(database: Database) -> None:
    jan = add_user(database, "jan")
    _second_factor(database, jan.id)
    now = clock.now()
    later = pyotp.TOTP(SECRET).at(now + timedelta(seconds=30))
    for code in ("", "000000", pyotp.TOTP(SECRET).at(now), "12345a", "١٢٣٤٥٦"):
        with database.transaction() as session, pytest.raises(actions.Refused) as refusal:
            actions.authenticate(session, "jan", PASSWORD, code)
        assert refusal.value.code == "login.code"
    with database.transaction() as session:
        actions.authenticate(session, "jan", PASSWORD, f"{later[:3]} {later[3:]}")
    with database.transaction() as session, pytest.raises(actions.Refused):
        actions.authenticate(session, "jan", PASSWORD, later)


def test_the_second_factor_needs_the_password_and_a_right_code(database: Database) -> None:
    actor = actors.user(add_user(database, "jan").id)
    code = pyotp.TOTP(SECRET).at(clock.now())
    with database.transaction() as session:
        with pytest.raises(Invalid, match=r"password\.wrong"):
            actions.enable_second_factor(session, actor, secret=SECRET, code=code, password="x")
        with pytest.raises(Invalid, match=r"totp\.wrong"):
            actions.enable_second_factor(session, actor, secret=SECRET, code="000000x", password=PASSWORD)
        actions.enable_second_factor(session, actor, secret=SECRET, code=code, password=PASSWORD)
        with pytest.raises(Invalid, match=r"password\.wrong"):
            actions.disable_second_factor(session, actor, password="x")
        actions.disable_second_factor(session, actor, password=PASSWORD)


def test_one_changes_ones_password_with_the_current_one_only(database: Database) -> None:
    jan = add_user(database, "jan")
    actor = actors.user(jan.id)
    with database.transaction() as session:
        with pytest.raises(Invalid, match=r"password\.wrong"):
            actions.set_password(session, actor, jan.id, "nowe-haslo-z-mchu", current="x")
        with pytest.raises(Forbidden):
            actions.set_password(session, actor, jan.id, "nowe-haslo-z-mchu")
        changed = actions.set_password(session, actor, jan.id, "nowe-haslo-z-mchu", current=PASSWORD)
        assert changed.session_version == 2
    with database.transaction() as session:
        actions.authenticate(session, "jan", "nowe-haslo-z-mchu")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("krotkie", "password.short"), ("x" * 201, "password.long"), ("aaaaaaaaaaaaaaaa", "password.easy"),
        ("123456789012345", "password.easy"), ("kowalski-haslo-1", "password.easy"),
    ],
)  # fmt: skip
def test_easy_passwords_are_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check(password, login="kowalski@wrotkowo.example")
    assert refusal.value.code == code


def test_hashes_are_argon2id_of_at_least_the_stated_cost() -> None:
    secret = passwords.hashed("zażółć gęślą jaźń")
    assert secret.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(secret, "zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301")
    assert not passwords.verify("", "nobody has this password")
    assert not passwords.verify("not a hash", "x")
    assert passwords.is_outdated("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")


def test_a_login_is_given_once(database: Database) -> None:
    add_user(database, "jan")
    with database.transaction() as session, pytest.raises(Conflict, match=r"user\.taken"):
        actions.create_user(session, SYSTEM, login=" Jan", name="Jan", kind="citizen")


Act = Callable[..., Any]


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        (actions.create_user, {"login": "x", "name": "X", "kind": "staff"}),
        (actions.grant, {"path": "/", "principal": "user:1", "role": "admin"}),
        (actions.revoke, {"path": "/", "principal": "user:1", "role": "admin"}),
        (actions.create_group, {"name": "X"}),
        (actions.add_to_group, {"user_id": 1, "group_id": 1}),
        (actions.remove_from_group, {"user_id": 1, "group_id": 1}),
        (actions.set_active, {"user_id": 1, "active": False}),
        (actions.end_sessions, {"user_id": 1}),
        (actions.set_password, {"user_id": 1, "password": "kasztan-rower-7"}),
    ],
)  # fmt: skip
def test_accounts_are_administered_by_administrators_only(
    database: Database, act: Act, arguments: dict[str, Any]
) -> None:
    add_user(database, "jan")
    clerk = actors.user(add_user(database, "ewa", "staff", head="/biuro").id)
    for actor in (ANONYMOUS, clerk):
        with database.transaction() as session, pytest.raises(Forbidden):
            act(session, actor, **arguments)


def test_no_event_of_accounts_holds_a_name(database: Database) -> None:
    ewa = add_user(database, "ewa.nowakowska", "staff", clerk="/biuro")
    with database.reading() as session:
        every = list(session.scalars(select(events.Event)))
    assert {event.verb for event in every} == {"user.created", "grant.given"}
    assert "nowakowska" not in str([(event.actor, event.refs, event.data) for event in every])
    assert every[0].refs == [f"user:{ewa.id}"]


def test_groups_and_their_members_are_found(database: Database) -> None:
    ewa = add_user(database, "ewa", "staff")
    with database.transaction() as session:
        with pytest.raises(Invalid, match=r"department\.symbol"):
            actions.create_group(session, SYSTEM, name="X", kind="department")
        made = actions.create_group(session, SYSTEM, name="Organizacja", kind="department", symbol="OR")
        for _ in range(2):
            actions.add_to_group(session, SYSTEM, user_id=ewa.id, group_id=made.id)
    with database.reading() as session:
        assert [group.symbol for group in queries.departments(session)] == ["OR"]
        assert queries.department(session, "OR").id == made.id
        assert [user.login for user in queries.members(session, made.id)] == ["ewa"]
        assert [group.id for group in queries.groups_of(session, ewa.id)] == [made.id]
        assert list(queries.users(session, [ewa.id, 99])) == [ewa.id]
        with pytest.raises(NotFound):
            queries.department(session, "XX")


def test_a_proposed_secret_is_the_users_own_and_long_enough() -> None:
    one, other = totp.proposed("key", 1, "nonce"), totp.proposed("key", 2, "nonce")
    assert one != other
    assert len(one) == 32
    assert len(one) <= Identity.totp.type.length
    assert totp.address(one, account="jan", issuer="Gmina").startswith("otpauth://totp/Gmina:jan?")
