"""The program's own key: configured, or made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from portal.core.settings import Settings


def secret_key(settings: Settings) -> str:
    """The key that signs sessions and derives access codes."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    """Several processes may start at once: the first whole file wins, the others read it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # readable by this user only
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        Path(temporary).unlink()
