"""What a form is, as data: steps, fields, conditions, and how answers stand in the document.

A definition is plain JSON (``from_data``/``to_data``); labels and hints in Polish are part of it. It is checked
strictly when it is read: a definition that loads can be shown, filled in, written and read back.
The field vocabulary is shared with content types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forms import rules, strict
from forms.strict import DefinitionError

__all__ = [
    "Choice",
    "Condition",
    "DefinitionError",
    "DocumentMap",
    "Field",
    "FormDefinition",
    "SenderMap",
    "Step",
    "fields_from_data",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: what is kept and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the answer to ``field`` (asked in an earlier step) is one of ``equals``; a ticked box is ``yes``."""

    field: str
    equals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    ``type`` is one of ``rules.TYPES``. ``statement`` is a sentence the sender confirms; it is written into the
    document as such. ``prefill`` names what may be known already (an attribute of ``forms.letter.Contact``).
    ``not_before``/``not_after`` limit a date: ISO or ``today``. Lengths are in characters.
    """

    name: str
    type: str
    label: str
    hint: str = ""
    required: bool = False
    min_length: int = 0
    max_length: int = 0
    """0: the type's own limit."""
    choices: tuple[Choice, ...] = ()
    show_when: Condition | None = None
    prefill: str = ""
    autocomplete: str = ""
    width: str = ""
    not_before: str = ""
    not_after: str = ""

    @property
    def limit(self) -> int:
        """The greatest length in force."""
        return self.max_length or rules.LIMITS.get(self.type, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One page: one group of questions."""

    name: str
    title: str
    fields: tuple[Field, ...]
    intro: str = ""
    show_when: Condition | None = None


@dataclass(frozen=True, slots=True)
class SenderMap:
    """Which fields say who sends the letter. ``kind`` is a choice of ``person`` and ``organisation``."""

    kind: str = ""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    pesel: str = ""
    nip: str = ""
    regon: str = ""
    krs: str = ""
    street: str = ""
    building: str = ""
    flat: str = ""
    postcode: str = ""
    post: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class DocumentMap:
    """Where answers stand in the document. Fields named nowhere are written as additional information.

    ``kind``/``kind_other`` say what sort of letter it is in the template's own words. ``heading`` stands before the
    answer in the document's title ("Petycja: Park przy Szkolnej"), so that registers tell letters apart.
    """

    namespace: str
    kind: str
    title: str
    body: str
    sender: SenderMap
    kind_other: str = ""
    heading: str = ""
    place: str = ""
    unit: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form. ``needed`` is what to prepare, ``next_steps`` what happens after sending, ``basis`` the legal ground."""

    title: str
    summary: str
    steps: tuple[Step, ...]
    document: DocumentMap
    duration: str = ""
    fee: str = ""
    term: str = ""
    basis: str = ""
    needed: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, data: object) -> FormDefinition:
        """The definition in ``data``. Raises ``DefinitionError`` naming every problem and its place."""
        made = strict.load(cls, data)
        if problems := rules.problems(made):
            raise DefinitionError(problems)
        return made

    def to_data(self) -> dict[str, Any]:
        """Plain data that ``from_data`` reads back as the same definition."""
        return strict.dump(self)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for step in self.steps for field in step.fields)

    def field(self, name: str) -> Field:
        """The field called ``name``. Raises ``KeyError``."""
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(name)

    def step(self, name: str) -> Step:
        """The step called ``name``. Raises ``KeyError``."""
        for item in self.steps:
            if item.name == name:
                return item
        raise KeyError(name)


def fields_from_data(data: object) -> tuple[Field, ...]:
    """A bare list of fields, for content types. Raises ``DefinitionError``."""
    step = strict.load(Step, {"name": "fields", "title": "fields", "fields": data})
    if problems := rules.field_problems(step.fields):
        raise DefinitionError(problems)
    return step.fields
