"""The demonstration's site: complete, published, made once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

import bip.seed
import portal.content.seed
from portal.content import queries
from portal.content.models import Item, ItemVersion
from portal.content.workflow import PUBLISHED, RETIRED, WITHDRAWN
from portal.core import clock
from portal.core.actors import ANONYMOUS, SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database


def grow(database: Database, blobs: FolderBlobStore) -> int:
    with database.transaction() as session:
        portal.content.seed.seed(session, blobs, SYSTEM)
        bip.seed.seed(session, blobs, SYSTEM)
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Item)) or 0


def test_the_town_is_planted_once_and_is_whole(database: Database, blobs: FolderBlobStore) -> None:
    first = grow(database, blobs)
    assert first > 80
    assert grow(database, blobs) == first
    with database.reading() as session:
        assert set(session.scalars(select(Item.state))) == {PUBLISHED, RETIRED, WITHDRAWN}


def test_the_menu_holds_what_the_law_asks_for(database: Database, blobs: FolderBlobStore) -> None:
    grow(database, blobs)
    with database.reading() as session:
        titles = set(session.scalars(select(Item.title).where(Item.path.like("/bip/%"))))
        basis = queries.item_at(session, "/bip/rejestry", ANONYMOUS).fields["basis"]
    assert {"Ponowne wykorzystywanie", "Sygnaliści", "Informacja nieudostępniona w BIP"} <= titles
    assert basis.startswith("art. 6 ust. 1 pkt 3 lit. f")


def test_days_of_the_demonstration_are_days(database: Database, blobs: FolderBlobStore) -> None:
    grow(database, blobs)
    with database.reading() as session:
        query = select(ItemVersion.fields).join(Item, Item.live_version_id == ItemVersion.id)
        vacancies = list(session.scalars(query.where(Item.type == "vacancy")))
    assert len(vacancies) == 2
    assert any(date.fromisoformat(fields["apply_until"]) > clock.today() for fields in vacancies)
