"""Where templates and static files lie: in the repository while developing, inside the package when installed."""

from __future__ import annotations

from pathlib import Path

_PORTAL = Path(__file__).resolve().parent.parent


def _templates() -> Path:
    for folder in (_PORTAL.parent / "templates", _PORTAL / "_templates"):
        if (folder / "layout.html").is_file():
            return folder
    raise FileNotFoundError("the templates are missing from this installation")


TEMPLATES = _templates()
"""The folder with ``layout.html`` and one folder per package."""

STATIC = Path(__file__).resolve().parent / "static"
"""The folder with the portal's own style sheets, script and signs."""


def templates() -> Path:
    """``TEMPLATES``."""
    return TEMPLATES
