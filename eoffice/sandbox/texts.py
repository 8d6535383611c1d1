"""Everything the sandbox says in Polish: ``messages.pl.json`` for answers, jinja templates for documents."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_HERE = Path(__file__).resolve()
_ROOTS = (_HERE.parents[2] / "templates", _HERE.parents[2] / "portal" / "_templates")
"""The checkout, and the place the templates are installed to."""

_MESSAGES: dict[str, str] = json.loads(_HERE.with_name("messages.pl.json").read_text(encoding="utf-8"))

environment = Environment(
    loader=FileSystemLoader(list(_ROOTS)),
    autoescape=select_autoescape(["html", "xml"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def say(code: str, **values: object) -> str:
    """The message of that code with ``values`` put in. Raises ``KeyError`` for an unknown code."""
    return _MESSAGES[code].format(**values)


def render(name: str, **values: object) -> str:
    """The template ``sandbox/<name>`` filled in."""
    return environment.get_template(f"sandbox/{name}").render(**values)
