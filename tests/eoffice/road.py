"""A letter's way, ready to be walked step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from eoffice.cases import actions as cases
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch import effects
from eoffice.dispatch.models import Delivery, Letter
from eoffice.dispatch.sealing import Office as Letterhead
from eoffice.intake.models import Message
from portal.core import clock, documents, outbox
from portal.core.actors import SYSTEM
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.outbox import Effects, Job
from portal.core.worker import Presence, Worker
from tests.eoffice import office, outside
from tests.eoffice.office import Office
from tests.eoffice.outside import Post, Seal

LETTERHEAD = Letterhead("Urząd Gminy Wrotkowo", "Wrotkowo", "https://wrotkowo.example", "a secret of the town")
BODY = "Zezwalam na usunięcie dębu.\n\nPouczenie: przysługuje odwołanie w terminie 14 dni."


@dataclass
class Way:
    """The office, the outside, and a worker between them."""

    database: Database
    blobs: BlobStore
    town: Office
    post: Post
    seal: Seal
    worker: Worker
    case_id: int

    def draft(self, kind: str = "decision", recipients: tuple[int, ...] = ()) -> int:
        with self.database.transaction() as session:
            letter = dispatch.write_letter(session, self.town.clerk, case_id=self.case_id, kind=kind,
                                           title="Zezwolenie na wycinkę", body=BODY, recipients=recipients)  # fmt: skip
            return letter.id

    def approved(self, **given: Any) -> int:
        """A letter as it is after the head's acceptance, sealed."""
        letter_id = self.draft(**given)
        with self.database.transaction() as session:
            dispatch.submit_for_approval(session, self.town.clerk, letter_id=letter_id, version=1)
            dispatch.approve(session, self.town.head, letter_id=letter_id, version=1)
        self.worker.drain()
        return letter_id

    def sent(self, **given: Any) -> int:
        """A letter that was sent; the worker did what it could."""
        letter_id = self.approved(**given)
        with self.database.transaction() as session:
            dispatch.send(session, self.town.clerk, letter_id=letter_id)
        self.worker.drain()
        return letter_id

    def letter(self, letter_id: int) -> Letter:
        with self.database.reading() as session:
            return session.get_one(Letter, letter_id)

    def delivery(self, letter_id: int) -> Delivery:
        with self.database.reading() as session:
            return session.scalars(select(Delivery).where(Delivery.letter_id == letter_id)).first()  # type: ignore[return-value]

    def job(self, key: str) -> Job:
        with self.database.reading() as session:
            return session.scalars(select(Job).where(Job.key == key)).one()

    def receive_proof(self, data: bytes) -> int:
        """What the intake does with a receipt: keeps it and hands it upward."""
        with self.database.transaction() as session:
            document = documents.store(session, self.blobs, SYSTEM, data=data, name="UPD.xml", origin="epuap")
            message = Message(
                channel="epuap", external_key=document.sha256, kind="upd", state="kept", received_at=clock.now(),
                document_id=document.id,
            )  # fmt: skip
            session.add(message)
            session.flush()
            outbox.enqueue(session, "proof.received", f"proof:{message.id}", {"message": message.id})
        self.worker.drain()
        return message.id


@contextmanager
def walking(database: Database, blobs: BlobStore, folder: Path) -> Iterator[Way]:
    """An office with one case, and a worker that has nothing to do yet."""
    town = office.make(database)
    post, seal = Post(), Seal()
    known = Effects("effect")
    for effect in effects.effects(blobs, LETTERHEAD, {"epuap": "/gmina/SkrytkaESP"}):
        known.register(effect.topic, effect)
    presence = Presence(folder / "workers")
    worker = Worker(database, known, outside.ports(post, seal), presence)
    with database.transaction() as session:
        case = cases.open_case(session, town.clerk, entry_id=town.entry_id, department_id=town.department_id,
                               symbol="6131", title="Wycinka dębu", assignee_id=town.clerk.user_id)  # fmt: skip
    yield Way(database, blobs, town, post, seal, worker, case.id)
    presence.leave()
