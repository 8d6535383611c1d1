"""Every address the program answers, walked by those who may not read an item of the Bulletin: a route added
tomorrow is walked too, or the test says that it does not know how to fill in its address."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.content import actions
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.events import Event
from portal.web import rights
from tests.content.conftest import add_person
from tests.content.test_side_doors import as_person
from tests.content.web import make_app

SECRET = "Tajemnica dziewięciu sołtysów"
MARKS = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-11-20", "case_sign": SECRET}
STATES = ("draft", "pending", "planned", "moved", "revised", "binned", "protected")
WORD = "dziewięciu"
QUERIES = ("", "?" + urlencode({"q": "sołtysów", "kto": "wszyscy"}))


@dataclass(frozen=True)
class Made:
    item_id: int
    document_id: int


def made(database: Database, blobs: FolderBlobStore, state: str) -> Made:
    """A notice whose title, name, text, fact and file say ``SECRET`` (``revised``: only its working copy does)."""
    with database.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=SECRET.encode(), name="a.txt", origin="content")
        told = {
            "title": SECRET,
            "body": f"<p>{SECRET}</p>",
            "fields": MARKS,
            "files": [actions.Attachment(file.id, SECRET)],
        }
        plain = {"title": "Jawny", "body": "<p>jawne</p>", "fields": {**MARKS, "case_sign": "A.1"}}
        first = plain if state == "revised" else told
        item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "decision", name="strona", **first)
        if state == "pending":
            actions.submit(session, SYSTEM, item.id)
        if state == "moved":
            actions.rename(session, SYSTEM, item.id, "tajna")
            actions.rename(session, SYSTEM, item.id, "strona")
        if state == "planned":
            actions.schedule(session, SYSTEM, item.id, publish_at=clock.now() + timedelta(days=9), expires_at=None)
        if state in ("protected", "revised"):
            actions.publish(session, SYSTEM, item.id)
        if state == "protected":
            actions.present(session, SYSTEM, item.id, in_menu=True, protected=True)
        if state == "revised":
            actions.save_draft(session, SYSTEM, item.id, expected=None, **told)
        if state == "binned":
            actions.put_into_bin(session, SYSTEM, item.id)
        return Made(item.id, file.id)


def address(rule: Rule, here: Made) -> str:
    """The address of ``rule`` that leads to the item; a part nobody knows stops the test."""
    values: dict[str, object] = {
        "path": "bip/ogloszenia/strona" if not rule.rule.startswith("/bip") else "ogloszenia/strona",
        "item_id": here.item_id, "document_id": here.document_id, "number": 1, "before": 1, "after": 1,
        "kind": "json", "name": "a.txt", "stamp": f"{clock.now():%Y-%m-%d}", "size": 1, "first": 1, "second": 1,
        "year": 2026, "month": 11, "term_id": 1, "key": 1, "token": "x", "digits": "0b4f6c", "filename": "wrota.css",
        "transfer_id": 1, "relation_id": 1, "act": "wznow", "bet_id": 1, "link_id": 1, "token_id": 1,
    }  # fmt: skip
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: str(values[found.group(1)]), rule.rule)


def right_of(app: Flask, rule: Rule) -> tuple[str, ...]:
    found = rights.right_of(app.view_functions[rule.endpoint])
    return found.names if found else ()


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def all_of(answer: TestResponse) -> str:
    """What an answer says, inside a ZIP and a PDF as well."""
    data = answer.get_data()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b" ".join([archive.read(name) for name in archive.namelist()] + [str(archive.namelist()).encode()])
    if data[:5] == b"%PDF-":
        with closing(pypdfium2.PdfDocument(data)) as document:
            return " ".join(page.get_textpage().get_text_bounded() for page in document)
    return data.decode(errors="replace")


@pytest.mark.parametrize("state", STATES)
def test_no_address_of_the_program_says_what_an_item_of_the_bulletin_keeps(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path, state: str
) -> None:
    here = made(bulletin, blobs, state)
    app = make_app(bulletin, blobs, tmp_path)
    stranger = add_person(bulletin, "e", "E", "admin", "/inny")
    walked = [(None, rule, query) for rule in rules(app) for query in QUERIES if right_of(app, rule) == ("public",)]
    walked += [(stranger, rule, "") for rule in rules(app) if right_of(app, rule) != ("public",)]
    leaks = []
    for person, rule, query in walked:
        with closing(as_person(app.test_client(), person).get(address(rule, here) + query)) as answer:
            assert answer.status_code != 500, rule.rule
            if WORD in all_of(answer):
                leaks.append((rule.endpoint, query))
    assert not leaks, "\n".join(map(str, leaks))


def test_nobody_from_elsewhere_acts_on_an_item_by_any_form(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    """Whatever is sent to whichever address: acts leave events, and there are none but noted attempts."""
    here = made(bulletin, blobs, "revised")
    app = make_app(bulletin, blobs, tmp_path)
    app.config["WTF_CSRF_ENABLED"] = False
    client = as_person(app.test_client(), add_person(bulletin, "e", "E", "admin", "/inny"))
    with bulletin.reading() as session:
        before = session.scalar(select(func.max(Event.seq))) or 0
    told = {"title": "Nowy", "reason": "powód", "parent": "/bip/ogloszenia", "type": "bip_page", "item": here.item_id}
    told |= {"act": "withdraw", "principal": "user:1", "role": "admin", "place": "/bip/ogloszenia", "name": "inna"}
    sent = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and "item_id" in rule.arguments]
    for rule in sent:
        assert client.post(address(rule, here), data=told).status_code != 500, rule.rule
    with bulletin.reading() as session:
        verbs = set(session.scalars(select(Event.verb).where(Event.seq > before)))
    assert len(sent) > 40
    assert verbs <= {"bip.attempt", "bip.refused", "content.refused"}
