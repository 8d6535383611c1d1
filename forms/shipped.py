"""The definitions that come with the program, to be published by the seed or an editor."""

from __future__ import annotations

import json
from pathlib import Path

from forms.schema import FormDefinition

_FOLDER = Path(__file__).with_name("definitions")


def slugs() -> tuple[str, ...]:
    """The forms there are."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.json")))


def definition(slug: str) -> FormDefinition:
    """The shipped definition of ``slug``. Raises ``FileNotFoundError``, ``DefinitionError``."""
    return FormDefinition.from_data(json.loads((_FOLDER / f"{slug}.json").read_text(encoding="utf-8")))
