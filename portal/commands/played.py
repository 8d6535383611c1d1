"""The last weeks of the demo office, played anew: each act by the person whose act it is, at its own moment.

Everything goes through the business acts, in the order of time, so registers, signs, terms and the log of events
come out as they would have. Nothing is left for the outside: what came by ePUAP was confirmed long ago, and what
went out was collected at the counter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases.models import Case
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch import deliveries
from eoffice.dispatch import queries as letters
from eoffice.dispatch.models import Letter
from eoffice.intake import actions as intake
from eoffice.register import actions as register
from eoffice.register.models import Entry
from portal import effects
from portal.accounts.models import Group, User
from portal.commands import arrived
from portal.content import paced
from portal.content.paced import Step
from portal.core import actors, clock, outbox
from portal.core.actors import SYSTEM, Actor
from portal.core.outbox import Effects, Job
from portal.core.program import Program
from portal.town import office

MAIL_ROOM = "kancelaria"

Facts = dict[str, Any]


def steps(stage: Stage) -> Iterator[Step]:
    """All matters of ``portal.town.office``, act by act, each with its moment."""
    for facts in office():
        matter = Matter(stage, facts)
        for step in facts["course"]:
            yield Step(paced.moment(step["day"], step["hour"]), partial(_act, matter, step))


def _act(matter: Matter, step: Facts) -> None:
    ACTS[step["act"]](matter, matter.stage.person(step.get("by", MAIL_ROOM)), step)


@dataclass
class Stage:
    """Where it is played: who there is, and the program around."""

    session: Session
    program: Program

    def person(self, login: str) -> Actor:
        return actors.user(self.session.scalars(select(User.id).where(User.login == login)).one())

    def department(self, symbol: str) -> int:
        return self.session.scalars(select(Group.id).where(Group.symbol == symbol)).one()

    @cached_property
    def effects(self) -> Effects:
        return effects.collect(self.program)

    def job(self, key: str) -> Job:
        return self.session.scalars(select(Job).where(Job.key == key)).one()

    def carry_out(self, key: str) -> None:
        """Do here and now the job that the worker did then."""
        job = self.job(key)
        effect = self.effects.get(job.topic)
        request = effect.load(self.session, job.payload)
        effect.save(self.session, job.payload, effect.call(self.program.ports, request))
        outbox.finish(job)


@dataclass
class Matter:
    """One matter from its letter on: what it is (``facts``) and what became of it so far."""

    stage: Stage
    facts: Facts
    entry_id: int = 0
    case_id: int = 0
    letter_id: int = 0

    @property
    def session(self) -> Session:
        return self.stage.session

    @property
    def entry(self) -> Entry:
        return self.session.get_one(Entry, self.entry_id)

    @property
    def letter(self) -> Letter:
        return self.session.get_one(Letter, self.letter_id)

    @property
    def version(self) -> dict[str, int]:
        """The letter and the version of it that whoever acts has before their eyes."""
        return {"letter_id": self.letter_id, "version": self.letter.version}


def _register(matter: Matter, actor: Actor, _step: Facts) -> None:
    """The mail room stamps a letter that came on paper, and scans it."""
    matter.entry_id = arrived.on_paper(matter.session, matter.stage.program, actor, matter.facts).id


def _receive(matter: Matter, _actor: Actor, _step: Facts) -> None:
    """The worker takes a letter from the box; ePUAP was told so at once."""
    session = matter.session
    received = arrived.by_epuap(matter.stage.program, matter.facts)
    message = intake.accept(session, matter.stage.program.blobs, SYSTEM, "epuap", received)
    intake.acknowledged(session, message.id)
    outbox.finish(matter.stage.job(f"{intake.ACKNOWLEDGE}:{message.id}"))
    matter.entry_id = session.scalars(select(Entry.id).where(Entry.message_id == message.id)).first() or 0


def _assign(matter: Matter, actor: Actor, step: Facts) -> None:
    register.assign(
        matter.session, actor, matter.entry_id, department_id=matter.stage.department(step["department"]),
        assignee_id=matter.stage.person(step["to"]).user_id if "to" in step else None, note=step.get("note", ""),
    )  # fmt: skip


def _open(matter: Matter, actor: Actor, step: Facts) -> None:
    entry = matter.entry
    case = cases.open_case(
        matter.session, actor, entry_id=entry.id, department_id=entry.department_id or 0, symbol=step["symbol"],
        title=entry.title, assignee_id=actor.user_id,
    )  # fmt: skip
    matter.case_id = case.id


def _note(matter: Matter, actor: Actor, step: Facts) -> None:
    cases.note(matter.session, actor, case_id=matter.case_id, text=step["text"])


def _write(matter: Matter, actor: Actor, step: Facts) -> None:
    text = {name: step[name] for name in ("kind", "title", "body")}
    matter.letter_id = dispatch.write_letter(matter.session, actor, case_id=matter.case_id, **text).id


def _submit(matter: Matter, actor: Actor, _step: Facts) -> None:
    dispatch.submit_for_approval(matter.session, actor, **matter.version)


def _return(matter: Matter, actor: Actor, step: Facts) -> None:
    dispatch.return_letter(matter.session, actor, **matter.version, remark=step["remark"])


def _approve(matter: Matter, actor: Actor, _step: Facts) -> None:
    dispatch.approve(matter.session, actor, **matter.version)
    matter.stage.carry_out(f"letter.seal:{matter.letter_id}")


def _send(matter: Matter, actor: Actor, step: Facts) -> None:
    for delivery in letters.deliveries(matter.session, matter.letter_id):
        if delivery.channel != step["channel"]:
            dispatch.choose_way(matter.session, actor, delivery_id=delivery.id, channel=step["channel"])
    dispatch.send(matter.session, actor, letter_id=matter.letter_id)


def _hand_over(matter: Matter, actor: Actor, _step: Facts) -> None:
    for delivery in letters.deliveries(matter.session, matter.letter_id):
        deliveries.handed_over(matter.session, actor, delivery_id=delivery.id, on=clock.today())


def _await_party(matter: Matter, actor: Actor, _step: Facts) -> None:
    cases.await_party(matter.session, actor, case_id=matter.case_id)


def _end(matter: Matter, actor: Actor, step: Facts) -> Case:
    return cases.end_case(matter.session, actor, case_id=matter.case_id, outcome=step["outcome"])


ACTS: dict[str, Callable[[Matter, Actor, Facts], object]] = {
    "register": _register,
    "receive": _receive,
    "assign": _assign,
    "open": _open,
    "note": _note,
    "write": _write,
    "submit": _submit,
    "return": _return,
    "approve": _approve,
    "send": _send,
    "hand_over": _hand_over,
    "await_party": _await_party,
    "end": _end,
}
"""What a step of a course may be."""
