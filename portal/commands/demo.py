"""``wrota demo``: the whole road of one letter, link by link, against the running sandbox, without a browser.

The jobs are carried out by this command's own worker, beside the running one if there is one.
"""

from __future__ import annotations

import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases import publication
from eoffice.cases.models import Case
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch.models import Delivery, Letter
from eoffice.intake.models import Message
from eoffice.register import actions as register
from eoffice.register.models import Entry
from forms import actions as forms
from forms.models import Submission
from forms.office import office_of
from portal import effects
from portal.accounts.models import Group, User
from portal.app import create_app
from portal.commands import migrate, seed
from portal.core import actors, clock
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.program import Program
from portal.core.settings import Settings
from portal.core.worker import Presence, Worker
from portal.town import letter as demo_letter
from portal.web.context import program
from portal.web.texts import message
from search import engines
from search.index import PUBLIC as EVERYBODY
from search.index import Query

WAIT_SECONDS = 60.0
PAUSE = 0.1

T = TypeVar("T")


class BrokenLink(RuntimeError):
    """A link of the road is missing; the text names it."""


@dataclass
class Walk:
    """One walk along the road: who acts, and how to wait for what the worker does."""

    program: Program
    worker: Worker
    say: Callable[[str], None]

    def person(self, session: Session, login: str) -> Actor:
        return actors.user(session.scalars(select(User.id).where(User.login == login)).one())

    def act(self, login: str, deed: Callable[[Session, Actor], T]) -> T:
        """One business act of a person."""
        with self.program.database.transaction() as session:
            return deed(session, self.person(session, login))

    def until(self, link: str, look: Callable[[Session], T | None]) -> T:
        """Carry out jobs until ``look`` finds something. Raises ``BrokenLink`` when the time is over."""
        end, pause = time.monotonic() + WAIT_SECONDS, threading.Event()
        while time.monotonic() < end:
            with self.program.database.reading() as session:
                found = look(session)
            if found is not None:
                return found
            if not self.worker.run_one():
                pause.wait(PAUSE)
        raise BrokenLink(link)

    def row(self, link: str, value: str) -> None:
        if not value:
            raise BrokenLink(link)
        self.say(message("demo.row", link=message(f"demo.{link}"), value=value))


def demo(settings: Settings, say: Callable[[str], None]) -> int:
    """Walk the road and print each link. Returns the exit code: 0 when no link is missing."""
    if not _sandbox_answers(settings):
        say(message("demo.no_sandbox", url=settings.epuap_url or settings.sandbox_url))
        return 1
    migrate.migrate(settings)
    seed.seed(settings)
    with create_app(settings).app_context():
        here = program()
        presence = Presence(settings.data_dir / "worker" / "present")
        with here.database.transaction() as session:
            effects.standing_jobs(session, here)
        walk = Walk(here, Worker(here.database, effects.collect(here), here.ports, presence), say)
        try:
            return _walk(walk, settings)
        except BrokenLink as missing:
            say(message("demo.broken", link=message(f"demo.{missing}")))
            return 1
        finally:
            presence.leave()


def _walk(walk: Walk, settings: Settings) -> int:
    walk.say(message("demo.head"))
    submission = _file(walk, settings)
    entry = _receive(walk, submission)
    case = _open(walk, entry)
    letter = _answer(walk, case)
    _send(walk, letter)
    _publish(walk, settings, case, letter)
    walk.say(message("demo.whole"))
    return 0


def _file(walk: Walk, settings: Settings) -> Submission:
    office, given = office_of(settings), demo_letter()
    file = given["attachment"]
    attachment = (file["field"], file["name"], file["text"].encode())

    def submit(session: Session, actor: Actor) -> Submission:
        return forms.submit(
            session, walk.program.blobs, actor, given["form"], given["answers"], [attachment], secrets.token_hex(16),
            office=office,
        )  # fmt: skip

    made = walk.act("jan.kowalski", submit)
    walk.row("reference", made.reference)

    def lodged(session: Session) -> Submission | None:
        found = session.get_one(Submission, made.id)
        return found if found.receipt_id else None

    found = walk.until("upp", lodged)
    walk.row("epuap", found.external_id)
    with walk.program.database.reading() as session:
        walk.row("upp", session.get_one(Document, found.receipt_id).name)
    return found


def _receive(walk: Walk, submission: Submission) -> Entry:
    of_it = select(Entry).join(Message, Message.id == Entry.message_id).where(Message.submission_id == submission.id)
    entry = walk.until("rpw", lambda session: session.scalars(of_it).first())
    walk.row("rpw", entry.printed)
    return entry


def _open(walk: Walk, entry: Entry) -> Case:
    kind = demo_letter()["case"]

    def handle(session: Session, actor: Actor) -> Case:
        department = session.scalars(select(Group).where(Group.symbol == kind["department"])).one()
        clerk = walk.person(session, "referent").user_id
        register.assign(session, actor, entry.id, department_id=department.id, assignee_id=clerk)
        return cases.open_case(
            session, actor, entry_id=entry.id, department_id=department.id, symbol=kind["symbol"],
            title=entry.title, assignee_id=clerk,
        )  # fmt: skip

    case = walk.act("kierownik", handle)
    walk.row("case", case.sign)
    return case


def _answer(walk: Walk, case: Case) -> Letter:
    def write(session: Session, actor: Actor) -> Letter:
        letter = dispatch.write_letter(session, actor, case_id=case.id, kind="decision", **demo_letter()["decision"])
        return dispatch.submit_for_approval(session, actor, letter_id=letter.id, version=letter.version)

    def approve(session: Session, actor: Actor) -> Letter:
        return dispatch.approve(session, actor, letter_id=letter.id, version=letter.version)

    letter = walk.act("referent", write)
    walk.act("kierownik", approve)

    def sealed(session: Session) -> Letter | None:
        found = session.get_one(Letter, letter.id)
        return found if found.state == "sealed" else None

    found = walk.until("letter", sealed)
    walk.row("letter", f"{case.sign}.{found.number}")
    return found


def _send(walk: Walk, letter: Letter) -> None:
    sent = walk.act("referent", lambda session, actor: dispatch.send(session, actor, letter_id=letter.id))
    with walk.program.database.reading() as session:
        walk.row("rpwy", session.get_one(Entry, sent.entry_id).printed)
    proved = select(Document.name).join(Delivery, Delivery.proof_id == Document.id)
    walk.row("upd", walk.until("upd", lambda s: s.scalars(proved.where(Delivery.letter_id == letter.id)).first()))


def _publish(walk: Walk, settings: Settings, case: Case, letter: Letter) -> None:
    def publish(session: Session, actor: Actor) -> str:
        producer = session.get_one(User, letter.approver_id).name
        item = publication.publish_to_bip(
            session, walk.program.blobs, actor, case_id=case.id, source=letter.ref, produced_by=producer,
            produced_on=clock.local(letter.approved_at or clock.now()).date(), responsible=producer,
            **demo_letter()["public"],
        )  # fmt: skip
        return item.path

    path = walk.act("referent", publish)
    walk.row("bip", settings.public_url + path)
    index = engines.of(walk.program)

    def hit(_session: Session) -> str | None:
        page = index.search(Query(demo_letter()["public"]["title"], readers=frozenset({EVERYBODY}), now=clock.now()))
        return next((found.url for found in page.hits if found.url == path), None)

    walk.row("search", walk.until("search", hit))


def _sandbox_answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.sandbox_url}/healthz", timeout=5):  # noqa: S310 - our own sandbox
            return True
    except (urllib.error.URLError, OSError):
        return bool(settings.epuap_url)
