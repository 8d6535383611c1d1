"""A Bulletin with one section, and the people of the content tests."""

from __future__ import annotations

import pytest

import bip.actions  # noqa: F401 - registers the Bulletin's types and hooks
from portal.content import actions
from portal.core.actors import SYSTEM
from portal.core.db import Database
from tests.content.conftest import People, people, site

__all__ = ["People", "people", "site"]


@pytest.fixture
def bulletin(site: Database) -> Database:
    """``/bip`` with ``/bip/ogloszenia``, both public; the publisher's name is acquired from the root."""
    with site.transaction() as session:
        settings = {"publisher": "Urząd Gminy Wrotkowo"}
        root = actions.create_item(session, SYSTEM, "/", "bulletin", "BIP", name="bip", settings=settings)
        actions.publish(session, SYSTEM, root.id)
        folder = actions.create_item(session, SYSTEM, "/bip", "bip_folder", "Ogłoszenia", name="ogloszenia")
        actions.publish(session, SYSTEM, folder.id)
    return site
