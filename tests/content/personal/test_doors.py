"""Every door by which words a person writes become public in the Bulletin: none lets a name through unasked.

A new way to write something that everyone will read belongs in ``ACTS`` or ``STATES``.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import actions as bip
from bip import courses, erasing, relations, term_acts
from bip.models import TermFact
from portal.accounts import policy
from portal.content import actions, versions
from portal.content.models import Item, ItemVersion
from portal.content.personal import review
from portal.content.versions import Attachment
from portal.core import clock, documents
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.bip.conftest import People
from tests.content.api.conftest import give_token
from tests.content.conftest import add_person
from tests.content.web import log_in, make_app, post

NAME = "Jana Kowalskiego"
SAID = f"na wniosek {NAME}"
MARKS = {
    "publisher": "UG", "produced_by": "Anna Nowak", "produced_on": "2026-11-20", "number": "1/2026",
    "adopted_on": "2026-01-02", "in_force": "in_force", "subject": "drogi", "received_on": "2026-11-02",
}  # fmt: skip
TODAY = clock.today()

Act = Callable[[Session, Actor, int, int], object]
"""Carry out an act on a published act with words in which a name stands; the last number is another act's."""

ACTS: dict[str, Act] = {
    "reason of a change": lambda s, a, n, _: (_draft(s, n), actions.publish(s, a, n, reason=SAID)),
    "correction in one act": lambda s, a, n, _: bip.correct(s, a, n, reason=SAID, body_html="<p>nowe</p>"),
    "withdrawal in error": lambda s, a, n, _: actions.withdraw(s, a, n, reason=SAID, decided=True),
    "withdrawal by merging": lambda s, a, n, other: actions.withdraw(s, a, n, reason=SAID, into=other, decided=True),
    "withdrawal with the text kept": lambda s, a, n, _: actions.retire(s, a, n, reason=SAID, decided=True),
    "moving to the archive": lambda s, a, n, _: actions.archive(s, a, n, reason=SAID),
    "basis of a relation": lambda s, a, n, other: relations.add(
        s, a, n, kind="changes", target_id=other, since=TODAY, basis=SAID
    ),
    "reason of ending a relation": lambda s, a, n, other: relations.end(
        s, a, n, relations.add(s, a, n, kind="changes", target_id=other, since=TODAY).id, reason=SAID
    ),
    "why it stays beyond its term": lambda s, a, n, _: term_acts.decide(
        s, a, n, "keep", reason=SAID, until=TODAY + timedelta(days=9)
    ),
    "why it was published late": lambda s, a, n, _: (_late(s, n), term_acts.explain(s, a, n, SAID)),
    "remark of an erasure": lambda s, a, n, _: erasing.erase(
        s, a, n, erasing.Scope((1,)), basis="art. 17 RODO", reason=SAID
    ),
    "basis of an erasure": lambda s, a, n, _: erasing.erase(s, a, n, erasing.Scope((1,)), basis=SAID, reason="dane"),
}


def _draft(session: Session, number: int) -> None:
    versions.keep_fields(session, SYSTEM, number, {"basis": "ustawa"}, expected=None)


def _late(session: Session, number: int) -> None:
    session.add(
        TermFact(item_id=number, type="resolution", act="late", day=date(2026, 1, 1), at=clock.now(), author="")
    )
    session.flush()


def _state(**more: Any) -> dict[str, Any]:
    return {"title": "Petycja", "body": "<p>Treść.</p>", "fields": dict(MARKS), **more}


STATES: dict[str, dict[str, Any]] = {
    "title": _state(title=f"Petycja {NAME}"),
    "address": _state(name="petycja-jana-kowalskiego"),
    "summary": _state(summary=SAID),
    "text": _state(body=f"<p>{SAID}</p>"),
    "caption of a picture": _state(body=f'<figure><img src="/a.png" alt=""><figcaption>{SAID}</figcaption></figure>'),
    "alt text": _state(body=f'<p><img src="/a.png" alt="{SAID}"></p>'),
    "title of a link": _state(body=f'<p><a href="/a" title="{SAID}">tu</a></p>'),
    "explanation of an abbreviation": _state(body=f'<p><abbr title="{SAID}">JK</abbr></p>'),
    "caption of a table": _state(
        body=f"<table><caption>{SAID}</caption><tbody><tr><th>Co</th></tr><tr><td>1</td></tr></tbody></table>"
    ),
    "address of a mailbox": _state(body='<p><a href="mailto:jan.kowalski@poczta.example">tu</a></p>'),
    "field of the type": _state(fields=MARKS | {"subject": SAID}),
    "course of a petition": _state(fields=MARKS | {courses.STEPS: [{"day": "2026-11-03", "text": SAID}]}),
    "scope of an exclusion": _state(
        body="<p>[wyłączenie 1]</p>",
        fields=MARKS
        | {
            "exclusions": [
                {
                    "number": 1,
                    "scope": SAID,
                    "ground": "privacy",
                    "basis": "a",
                    "made_by": "b",
                    "interest": "c",
                    "place": "text",
                    "taken_from": 0,
                }
            ]
        },
    ),
}


@pytest.fixture
def act(bulletin: Database) -> tuple[int, int]:
    """Two published acts."""
    with bulletin.transaction() as session:
        made = [
            actions.create_item(session, SYSTEM, "/bip/ogloszenia", "resolution", f"Uchwała {number}", fields=MARKS)
            for number in (1, 2)
        ]
        for item in made:
            actions.publish(session, SYSTEM, item.id)
        return made[0].id, made[1].id


@pytest.mark.parametrize("door", ACTS)
def test_words_typed_at_an_act_do_not_pass_with_a_name(door: str, bulletin: Database, act: tuple[int, int]) -> None:
    person = add_person(bulletin, "ada", "Ada Administrator", "site_admin", "/")
    with bulletin.transaction() as session, pytest.raises(Invalid) as caught:
        ACTS[door](session, person, *act)
    assert caught.value.code == "personal.in_reason"
    assert caught.value.details["found"] == [NAME]


def create(database: Database, by: Actor, **state: Any) -> int:
    with database.transaction() as session:
        return actions.create_item(session, by, "/bip/ogloszenia", "petition", **state).id


@pytest.mark.parametrize("place", STATES)
def test_what_a_state_says_does_not_pass_with_a_name(place: str, bulletin: Database, people: People) -> None:
    number = create(bulletin, people.publisher, **STATES[place])
    with bulletin.transaction() as session, pytest.raises(Invalid) as caught:
        actions.publish(session, people.publisher, number)
    assert caught.value.code in ("personal.undecided", "personal.in_address")


@pytest.mark.parametrize("place", ["file's name", "file's title"])
def test_names_of_files_do_not_pass(place: str, bulletin: Database, blobs: FolderBlobStore, people: People) -> None:
    with bulletin.transaction() as session:
        name, title = (f"{SAID}.txt", "Wniosek") if place == "file's name" else ("w.txt", SAID)
        kept = documents.store(session, blobs, people.publisher, data=b"Nic.", name=name, origin="content")
    number = create(bulletin, people.publisher, **_state(files=[Attachment(kept.id, title)]))
    with bulletin.reading() as session:
        assert [one.text for one in review.of_working_copy(session, number).findings] == [NAME]


@pytest.mark.parametrize("where", ["title", "alt"])
def test_words_beside_an_image_that_the_text_shows_do_not_pass(
    where: str, bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "PNG")
    with bulletin.transaction() as session:
        kept = documents.store(session, blobs, people.publisher, data=out.getvalue(), name="a.png", origin="content")
        image = actions.create_item(
            session, people.publisher, "/", "image", SAID if where == "title" else "Zdjęcie",
            fields={"alt": SAID if where == "alt" else "kwiat"}, files=[Attachment(kept.id, "a")],
        )  # fmt: skip
        shown = f'<p><img src="item:{image.id}" alt="kwiat"></p>'
    number = create(bulletin, people.publisher, **_state(body=shown))
    with bulletin.transaction() as session, pytest.raises(Invalid, match="undecided"):
        actions.publish(session, people.publisher, number)


def test_a_new_address_of_a_public_item_does_not_pass(bulletin: Database, act: tuple[int, int], people: People) -> None:
    with bulletin.transaction() as session, pytest.raises(Invalid, match="in_address"):
        actions.rename(session, people.publisher, act[0], "uchwala-jana-kowalskiego")


def test_names_of_those_who_voted_and_of_the_marks_pass_by_rule(bulletin: Database, people: People) -> None:
    number = create(bulletin, people.publisher, **_state(fields=MARKS | {"responsible": "Ewa Malinowska, sekretarz"}))
    with bulletin.transaction() as session:
        actions.publish(session, people.publisher, number)


@pytest.mark.parametrize("was_public", [True, False])
def test_what_was_brought_as_a_working_copy_is_asked_about_when_a_person_publishes_it(
    was_public: bool, bulletin: Database, people: People
) -> None:
    origin = {"kind": "archive", "published_at": "2020-01-01T00:00:00+00:00" if was_public else ""}
    number = create(bulletin, SYSTEM, **_state(body=f"<p>{SAID}</p>", fields=MARKS | {"origin": origin}))
    with bulletin.transaction() as session, pytest.raises(Invalid, match="undecided"):
        actions.publish(session, people.publisher, number)
    with bulletin.reading() as session:
        item = session.get_one(Item, number)
        version = session.get_one(ItemVersion, item.draft_version_id)
        if was_public:
            review.check(session, SYSTEM, item, version)
            return
        with pytest.raises(Invalid, match="undecided"):
            review.check(session, SYSTEM, item, version)


def test_a_program_is_refused_as_a_person_is(
    bulletin: Database, blobs: FolderBlobStore, people: People, act: tuple[int, int], tmp_path: Path
) -> None:
    number = create(bulletin, people.publisher, **_state(body=f"<p>{SAID}</p>"))
    token = give_token(bulletin, people.publisher, *policy.SCOPES)
    api = make_app(bulletin, blobs, tmp_path).test_client()
    for item, what in ((number, "publish"), (act[0], "withdraw"), (act[0], "archive")):
        etag = api.get(f"/api/v1/items/{item}?draft=1", headers={"Authorization": f"Bearer {token}"}).headers["ETag"]
        refused = api.post(
            f"/api/v1/items/{item}/{what}", json={"reason": SAID},
            headers={"Authorization": f"Bearer {token}", "If-Match": etag},
        )  # fmt: skip
        assert refused.status_code == 422, what
        assert refused.json["code"] in ("personal.undecided", "personal.in_reason")


def test_a_form_says_what_was_found_keeps_what_was_typed_and_asks_why_it_may_stay(
    bulletin: Database, blobs: FolderBlobStore, people: People, act: tuple[int, int], tmp_path: Path
) -> None:
    client = log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.publisher)
    here = f"/redakcja/strona/{act[0]}/powiazania"
    typed = {"kind": "changes", "to": str(act[1]), "since": TODAY.isoformat(), "basis": SAID}
    refused = post(client, here, here, typed).text
    assert f'value="{SAID}"' in refused
    assert f"mogą zostać: {NAME}" in refused
    assert post(client, here, here, typed | {"reason_kept": "consent"}).status_code == 302
    with bulletin.reading() as session:
        assert session.scalars(select(relations.ActRelation.basis)).one() == SAID
