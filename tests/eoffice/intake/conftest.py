"""The intake at work over an honest box in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from eoffice.intake.effects import effects, ensure_polling
from eoffice.intake.models import Message
from eoffice.register.models import Entry
from forms.models import Form, FormVersion, Submission
from portal.accounts.models import User
from portal.core import clock, documents, outbox
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.outbox import Effect, Effects, Job
from portal.core.registry import Registry
from portal.core.settings import Settings
from portal.core.worker import Presence, Worker
from tests.eoffice.intake.box import ADDRESS, Box, ports


@dataclass
class Town:
    """A running intake: its database, its box, its worker; time is moved by hand."""

    database: Database
    blobs: FolderBlobStore
    box: Box
    worker: Worker
    now: datetime

    def run(self, rounds: int = 40) -> None:
        """Work until the box is empty and nothing is due, letting waits pass."""
        for _ in range(rounds):
            with clock.frozen(self.now):
                self.worker.drain(200)
            self.now += timedelta(seconds=30)
            if not self.box.queue and not self._due():
                return

    def _due(self) -> bool:
        with self.database.reading() as session:
            query = select(Job.id).where(Job.state == outbox.DUE, Job.every.is_(None))
            return session.execute(query.limit(1)).first() is not None

    def messages(self) -> list[Message]:
        with self.database.reading() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def entries(self) -> list[Entry]:
        with self.database.reading() as session:
            return list(session.scalars(select(Entry).order_by(Entry.id)))

    def jobs(self, topic: str) -> list[Job]:
        with self.database.reading() as session:
            return list(session.scalars(select(Job).where(Job.topic == topic).order_by(Job.id)))

    def submit(self, data: bytes, reference: str = "W-1") -> int:
        """A citizen's submission with its document and the job that lodges it."""
        with self.database.transaction() as session:
            user = session.scalars(select(User)).first()
            if user is None:
                user = User(login="jan", name="Jan Kowalski", kind="citizen", created_at=clock.now())
                form = Form(slug="pismo", title="Pismo")
                session.add_all([user, form])
                session.flush()
                session.add(FormVersion(form_id=form.id, number=1, definition={}, created_at=clock.now()))
                session.flush()
            version = session.scalars(select(FormVersion.id)).one()
            document = documents.store(session, self.blobs, SYSTEM, data=data, name=f"{reference}.xml", origin="form")
            submission = Submission(
                reference=reference, key=reference, form_version_id=version, user_id=user.id, state="submitted",
                answers={}, document_id=document.id, created_at=clock.now(),
            )  # fmt: skip
            session.add(submission)
            session.flush()
            key = f"submission.lodge:{submission.id}"
            outbox.enqueue(session, "submission.lodge", key, {"submission": submission.id})
            return submission.id

    def submission(self, number: int) -> Submission:
        with self.database.reading() as session:
            return session.get_one(Submission, number)


def registry(blobs: FolderBlobStore, extra: tuple[Effect[None, None], ...] = ()) -> Effects:
    made: Effects = Registry("effect")
    for effect in (*effects(blobs, Settings(epuap_box=ADDRESS)), *extra):
        made.register(effect.topic, effect)
    return made


@pytest.fixture
def town(database: Database, blobs: FolderBlobStore, tmp_path: Path) -> Iterator[Town]:
    box, presence = Box(), Presence(tmp_path / "workers")
    worker = Worker(database, registry(blobs), ports(box), presence, grace=timedelta(0))
    with database.transaction() as session:
        ensure_polling(session, "epuap", [ADDRESS], 2)
    yield Town(database, blobs, box, worker, clock.now())
    presence.leave()
