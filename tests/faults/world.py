"""A town and the outside around it, fed with work while its worker is killed; afterwards everything is counted."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases.models import Case, JrwaClass
from eoffice.dispatch.models import Delivery, Letter
from eoffice.intake.effects import ensure_polling
from eoffice.intake.models import Message
from eoffice.parties import actions as parties
from eoffice.register import queries as register
from eoffice.register.models import Entry
from forms import actions as forms
from forms.models import Form, FormVersion, Submission
from portal.accounts.models import Group, User
from portal.core import clock, documents, events, outbox
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.documents import Document
from portal.core.outbox import Job
from tests.faults.sandbox import ROOT, Sandbox, running
from tests.faults.station import BOX, Config

RECIPIENT = "/jkowalski/domyslna"
CASE = "OSR.6131.1.2026"
TEMPLATE = "http://crd.gov.pl/wzor/2013/12/12/1410/"
SIGNATURE = (
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/>'
    "<ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>"
)
FAR = ("delivery.expire",)
"""Topics whose jobs wait for days by their nature."""


def letter(title: str, signature: str = "") -> bytes:
    return (
        f'<w:Dokument xmlns:w="{TEMPLATE}"><w:TrescDokumentu><w:Tytul>{title}</w:Tytul></w:TrescDokumentu>'
        f"{signature}</w:Dokument>"
    ).encode()


class Zygote:
    """The maker of workers."""

    def __init__(self, config: Config, log: IO[bytes]) -> None:
        command = [sys.executable, "-m", "tests.faults.zygote", config.to_json()]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)

    def _tell(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        return cast(dict[str, Any], json.loads(self._process.stdout.readline()))

    def spawn(self, topic: str = "", point: str = "") -> None:
        self._tell({"spawn": [topic, point]})

    def reap(self, seconds: float) -> bool:
        """Whether the worker had killed itself within ``seconds``; else it is killed now."""
        told = self._tell({"wait": seconds})
        assert told["signal"] == 9, "the worker ended by itself"
        return bool(told["itself"])

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@dataclass
class Tally:
    """What was done to the worker and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def table(self) -> str:
        kills = ", ".join(f"{where} {times}" for where, times in sorted(self.kills.items()))
        counts = ", ".join(f"{what} {number}" for what, number in self.counts.items())
        return f"kills {sum(self.kills.values())} ({kills}); {counts}; problems {len(self.problems)}"


@dataclass
class World:
    """One town during one scenario."""

    database: Database
    config: Config
    sandbox: Sandbox
    zygote: Zygote
    tally: Tally = field(default_factory=Tally)
    letters: list[int] = field(default_factory=list)
    _serial: int = 0

    @property
    def blobs(self) -> FolderBlobStore:
        return FolderBlobStore(self.config.blobs)

    def prepare(self) -> None:
        """What must be there before the first letter."""
        with self.database.transaction() as session:
            user = User(login="jan", name="Jan Kowalski", kind="citizen", created_at=clock.now())
            group, form = Group(name="Środowisko", kind="department", symbol="OSR"), Form(slug="pismo", title="Pismo")
            session.add_all([user, group, form, JrwaClass(symbol="6131", name="Wycinka")])
            session.flush()
            party = parties.recognise(session, SYSTEM, kind="person", name="Jan Kowalski", user_id=user.id)
            session.add(FormVersion(form_id=form.id, number=1, definition={}, created_at=clock.now()))
            session.add(
                Case(
                    sign=CASE, department_symbol="OSR", symbol="6131", number=1, year=2026, title="Wycinka",
                    state="in_progress", department_id=group.id, party_id=party.id, opened_at=clock.now(),
                )
            )  # fmt: skip
            ensure_polling(session, "epuap", [BOX], 1)

    def feed(self, *, letters: int = 2, submissions: int = 1, deliveries: int = 1) -> None:
        """More work of every kind."""
        if letters:
            self.letters += self.sandbox.letters(BOX, letters)
        with self.database.transaction() as session:
            for _ in range(submissions):
                self._submit(session)
            for _ in range(deliveries):
                self._send(session)

    def _document(self, session: Session, name: str, data: bytes) -> Document:
        return documents.store(session, self.blobs, SYSTEM, data=data, name=name, origin="form")

    def _submit(self, session: Session) -> None:
        self._serial += 1
        reference = f"W-{self._serial}"
        submission = Submission(
            reference=reference, key=reference, form_version_id=1, user_id=1, state="submitted", answers={},
            document_id=self._document(session, f"{reference}.xml", letter(f"Wniosek {reference}")).id,
            created_at=clock.now(),
        )  # fmt: skip
        session.add(submission)
        session.flush()
        key = f"{forms.LODGE}:{submission.id}"
        outbox.enqueue(session, forms.LODGE, key, {"submission": submission.id})

    def _send(self, session: Session) -> None:
        self._serial += 1
        data = letter(f"Decyzja {self._serial}", SIGNATURE)
        sent = Letter(
            case_id=1, number=self._serial, kind="decision", title="Decyzja", state="sending", created_at=clock.now(),
            document_id=self._document(session, "decyzja.xml", data).id,
        )  # fmt: skip
        session.add(sent)
        session.flush()
        delivery = Delivery(
            letter_id=sent.id, party_id=1, channel="epuap", address=RECIPIENT, key=uuid.uuid4().hex,
            state="waiting", mark=f"RPWY-2026-{self._serial}-1",
        )  # fmt: skip
        session.add(delivery)
        session.flush()
        key = f"delivery.send:{delivery.id}"
        outbox.enqueue(session, "delivery.send", key, {"delivery": delivery.id}, lane="epuap.send")

    def kill_at(self, topic: str, point: str, patience: float) -> bool:
        """A worker that dies at its marked point; says whether it came so far."""
        self.zygote.spawn(topic, point)
        reached = self.zygote.reap(patience)
        self.tally.kills[f"{topic}@{point}" if reached else "elsewhere"] += 1
        return reached

    def kill_after(self, seconds: float) -> None:
        """A worker that dies whenever it happens to."""
        self.zygote.spawn()
        self.zygote.reap(seconds)
        self.tally.kills["random"] += 1

    def finish(self, seconds: float) -> None:
        """Let a worker live until there is nothing left to do; a person decides what is on their list."""
        self.sandbox.calm()
        self.zygote.spawn()
        deadline, pause = time.monotonic() + seconds, threading.Event()
        while not self._quiet() or self._decide():
            if time.monotonic() > deadline:
                self.tally.problems.append(f"not finished: {self._unfinished()}")
                break
            pause.wait(0.25)
        self.zygote.reap(0)

    def _quiet(self) -> bool:
        return not self._unfinished() and self.sandbox.waiting(BOX) == 0 and not self._uncollected()

    def _uncollected(self) -> bool:
        return any(order["state"] == "waiting" for order in self.sandbox.ask("/orders"))

    def _unfinished(self) -> list[str]:
        query = select(Job.key).where(Job.state == outbox.DUE, Job.every.is_(None), Job.topic.not_in(FAR))
        with self.database.reading() as session:
            return list(session.scalars(query))

    def _decide(self) -> bool:
        """Try again what certainly failed, once everything that came by itself has been taken in."""
        with self.database.transaction() as session:
            failed = list(session.scalars(select(Job).where(Job.state == outbox.FAILED)))
            for job in failed:
                self.tally.counts["decided"] = self.tally.counts.get("decided", 0) + 1
                self._back_to_work(session, job)
                outbox.decide(session, SYSTEM, job.id, again=True)
        return bool(failed)

    def _back_to_work(self, session: Session, job: Job) -> None:
        if job.topic == forms.LODGE:
            submission = session.get_one(Submission, job.payload["submission"])
            if submission.state in ("failed", "uncertain"):
                forms.mark_retried(session, SYSTEM, submission)
        if job.topic == "delivery.send":
            delivery = session.get_one(Delivery, job.payload["delivery"])
            if delivery.state in ("failed", "uncertain"):
                delivery.state = "waiting"

    def check(self) -> Tally:
        """Count everything; what is not exactly once goes into ``problems``."""
        with self.database.reading() as session:
            self._check_received(session)
            self._check_lodged(session)
            self._check_delivered(session)
            self._check_records(session)
        return self.tally

    def _check_received(self, session: Session) -> None:
        queued = {str(item["document"]): item["sha256"] for item in self.sandbox.queue(BOX, everything=True)}
        digest = select(Message, Document.sha256).join(Document, Document.id == Message.document_id)
        rows = session.execute(digest).all()
        times = Counter(row.sha256 for row in rows)
        expected = Counter(queued.values())
        self._count("in the box", len(queued))
        self._count("lost", sum((expected - times).values()))
        self._count("doubled", sum((times - expected).values()))
        letters = [row.Message for row in rows if row.Message.kind == "letter"]
        entries = Counter(session.scalars(select(Entry.message_id).where(Entry.register == "RPW")))
        self._expect(all(entries[one.id] == 1 for one in letters), "a letter without its one line")
        self._expect(sum(entries.values()) == len(letters), "a line without its letter")
        self._expect(all(one.acknowledged_at for one in letters), "a letter never confirmed")
        numbers = sorted(session.scalars(select(Entry.number).where(Entry.register == "RPW")))
        self._count("registered", len(numbers))
        self._expect(numbers == list(range(1, len(numbers) + 1)), "a gap or a double in RPW")
        self._expect(not register.gaps(session, "RPW", clock.today().year), "a gap in RPW")
        for what in ("lost", "doubled"):
            self._expect(self.tally.counts[what] == 0, f"{self.tally.counts[what]} {what}")

    def _check_lodged(self, session: Session) -> None:
        taken = self.sandbox.counts().get("nadaj", {})
        submissions = list(session.scalars(select(Submission)))
        self._count("submissions", len(submissions))
        for one in submissions:
            where = f"{one.reference} ({one.state})"
            times = taken.get(self._sha256(session, one.document_id), 0)
            self._expect(times == 1, f"{where} lodged {times} times")
            self._expect(one.state == "registered", f"{where} not registered")
            self._expect(self._receipt_fits(session, one), f"{where} without its UPP")

    def _sha256(self, session: Session, document_id: int | None) -> str:
        return session.get_one(Document, document_id).sha256

    def _receipt_fits(self, session: Session, submission: Submission) -> bool:
        if submission.receipt_id is None:
            return False
        receipt = self.blobs.get(session.get_one(Document, submission.receipt_id).sha256)
        return f">{submission.external_id}<".encode() in receipt

    def _check_delivered(self, session: Session) -> None:
        taken = self.sandbox.counts().get("dorecz", {})
        deliveries = list(session.scalars(select(Delivery)))
        self._count("deliveries", len(deliveries))
        for one in deliveries:
            where = f"{one.mark} ({one.state})"
            sent = session.get_one(Letter, one.letter_id)
            times = taken.get(self._sha256(session, sent.document_id), 0)
            self._expect(times == 1, f"{where} sent {times} times")
            self._expect(one.state == "delivered" and one.proof_id is not None, f"{where} without its UPD")

    def _check_records(self, session: Session) -> None:
        self._expect(events.broken_link(session) is None, "the event log is broken")
        self._expect(not list(documents.damaged(session, self.blobs)), "a document is damaged")
        stuck = list(session.scalars(select(Job.key).where(Job.state.in_((outbox.FAILED, outbox.UNCERTAIN)))))
        self._expect(not stuck, f"left to a person: {stuck[:5]}")

    def _count(self, what: str, number: int) -> None:
        self.tally.counts[what] = number

    def _expect(self, holds: bool, problem: str) -> None:
        if not holds:
            self.tally.problems.append(problem)


@contextmanager
def living(database: Database, url: str, folder: Path, design: str = "right") -> Iterator[World]:
    """A town with its sandbox and its maker of workers."""
    with running(folder / "sandbox", folder / "sandbox.log") as sandbox, (folder / "worker.log").open("wb") as log:
        config = Config(url, folder, sandbox.url, design)
        zygote = Zygote(config, log)
        try:
            world = World(database, config, sandbox, zygote)
            world.prepare()
            yield world
        finally:
            zygote.close()
