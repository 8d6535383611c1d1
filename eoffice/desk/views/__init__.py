"""The clerk's pages under ``/biuro/``."""

from __future__ import annotations

from eoffice.desk.views import (
    aside,
    cases,
    deliveries,
    entries,
    files,
    jobs,
    letters,
    openings,
    parties,
    publications,
    registers,
    today,
)
from eoffice.desk.views.base import blueprint

__all__ = [
    "aside", "blueprint", "cases", "deliveries", "entries", "files", "jobs", "letters", "openings",
    "parties", "publications", "registers", "today",
]  # fmt: skip
