"""One person filling in one form: everything a page needs to know, read at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from forms import answers as given
from forms import queries
from forms.answers import Answers
from forms.models import Submission
from forms.queries import Attached, Live
from forms.schema import Field, Step
from forms.validators import Problem
from portal.core.actors import Actor
from portal.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Filling:
    """``submission`` is ``None`` until the first answer is kept: looking at a form leaves nothing behind."""

    live: Live
    submission: Submission | None
    answers: Answers
    attached: tuple[Attached, ...]
    departments: dict[str, str]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The pages this person is asked."""
        return given.visible_steps(self.live.definition, self.answers)

    def step(self, name: str) -> Step:
        """The page called ``name``. Raises ``NotFound`` when it is not asked."""
        for step in self.steps:
            if step.name == name:
                return step
        raise NotFound("form.unknown_step")

    def number(self, step: Step) -> int:
        """The page's place among those asked, from 1."""
        return [item.name for item in self.steps].index(step.name) + 1

    def neighbours(self, step: Step) -> tuple[str, str]:
        """Names of the pages before and after; empty at the ends."""
        names = ["", *(item.name for item in self.steps), ""]
        here = names.index(step.name)
        return names[here - 1], names[here + 1]

    def fields(self, step: Step) -> tuple[Field, ...]:
        return given.visible_fields(step, self.answers)

    def files(self, field: Field) -> tuple[Attached, ...]:
        """What is attached under a question."""
        return tuple(item for item in self.attached if item.field == field.name)

    @property
    def problems(self) -> dict[str, Problem]:
        """What keeps it from being sent, by field."""
        present = {item.field for item in self.attached}
        return given.problems(self.live.definition, self.answers, departments=self.departments, files=present)

    def shown(self, field: Field) -> str:
        """An answer as it is shown; a box has none of its own words."""
        value = self.answers.get(field.name, "")
        if field.type == "choice":
            return next((c.label for c in field.choices if c.value == value), "")
        if field.type == "department":
            return self.departments.get(str(value), "")
        return value if isinstance(value, str) else ""


def read(session: Session, actor: Actor, slug: str, key: str) -> Filling:
    """The form ``slug`` as the actor fills it in under ``key``. Raises ``NotFound``."""
    departments = queries.departments(session)
    try:
        draft = queries.own(session, actor, key=key)
    except NotFound:
        return _fresh(session, actor, slug, departments)
    live = queries.of_submission(session, draft)
    if live.form.slug != slug:
        raise NotFound("form.unknown")
    answers = given.cleaned(live.definition, draft.answers)
    return Filling(live, draft, answers, tuple(queries.attached(session, draft)), departments)


def _fresh(session: Session, actor: Actor, slug: str, departments: dict[str, str]) -> Filling:
    live = queries.live(session, slug)
    if actor.user_id is None:
        raise NotFound("form.unknown")
    account = queries.account(session, actor.user_id)
    known = given.known(live.definition, account, queries.earlier_facts(session, actor.user_id))
    return Filling(live, None, given.cleaned(live.definition, known), (), departments)
