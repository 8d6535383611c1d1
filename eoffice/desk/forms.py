"""The forms of the desk. Labels stand in the templates; what is known is filled in by the views."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)  # fmt: skip
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from eoffice.cases.models import Case, JrwaClass
from eoffice.cases.workflow import OUTCOMES
from eoffice.intake.legal import EFFECTS
from eoffice.parties.models import Party
from portal.accounts.models import Group, User
from portal.web.forms import Form
from portal.web.texts import message

REQUIRED = "desk.required"


def _number(value: object) -> int | None:
    return int(str(value)) if value not in (None, "", "None") else None


class Assign(Form):
    """Dekretacja."""

    department_id = SelectField(coerce=_number, validators=[InputRequired(REQUIRED)])
    assignee_id = SelectField(coerce=_number, validators=[Optional()])
    due_on = DateField(validators=[Optional()])
    note = StringField(validators=[Length(max=500)])

    def offer(self, departments: Iterable[Group], people: Iterable[User]) -> None:
        self.department_id.choices = [(group.id, f"{group.symbol} – {group.name}") for group in departments]
        self.assignee_id.choices = [("", "–"), *((user.id, user.name) for user in people)]


class OpenCase(Form):
    """Opening a case from an entry."""

    title = StringField(validators=[DataRequired(REQUIRED), Length(max=300)])
    symbol = SelectField(validators=[InputRequired(REQUIRED)])
    department_id = SelectField(coerce=_number, validators=[InputRequired(REQUIRED)])
    assignee_id = SelectField(coerce=_number, validators=[Optional()])
    due_on = DateField(validators=[Optional()])

    def offer(self, classes: Iterable[JrwaClass], departments: Iterable[Group], people: Iterable[User]) -> None:
        self.symbol.choices = [("", "–"), *((item.symbol, f"{item.symbol} – {item.name}") for item in classes)]
        self.department_id.choices = [(group.id, f"{group.symbol} – {group.name}") for group in departments]
        self.assignee_id.choices = [("", "–"), *((user.id, user.name) for user in people)]


class Join(Form):
    """Putting an entry into a case that lives."""

    case_id = SelectField(coerce=_number, validators=[InputRequired(REQUIRED)])

    def offer(self, cases: Iterable[Case]) -> None:
        self.case_id.choices = [(item.id, f"{item.sign} – {item.title}") for item in cases]


class Effect(Form):
    """The legal effect of the way a letter came."""

    effect = SelectField(validators=[InputRequired(REQUIRED)])

    def offer(self) -> None:
        self.effect.choices = [(name, message(f"effect.{name}")) for name in EFFECTS]


class Note(Form):
    """An official note."""

    note_text = TextAreaField(validators=[DataRequired(REQUIRED), Length(max=20_000)])


class Term(Form):
    """A new term."""

    new_due_on = DateField(validators=[InputRequired(REQUIRED)])


class Person(Form):
    """Who is in charge."""

    person_id = SelectField(coerce=_number, validators=[InputRequired(REQUIRED)])

    def offer(self, people: Iterable[User]) -> None:
        self.person_id.choices = [(user.id, user.name) for user in people]


class End(Form):
    """How the case ended."""

    outcome = SelectField(validators=[InputRequired(REQUIRED)])

    def offer(self) -> None:
        self.outcome.choices = [(name, message(f"outcome.{name}")) for name in OUTCOMES]


class Write(Form):
    """A letter. ``version`` is the one the author saw."""

    version = HiddenField(default="0")
    kind = HiddenField(default="letter")
    title = StringField(validators=[DataRequired(REQUIRED), Length(max=300)])
    body = TextAreaField(validators=[DataRequired(REQUIRED), Length(max=100_000)])
    recipients = SelectMultipleField(
        coerce=_number, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[InputRequired("desk.recipient_missing")],
    )  # fmt: skip

    def offer(self, parties: Iterable[Party]) -> None:
        self.recipients.choices = [(party.id, party.name) for party in parties]


class Remark(Form):
    """Why a letter is given back."""

    version = HiddenField()
    remark = StringField(validators=[DataRequired(REQUIRED), Length(max=500)])


class Version(Form):
    """An act on the version that was read."""

    version = IntegerField(validators=[InputRequired(REQUIRED)])


class Way(Form):
    """By which channel a recipient gets the letter."""

    channel = SelectField(validators=[InputRequired(REQUIRED)])

    def offer(self, channels: Iterable[str]) -> None:
        self.channel.choices = [(name, message(f"channel.{name}")) for name in dict.fromkeys(channels)]


class OnDay(Form):
    """A day something happened."""

    on = DateField(validators=[InputRequired(REQUIRED)])


class Publish(Form):
    """The anonymised copy for the Bulletin."""

    folder = SelectField(validators=[InputRequired(REQUIRED)])
    title = StringField(validators=[DataRequired(REQUIRED), Length(max=300)])
    text = TextAreaField(validators=[DataRequired(REQUIRED)])
    reviewed = BooleanField(validators=[InputRequired("desk.review_missing")])

    def offer(self, folders: Iterable[tuple[str, str]]) -> None:
        self.folder.choices = list(folders)


class RegisterByHand(Form):
    """A message that could not be read, put into the register by a person."""

    title = StringField(validators=[DataRequired(REQUIRED), Length(max=300)])
    sender_name = StringField(validators=[DataRequired(REQUIRED), Length(max=300)])


class Dismiss(Form):
    """A message that does not belong in the register."""

    reason = StringField(validators=[DataRequired(REQUIRED), Length(max=300)])
