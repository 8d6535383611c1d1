"""Two people and the worker at one file in the same moment: one copy is made, the other is told, no work is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.content import actions, versions
from portal.content.models import Item, ItemVersion
from portal.content.personal import asking, deciding, effects
from portal.content.personal.models import Redaction
from portal.core.actors import Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict
from portal.core.ports import Ports
from tests.bip.conftest import People
from tests.content.personal import hiding
from tests.content.personal.test_gate import Work, attach, look, publish, write

TOP, BOTTOM = ({"page": 1, "left": 0, "top": top, "width": 100, "height": 20} for top in (0, 80))
AWHILE = 0.4
"""Seconds in which the other would have finished, were it not held."""


def with_a_file(database: Database, blobs: FolderBlobStore, people: People, work: Work) -> tuple[int, int]:
    data = bytes(hiding.sheet([hiding.KEPT]).output())
    number = write(database, people, "<p>Treść.</p>", attach(database, blobs, people, data))
    work()
    return number, look(database, number).files[0].document.id


def painting(
    database: Database, by: Actor, item: int, file: int, box: dict[str, Any], said: list[str]
) -> Callable[[], None]:
    def paint() -> None:
        try:
            with database.transaction() as session:
                deciding.paint(session, by, item, file, [box])
            said.append("done")
        except Conflict as refusal:
            said.append(refusal.code)

    return paint


def test_of_two_paintings_in_one_moment_one_is_made_and_the_other_is_told(
    bulletin: Database, blobs: FolderBlobStore, people: People, work: Work
) -> None:
    number, file = with_a_file(bulletin, blobs, people, work)
    said, ready = list[str](), threading.Barrier(2)

    def at_once(paint: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            ready.wait(10)
            paint()

        return run

    pairs = ((people.publisher, TOP), (people.editor, BOTTOM))
    threads = [threading.Thread(target=at_once(painting(bulletin, who, number, file, box, said))) for who, box in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(said) == ["done", "personal.still_painting"]
    work()
    with bulletin.reading() as session:
        assert [row.state for row in session.scalars(select(Redaction))] == ["done"]
    copy = look(bulletin, number).files[0].document.id
    again = list[str]()
    painting(bulletin, people.editor, number, copy, BOTTOM, again)()
    work()
    assert again == ["done"]
    publish(bulletin, people, number)


def test_what_an_editor_saves_while_the_copy_is_put_in_its_place_is_not_lost(
    bulletin: Database, blobs: FolderBlobStore, people: People, work: Work
) -> None:
    number, file = with_a_file(bulletin, blobs, people, work)
    painting(bulletin, people.publisher, number, file, TOP, [])()
    redact = next(one for one in effects.effects(blobs) if one.topic == asking.REDACT)
    with bulletin.reading() as session:
        payload = {"redaction": session.scalars(select(Redaction.id)).one()}
        made = redact.call(Ports(), redact.load(session, payload))

    def put_in_place() -> None:
        with bulletin.transaction() as session:
            redact.save(session, payload, made)

    worker = threading.Thread(target=put_in_place)
    with bulletin.transaction() as session:
        kept = session.get_one(ItemVersion, session.get_one(Item, number).draft_version_id)
        actions.save_draft(
            session, people.publisher, number, expected=None, title=kept.title, body="<p>Dopisane w tej chwili.</p>",
            fields=kept.fields,
        )  # fmt: skip
        session.flush()
        worker.start()
        worker.join(AWHILE)
    worker.join(60)
    with bulletin.reading() as session:
        item = session.get_one(Item, number)
        last = session.get_one(ItemVersion, item.draft_version_id)
        assert "Dopisane w tej chwili" in last.body
        assert file not in {one.document_id for one in versions.files_of(session, last.id)}
