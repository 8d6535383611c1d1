"""The Bulletin's types of publication, as data with the duties of the law (``data/types.json``)."""

from __future__ import annotations

from pathlib import Path

from portal.content import types

ROOT = "/bip"
JOURNAL = "journal:bip"
"""The subject under which every change of public information is recorded."""

TYPES = types.register_file(Path(__file__).parent / "data" / "types.json")

LEAVES = "bulletin.leaf"
"""The series that numbers the leaves of the public log."""
