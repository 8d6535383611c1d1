"""What every page of the Bulletin stands in."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bip.types import ROOT
from portal.content import menus, queries
from portal.core.errors import NotFound


def bulletin(session: Session) -> dict[str, Any]:
    """What every page of the Bulletin shows: the menu and the settings of its root."""
    root = queries.page_at(session, ROOT)
    if root is None or not root.public:
        raise NotFound("bip.no_bulletin")
    return {"menu_nodes": menus.kept(session, ROOT, depth=2), "bulletin": root}
