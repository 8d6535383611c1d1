"""The everyday of the demo town's Bulletin: what its worker and its editor do without being told, day by day.

At night ends that came are carried out and the public log is signed; in the morning the editor looks through the
journal and minds the notice board; at noon what must stand is looked at from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import availability, dues, following, reviews, rules, term_acts
from bip.effects import CHECKPOINT
from bip.models import JournalReview
from bip.probing import Seen
from portal.commands.played import Stage
from portal.content import paced
from portal.content.effects import EXPIRE
from portal.content.models import Item
from portal.content.paced import Step
from portal.content.workflow import BULLETIN, PUBLISHED
from portal.core import clock
from portal.core.actors import Actor
from portal.core.outbox import DUE, Job

LEFT_TO_DO = 1
"""What was published on the last working day waits on the editor's desk to be posted on the board."""


def steps(stage: Stage, editor: Actor, opened: datetime) -> Iterator[Step]:
    """Every day from the one after ``opened`` to yesterday; today is the reader's own."""
    today, day = clock.today(), clock.local(opened).date()
    recent = paced.moment(LEFT_TO_DO, "0:01")
    while (day := day + timedelta(days=1)) < today:
        yield Step(paced.at(day, "0:02"), partial(_end, stage))
        if not clock.is_day_off(day):
            yield Step(paced.at(day, "7:40"), partial(_morning, stage.session, editor, day, recent))
        yield Step(paced.at(day, "12:00"), partial(_noon, stage.session))
        yield Step(paced.at(day, "23:50"), partial(_sign, stage))


def settle(session: Session) -> None:
    """Count what the rules make due, as the worker does on its first day."""
    while following.fill(session):
        pass
    following.sweep(session)


def _end(stage: Stage) -> None:
    """Ends planned for this night or before."""
    due = select(Job.key).where(Job.topic == EXPIRE, Job.state == DUE, Job.run_after <= clock.now()).order_by(Job.id)
    for key in list(stage.session.scalars(due)):
        stage.carry_out(key)


def _morning(session: Session, editor: Actor, day: date, recent: datetime) -> None:
    if session.get(JournalReview, day) is None:
        reviews.review(session, editor, day)
    for item in session.scalars(select(Item).where(Item.type.in_(_posted(session))).order_by(Item.id)):
        if item.published_at is not None and item.published_at < recent:
            _mind_places(session, editor, item)


def _posted(session: Session) -> list[str]:
    """The types whose rule names other places."""
    return [kind for kind in rules.governed(session) if rules.of(session, kind, None).get("also")]


def _mind_places(session: Session, editor: Actor, item: Item) -> None:
    """What was published is posted where its rule says; what ended comes off the board."""
    for place in dues.places(rules.of_item(item), term_acts.facts(session, item.id)):
        if place.posted is None and item.state == PUBLISHED:
            term_acts.mark_place(session, editor, item.id, place.name, "posted")
        elif place.posted and not place.removed and item.state in _ENDED and place.name in dues.TAKEN_DOWN:
            term_acts.mark_place(session, editor, item.id, place.name, "removed")


_ENDED = BULLETIN.public - {PUBLISHED}


def _noon(session: Session) -> None:
    availability.note(session, [Seen(one, "") for one in availability.wanted(session)])


def _sign(stage: Stage) -> None:
    """The day's checkpoint of the log, if it has grown."""
    effect = stage.effects.get(CHECKPOINT)
    request = effect.load(stage.session, {})
    if request is not None:
        effect.save(stage.session, {}, effect.call(stage.program.ports, request))
