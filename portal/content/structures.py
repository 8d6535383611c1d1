"""Parts of a type that are more than a text: rows kept among a version's fields (an agenda, votes, a course).

They belong to the version like its text, so whatever protects a version protects them: its digest, its history, the
reason of a change. Packages above register how such a part reads; ``versions.keep_fields`` saves one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core.errors import Invalid
from portal.core.registry import Registry
from portal.web.texts import message


def _nothing(_value: Any) -> list[Any]:
    return []


def _same(value: Any, _known: Mapping[int, int]) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Structure:
    """How one such part reads. ``label``: the code of its name.

    ``text``: of its value and all fields, a line for each row in words, for comparing and finding.
    ``targets``: the items it names; ``retarget``: the value with the items of another site replaced by those here (old
    number → number here; what is not in it is named no more). ``people``: whom the law itself wants named in it.
    """

    label: str
    text: Callable[[Any, Mapping[str, Any]], str]
    targets: Callable[[Any], list[int]] = _nothing
    people: Callable[[Any], list[str]] = _nothing
    retarget: Callable[[Any, Mapping[int, int]], Any] = _same


STRUCTURES: Registry[Structure] = Registry("structured field")
"""By the name of the field."""


def _known(fields: Mapping[str, Any]) -> Iterator[tuple[Structure, Any]]:
    for name, structure in STRUCTURES.items():
        if fields.get(name):
            yield structure, fields[name]


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """The name of each part there is → its rows in words."""
    return {message(structure.label): structure.text(value, fields) for structure, value in _known(fields)}


def targets(fields: Mapping[str, Any]) -> set[int]:
    """The items that the parts name. Every version is asked for them as it is made, whoever made its fields.

    Raises ``Invalid`` for a part that does not read as it should: programs and archives may bring anything.
    """
    found: set[int] = set()
    for structure, value in _known(fields):
        try:
            found.update(structure.targets(value))
        except (KeyError, TypeError, ValueError, AttributeError) as cause:
            raise Invalid("content.unreadable_part", part=message(structure.label)) from cause
    return found


def people(fields: Mapping[str, Any]) -> list[str]:
    """The people whom the law itself wants named in the parts."""
    return [name for structure, value in _known(fields) for name in structure.people(value)]


def retarget(fields: Mapping[str, Any], known: Mapping[int, int]) -> dict[str, Any]:
    """``fields`` brought from another site, their parts naming items here."""
    found = dict(fields)
    for name, structure in STRUCTURES.items():
        if found.get(name):
            found[name] = structure.retarget(found[name], known)
    return found
