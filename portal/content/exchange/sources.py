"""Which reader opens which kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.content.exchange.archive import Archive
from portal.content.exchange.entries import Broken, Source


def opened(kind: str, path: Path, limit: int, options: dict[str, Any]) -> Source:  # noqa: ARG001
    """The source in ``path``; ``limit`` is how many bytes it may hold unpacked. Raises ``Broken``."""
    if kind == "wrota":
        return Archive(path, limit=limit)
    raise Broken("import.unknown_kind", kind=kind)
