"""Types of content as data: what an item may hold, where it may lie, which family's rules it follows.

A type is a row of a JSON file (``data/types.json`` here, ``bip/data/types.json`` for the Bulletin). Its
``fields`` are written in the vocabulary of ``forms.schema``, so the page editor and the e-forms share one
form builder. Packages above add theirs with ``register_file``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forms.schema import Field, fields_from_data
from portal.content.workflow import FAMILIES, Family
from portal.core.errors import Invalid
from portal.core.registry import Registry


@dataclass(frozen=True)
class ItemType:
    """One type.

    ``children``: names of types that may be created directly in it. ``order``: how a listing of it goes,
    ``position`` or ``newest``. ``body``: whether it has a rich text. ``files``: whether documents may be
    attached. ``required``: fields without which it cannot be published; ``one_of``: groups of which at
    least one must be filled in. ``defaults``: field → the acquired setting it starts with. ``terms``: the
    rules of law on how long it must stand (publication types of the Bulletin), each with the days ``from`` and
    ``until`` which it is in force, where the law has such days. ``day``: the field with the day it is about
    (of a session: when it was held), by which lists of years and terms of office go.
    """

    name: str
    title: str
    family: Family
    children: tuple[str, ...] = ()
    order: str = "position"
    body: bool = True
    files: bool = True
    menu: bool = False
    fields: tuple[Field, ...] = ()
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    defaults: dict[str, str] = field(default_factory=dict)
    help: str = ""
    terms: tuple[dict[str, Any], ...] = ()
    day: str = ""

    @property
    def is_folder(self) -> bool:
        return bool(self.children)


TYPES: Registry[ItemType] = Registry("content type")


def from_data(data: dict[str, Any], shared: dict[str, list[dict[str, Any]]]) -> ItemType:
    """A type from its row. ``include`` names groups of fields that several types share."""
    rows = [entry for group in data.get("include", []) for entry in shared[group]]
    fields = fields_from_data(rows + data.get("fields", []))
    return ItemType(
        name=data["name"],
        title=data["title"],
        family=FAMILIES[data.get("family", "portal")],
        children=tuple(data.get("children", ())),
        order=data.get("order", "position"),
        body=data.get("body", True),
        files=data.get("files", True),
        menu=data.get("menu", False),
        fields=fields,
        required=tuple(entry.name for entry in fields if entry.required),
        one_of=tuple(tuple(group) for group in data.get("one_of", ())),
        defaults=data.get("defaults", {}),
        help=data.get("help", ""),
        terms=_rules(data.get("term", [])),
        day=data.get("day", ""),
    )


def _rules(data: dict[str, Any] | list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return (data,) if isinstance(data, dict) else tuple(data)


def register_file(path: Path) -> list[ItemType]:
    """Add every type of a JSON file; adding the same file again changes nothing."""
    content = json.loads(path.read_text("utf-8"))
    rows: Iterable[dict[str, Any]] = content["types"]
    shared = content.get("shared", {})
    found = [from_data(row, shared) for row in rows]
    return [TYPES.get(kind.name) if kind.name in TYPES else TYPES.register(kind.name, kind) for kind in found]


def of(name: str) -> ItemType:
    """The type called ``name``. Raises ``Invalid("content.unknown_type")``."""
    if name not in TYPES:
        raise Invalid("content.unknown_type", type=name)
    return TYPES.get(name)


def allowed_in(parent: ItemType) -> list[ItemType]:
    """The types that may be created directly in ``parent``, those known, in the order it names them."""
    return [TYPES.get(name) for name in parent.children if name in TYPES]


register_file(Path(__file__).parent / "data" / "types.json")
