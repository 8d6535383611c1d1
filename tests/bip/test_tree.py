"""The stored tree of the log: proofs from few rows, whole whichever way the leaves came; the register by its index."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from bip import journal, merkle, tree
from bip.models import BulletinLeaf, BulletinNode
from bip.types import LEAVES
from portal.content.models import Item
from portal.core import clock
from portal.core.db import Database
from portal.core.numbering import NumberSeries
from tests.bip.test_proofs import publish
from tests.content.test_pages import statements

SIZE = 3000


def grow(session: Session, count: int) -> list[bytes]:
    """A log of ``count`` leaves put in by bulk; their hashes."""
    session.execute(delete(BulletinNode))
    session.execute(delete(BulletinLeaf))
    item, now = session.scalars(select(Item.id)).first(), clock.now()
    hashes = [merkle.leaf_hash(str(n).encode()) for n in range(count)]
    fixed = {"item_id": item, "act": "published", "at": now, "path": "/bip", "digest": "", "salt": ""}
    session.execute(
        insert(BulletinLeaf), [{"position": n, "hash": leaf.hex(), **fixed} for n, leaf in enumerate(hashes)]
    )
    session.execute(update(NumberSeries).where(NumberSeries.name == LEAVES).values(last=count))
    return hashes


def test_each_publication_writes_the_subtrees_it_completes(bulletin: Database) -> None:
    for number in range(6):
        publish(bulletin, f"Strona {number}")
    with bulletin.reading() as session:
        hashes = [bytes.fromhex(found) for found in session.scalars(select(BulletinLeaf.hash))]
        assert len(hashes) == 8
        assert session.scalar(select(func.count()).select_from(BulletinNode)) == 4 + 2 + 1
        assert tree.root(session, 8) == merkle.root(hashes)
        assert tree.inclusion(session, 5, 7) == merkle.inclusion_proof(hashes[:7], 5)


@pytest.mark.parametrize("stored", [True, False])
def test_a_long_log_gives_the_same_proofs_with_or_without_its_stored_nodes(bulletin: Database, stored: bool) -> None:
    with bulletin.transaction() as session:
        hashes = grow(session, SIZE)
        if stored:
            tree.fill(session)
        assert tree.root(session, SIZE) == merkle.root(hashes)
        assert tree.inclusion(session, 1234, SIZE) == merkle.inclusion_proof(hashes, 1234)
        assert tree.consistency(session, 1001, SIZE) == merkle.consistency_proof(hashes, 1001)


def test_a_proof_in_a_long_log_reads_two_statements_of_few_rows(bulletin: Database) -> None:
    with bulletin.transaction() as session:
        grow(session, SIZE)
        tree.fill(session)
    with bulletin.reading() as session, statements(bulletin) as seen:
        tree.inclusion(session, 1234, SIZE)
    assert len(seen) <= 2


def test_a_page_of_the_register_is_read_along_the_index_of_subjects(bulletin: Database) -> None:
    """Sorting fifty thousand changes for twenty-five lines made the register grow with the town."""
    query = journal.changes(since=date(2026, 1, 1)).order_by(journal.ORDER.desc()).limit(26)
    with bulletin.reading() as session:
        if bulletin.read.dialect.name == "postgresql":
            session.execute(text("set enable_seqscan = off"))
        said = str(query.compile(bulletin.read, compile_kwargs={"literal_binds": True}))
        how = "explain" if bulletin.read.dialect.name == "postgresql" else "explain query plan"
        plan = "\n".join(str(row[-1]) for row in session.connection().exec_driver_sql(f"{how} {said}"))
    assert "ix_event_ref_ref_seq" in plan
    assert "TEMP B-TREE" not in plan
