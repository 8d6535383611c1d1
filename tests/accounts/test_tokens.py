"""Access tokens: shown once, never more than their owner, ended at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from portal.accounts import policy, tokens
from portal.accounts.models import ApiToken, Grant, User
from portal.core import actors, clock
from portal.core.actors import Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.content.web import log_in, make_app, post


@pytest.fixture
def owner(database: Database) -> Actor:
    """A publisher at ``/a``."""
    with database.transaction() as session:
        user = User(login="ola", name="Ola", kind="staff", created_at=clock.now())
        session.add(user)
        session.flush()
        session.add(Grant(path="/a", principal=f"user:{user.id}", role="publisher"))
        return actors.user(user.id)


def issue(database: Database, owner: Actor, *scopes: str, path: str = "/a") -> tokens.Issued:
    with database.transaction() as session:
        return tokens.issue(session, owner, name="próba", scopes=scopes or ("read",), path=path, days=7)


def can(database: Database, text: str, permission: str, path: str) -> bool:
    with database.reading() as session:
        return policy.can(session, tokens.actor_of(session, text)[0], permission, path)


def test_only_the_hash_of_a_token_is_kept(database: Database, owner: Actor) -> None:
    issued = issue(database, owner)
    secret = issued.text.rpartition("_")[2]
    assert secret not in str(vars(issued.token))
    assert len(issued.token.digest) == 64


def test_a_token_holds_its_scopes_at_its_path_and_below_only(database: Database, owner: Actor) -> None:
    text = issue(database, owner, "write", path="/a/b").text
    assert can(database, text, "content.edit", "/a/b/c")
    assert not can(database, text, "content.publish", "/a/b")
    assert not can(database, text, "content.edit", "/a")
    assert not can(database, text, "forms.submit", "/a/b")


def test_a_token_of_a_wider_path_gives_no_more_than_its_owner_holds(database: Database, owner: Actor) -> None:
    text = issue(database, owner, "write", path="/").text
    assert can(database, text, "content.edit", "/a")
    assert not can(database, text, "content.edit", "/")


@pytest.mark.parametrize("change", ["revoked", "expired", "closed", "altered", "none"])
def test_a_token_that_ended_is_refused(database: Database, owner: Actor, change: str) -> None:
    issued = issue(database, owner)
    with database.transaction() as session:
        if change == "revoked":
            tokens.revoke(session, owner, issued.token.id)
        if change == "expired":
            session.execute(update(ApiToken).values(expires_at=clock.now() - timedelta(seconds=1)))
        if change == "closed":
            session.execute(update(User).values(active=False))
    text = {"altered": issued.text[:-1] + "!", "none": "wrota"}.get(change, issued.text)
    with database.reading() as session, pytest.raises(tokens.BadToken):
        tokens.actor_of(session, text)


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"scopes": ()}, {"scopes": ("admin",)}, {"days": 9999}, {"path": "/b"}],
    ids=["name", "no scope", "unknown scope", "life", "place"],
)
def test_a_token_without_sense_is_not_made(database: Database, owner: Actor, wrong: dict[str, object]) -> None:
    asked: dict[str, object] = {"name": "x", "scopes": ("read",), "path": "/a", "days": 7} | wrong
    with database.transaction() as session, pytest.raises(Invalid):
        tokens.issue(session, owner, **asked)  # type: ignore[arg-type]


def test_a_program_makes_no_tokens_and_ends_none(database: Database, owner: Actor) -> None:
    issued = issue(database, owner, "read", "write", "publish")
    with database.transaction() as session:
        program = tokens.actor_of(session, issued.text)[0]
        with pytest.raises(Invalid):
            tokens.issue(session, program, name="x", scopes=("read",), path="/a", days=7)


def test_a_person_gives_and_takes_access_on_a_page_that_shows_the_token_once(
    database: Database, owner: Actor, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    client = log_in(make_app(database, blobs, tmp_path).test_client(), owner)
    page = "/konto/dostep"
    made = post(client, page, page, {"name": "Eksport", "scopes": "read", "path": "/a", "days": "30"})
    text = made.text.split('<code class="w-number">')[1].split("<")[0]
    assert can(database, text, "content.view", "/a")
    assert text not in client.get(page).text
    post(client, page, f"{page}/1/odbierz", {})
    with database.reading() as session, pytest.raises(tokens.BadToken):
        tokens.actor_of(session, text)
    assert "Wpisz, do czego" in post(client, page, page, {"name": "", "days": "30"}).text
