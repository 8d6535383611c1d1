"""Definitions are data: sound ones survive a round trip, unsound ones are refused with their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forms import shipped
from forms.schema import DefinitionError, FormDefinition, fields_from_data
from tests.forms.samples import rich


@pytest.mark.parametrize("slug", shipped.slugs())
def test_every_shipped_definition_is_sound_and_survives_a_round_trip(slug: str) -> None:
    definition = shipped.definition(slug)

    assert FormDefinition.from_data(definition.to_data()) == definition


def test_a_definition_leaves_out_what_is_at_its_default() -> None:
    assert FormDefinition.from_data(rich()).to_data() == rich()


Change = Callable[[dict[str, Any]], object]


def _field(data: dict[str, Any], step: int, number: int) -> dict[str, Any]:
    found: dict[str, Any] = data["steps"][step]["fields"][number]
    return found


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.update(titel="x"), "titel: unknown key"),
        (lambda d: d.pop("summary"), "summary: missing"),
        (lambda d: d.update(title=5), "title: str is expected"),
        (lambda d: d.update(title=" "), "title: empty"),
        (lambda d: d.update(steps=[]), "steps: at least one"),
        (lambda d: d.update(steps={}), "steps: a list is expected"),
        (lambda d: d["steps"].append(5), "steps[2]: an object is expected"),
        (lambda d: d["steps"][0].update(name="podsumowanie"), "step podsumowanie: not usable"),
        (lambda d: d["steps"][1].update(name="pierwszy"), "steps: name 'pierwszy' is used twice"),
        (lambda d: d["steps"][0].update(fields=[]), "step pierwszy: has no fields"),
        (lambda d: _field(d, 0, 0).update(required=1), "steps[0].fields[0].required: bool is expected"),
        (lambda d: _field(d, 0, 0).update(max_length=True), "steps[0].fields[0].max_length: int is expected"),
        (lambda d: _field(d, 0, 0).update(type="texture"), "field subject: unknown type 'texture'"),
        (lambda d: _field(d, 0, 0).update(name="Temat"), "field Temat: a name is small letters"),
        (lambda d: _field(d, 0, 0).update(label="Tytuł: pisma"), "field subject: a label must not hold"),
        (lambda d: _field(d, 0, 0).update(label=" Tytuł"), "field subject: the label is empty or"),
        (lambda d: _field(d, 0, 0).update(max_length=500), "field subject: lengths lie between 0 and 200"),
        (lambda d: _field(d, 0, 0).update(min_length=9, max_length=5), "min_length is greater"),
        (lambda d: _field(d, 0, 1).update(label="Tytuł"), "label 'Tytuł' is used twice"),
        (lambda d: _field(d, 0, 2).update(choices=[]), "choices belong to the type choice"),
        (lambda d: _field(d, 0, 2)["choices"][1].update(value="person"), "choice value 'person' is used twice"),
        (lambda d: _field(d, 1, 2).update(not_after="jutro"), "not_after: an ISO date or 'today'"),
        (lambda d: _field(d, 1, 2).update(max_length=3), "a date has no length"),
        (lambda d: _field(d, 1, 4).update(prefill="shoe_size"), "prefill 'shoe_size' is not known"),
        (lambda d: _field(d, 0, 1).update(show_when={"field": "more", "equals": ["yes"]}), "which no earlier step"),
        (lambda d: _field(d, 1, 13)["show_when"].update(equals=["maybe"]), "'more' can only be no, yes"),
        (lambda d: _field(d, 1, 13)["show_when"].update(field="subject"), "'subject' is neither"),
        (lambda d: d["document"].update(namespace="http://example.org/"), "document.namespace"),
        (lambda d: d["document"].update(title="text"), "document.title: a field of type text"),
        (lambda d: _field(d, 0, 0).update(required=False), "the title must always be asked"),
        (lambda d: d["document"].update(unit="town"), "document.unit: a field of type department"),
        (lambda d: d["document"]["sender"].update(pesel="nip"), "document.sender.pesel: a field of type pesel"),
        (lambda d: d["document"]["sender"].update(street="subject"), "'subject' is used twice"),
        (lambda d: d["document"]["sender"].update(kind="colour"), "the choices must be person and organisation"),
    ],
)  # fmt: skip
def test_an_unsound_definition_is_refused_with_the_place_of_the_problem(change: Change, place: str) -> None:
    data = rich()
    change(data)

    with pytest.raises(DefinitionError) as refused:
        FormDefinition.from_data(data)

    assert place in str(refused.value)


def test_all_problems_of_a_definition_are_named_at_once() -> None:
    data = rich()
    data.update(titel="x", title=5)
    data["steps"][0]["fields"][0].pop("label")

    with pytest.raises(DefinitionError) as refused:
        FormDefinition.from_data(data)

    assert len(refused.value.problems) == 3


def test_content_types_use_the_same_vocabulary_of_fields() -> None:
    (field,) = fields_from_data([{"name": "place", "type": "text", "label": "Miejsce"}])
    assert field.limit == 200

    with pytest.raises(DefinitionError, match="used twice"):
        fields_from_data([{"name": "a", "type": "text", "label": "A"}] * 2)
