"""Which reader opens which kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.content.exchange import mapping
from portal.content.exchange.archive import Archive
from portal.content.exchange.entries import Broken, Source
from portal.content.exchange.old_bip import OldBip
from portal.content.exchange.plone import PloneExport


def opened(kind: str, path: Path, limit: int, options: dict[str, Any]) -> Source:
    """The source in ``path``; ``limit`` is how many bytes it may hold unpacked. Raises ``Broken``.

    For ``bip`` the path is that of the mapping, ``options["folder"]`` holds what the walk has kept, and
    ``options["start"]`` is where it began, when the mapping does not say.
    """
    if kind == "wrota":
        return Archive(path, limit=limit)
    if kind == "bip":
        return OldBip(
            mapping.read(path.read_bytes(), str(options.get("start", ""))), Path(options["folder"]), options=options
        )
    if kind == "plone":
        return PloneExport(path, limit=limit, options=options)
    raise Broken("import.unknown_kind", kind=kind)
