"""Writing with a token: the same acts, the same rights, nothing overwritten that nobody saw."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

from portal.accounts.models import Grant
from portal.content import actions
from portal.content.models import Item
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.events import Event
from portal.web import context
from tests.content.api.conftest import Api, People, add_person, give_token
from tests.content.test_side_doors import STATES, scene
from tests.content.test_side_doors import people as people_by_role
from tests.content.web import log_in

NEW: dict[str, Any] = {"parent": "/urzad", "type": "page", "title": "Z programu", "body": "<p>Treść</p>"}


@pytest.fixture
def program(api: Api, site: Database, people: People) -> Api:
    """A program of the publisher, with all scopes."""
    return api.with_token(give_token(site, people.publisher, "read", "write", "publish"))


def test_a_program_writes_sends_publishes_moves_and_withdraws(program: Api, site: Database) -> None:
    made = program.act("/api/v1/items", NEW | {"name": "nowa"})
    assert made.status_code == 201
    here = made.headers["Location"].removeprefix("http://localhost")
    saved = program.act(f"{here}/draft", {"title": "Poprawiona"}, etag=made.headers["ETag"], method="PUT")
    sent = program.act(f"{here}/submit", etag=saved.headers["ETag"])
    shown = program.act(f"{here}/publish", etag=sent.headers["ETag"])
    assert (shown.json or {})["state"] == "published"
    moved = program.act(f"{here}/move", {"parent": "/urzad", "name": "inna"}, etag=shown.headers["ETag"])
    assert (moved.json or {})["path"] == "/urzad/inna"
    gone = program.act(f"{here}/withdraw", {"reason": "pomyłka"}, etag=moved.headers["ETag"])
    assert (gone.json or {})["state"] == "withdrawn"
    with site.reading() as session:
        actors = {event.actor for event in session.query(Event).filter(Event.verb == "content.published")}
    assert any(actor.startswith("token:") and "/user:" in actor for actor in actors)


def test_a_state_nobody_saw_is_not_overwritten(program: Api) -> None:
    made = program.act("/api/v1/items", NEW)
    here, etag = made.headers["Location"].removeprefix("http://localhost"), made.headers["ETag"]
    assert program.act(f"{here}/draft", {"title": "A"}, etag=etag, method="PUT").status_code == 200
    late = program.act(f"{here}/draft", {"title": "B"}, etag=etag, method="PUT")
    assert (late.status_code, (late.json or {})["code"]) == (409, "content.changed_meanwhile")
    assert program.act(f"{here}/publish").status_code == 428
    assert program.act(f"{here}/publish", etag="*").status_code == 428


def test_cookies_are_no_key_to_the_api(api: Api, people: People) -> None:
    logged_in = log_in(api.client, people.publisher)
    answer = logged_in.post("/api/v1/items", json=NEW)
    assert (answer.status_code, (answer.json or {})["code"]) == (401, "token.missing")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_file_is_sent_and_then_stands_beside_a_page(program: Api) -> None:
    sent = program.call("POST", "/api/v1/files", data={"file": (io.BytesIO(b"tresc"), "plik.txt")})
    number = (sent.json or {})["document_id"]
    made = program.act("/api/v1/items", NEW | {"files": [{"document_id": number, "title": "Plik"}]})
    assert (made.json or {})["version"]["files"][0]["document_id"] == number
    assert program.call("POST", "/api/v1/files", data={}).status_code == 422


def test_naming_a_strangers_document_does_not_open_it(program: Api, site: Database, blobs: FolderBlobStore) -> None:
    with site.transaction() as session:
        letter = documents.store(session, blobs, SYSTEM, data=b"pismo", name="pismo.txt", origin="epuap")
    answer = program.act("/api/v1/items", NEW | {"files": [{"document_id": letter.id, "title": "x"}]})
    assert (answer.status_code, (answer.json or {})["code"]) == (422, "api.unknown_document")


def test_what_is_wrong_is_named_field_by_field(program: Api) -> None:
    wrong = program.act("/api/v1/items", {"parent": "urzad", "type": "page", "title": "", "kolor": "x"})
    assert {error["pointer"] for error in (wrong.json or {})["errors"]} == {"/parent", "/title", "/kolor"}
    event = NEW | {"type": "news", "fields": {"nieznane": "x"}}
    assert "/fields/nieznane" in str((program.act("/api/v1/items", event).json or {})["errors"])
    assert (program.call("POST", "/api/v1/items", data="{").json or {})["code"] == "api.no_json"
    assert program.act("/api/v1/items", NEW | {"parent": "/nie-ma"}).status_code == 404
    assert program.act("/api/v1/items", NEW | {"type": "bip_page"}).status_code in (403, 422)


def test_acts_are_counted_and_too_many_wait(program: Api) -> None:
    app = program.client.application
    with app.app_context():
        here = context.program()
        context.install(replace(here, settings=replace(here.settings, api_write_limit="2 per minute")))
    codes = [program.act("/api/v1/items", NEW).status_code for _ in range(3)]
    assert codes == [201, 201, 429]


@pytest.mark.parametrize("state", STATES)
def test_no_door_of_the_api_shows_what_may_not_be_read(
    api: Api, site: Database, blobs: FolderBlobStore, state: str
) -> None:
    here, everyone = scene(site, blobs, state), people_by_role(site)
    doors = (
        "",
        "/children",
        "/tree",
        "/versions",
        "/versions/1",
        "/versions/2",
        "/files",
        f"/files/{here.document_id}",
    )
    urls = [f"/api/v1/items/{here.item_id}{door}{more}" for door in doors for more in ("", "?draft=true")]
    urls += ["/api/v1/paths/urzad/strona", "/api/v1/paths/urzad/strona?draft=true", "/api/v1/items?below=/urzad"]
    urls += ["/api/v1/items/2/children?drafts=true", "/api/v1/items/1/tree?depth=3"]
    leaks = []
    for role, person in everyone.items():
        program = api
        if person is not None and role != "citizen":
            place = "/inny" if role == "elsewhere" else "/urzad"
            program = api.with_token(give_token(site, person, "read", path=place))
        allowed = state == "published" or role in ("reader", "editor", "reviewer", "publisher")
        leaks += [(role, url) for url in urls if "dziewięciu" in program.get(url).text and not allowed]
    assert leaks == []


@pytest.mark.parametrize("role", ["reader", "editor", "reviewer", "publisher", "elsewhere"])
@pytest.mark.parametrize("scope", ["read", "write", "publish"])
def test_a_token_does_only_what_its_owner_and_its_scope_allow(
    api: Api, site: Database, blobs: FolderBlobStore, role: str, scope: str
) -> None:
    here, person = scene(site, blobs, "revised"), people_by_role(site)[role]
    assert person is not None
    token = give_token(site, person, *{scope, "read"}, path="/inny" if role == "elsewhere" else "/urzad")
    program, base = api.with_token(token), f"/api/v1/items/{here.item_id}"
    needed = {
        "publish": role == "publisher" and scope == "publish",
        "submit": role in ("editor", "reviewer", "publisher") and scope == "write",
    }
    for act, allowed in needed.items():
        with site.reading() as session:
            version = session.get_one(Item, here.item_id).version
        answer = program.act(f"{base}/{act}", etag=f"{version}.1")
        assert (answer.status_code == 200) == allowed, (act, answer.text)


def test_what_a_program_may_not_do_stands_in_the_journal(api: Api, site: Database) -> None:
    reader = add_person(site, "czyta", "Czyta", "reader")
    program = api.with_token(give_token(site, reader, "read", "write", "publish"))
    with site.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/urzad", "page", "Strona")
    assert program.act(f"/api/v1/items/{item.id}/publish", etag=f"{item.version}.1").status_code == 403
    with site.reading() as session:
        assert session.query(Event).filter(Event.verb == "content.refused").count() == 1


def test_what_is_asked_for_again_with_the_same_key_is_made_once(program: Api, site: Database) -> None:
    def sent(key: str, title: str = "Z programu") -> Any:
        return program.call("POST", "/api/v1/items", json=NEW | {"title": title}, headers={"Idempotency-Key": key})

    first, again, other = sent("a"), sent("a"), sent("b")
    assert (first.json or {})["id"] == (again.json or {})["id"] != (other.json or {})["id"]
    assert again.headers["Location"] == first.headers["Location"]
    assert ((wrong := sent("a", "Co innego")).status_code, (wrong.json or {})["code"]) == (422, "once.other")
    assert sent("x" * 201).status_code == 422
    files = [
        program.call(
            "POST", "/api/v1/files", data={"file": (io.BytesIO(b"t"), "a.txt")}, headers={"Idempotency-Key": "f"}
        )
        for _ in range(2)
    ]
    assert len({(one.json or {})["document_id"] for one in files}) == 1


def test_the_key_of_another_program_is_another_key(api: Api, site: Database, people: People) -> None:
    made = set()
    for _ in range(2):
        program = api.with_token(give_token(site, people.publisher, "read", "write"))
        made.add((program.call("POST", "/api/v1/items", json=NEW, headers={"Idempotency-Key": "a"}).json or {})["id"])
    assert len(made) == 2


def test_a_key_shows_nothing_to_whoever_may_look_there_no_longer(api: Api, site: Database) -> None:
    editor = add_person(site, "pisze", "Pisze", "editor")
    program = api.with_token(give_token(site, editor, "read", "write"))
    ask = lambda: program.call("POST", "/api/v1/items", json=NEW, headers={"Idempotency-Key": "a"})  # noqa: E731
    assert ask().status_code == 201
    with site.transaction() as session:
        session.execute(delete(Grant).where(Grant.principal == f"user:{editor.user_id}"))
    assert ask().status_code == 404
