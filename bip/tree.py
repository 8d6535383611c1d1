"""The Bulletin's log as a stored Merkle tree: roots and proofs from a handful of rows, however long the log is.

Each whole subtree of ``2**level`` leaves (``level`` > 0) has its hash in ``bulletin_node``, written with the leaf that
fills it; the leaves are level 0. A root or proof needs a number of them that grows with the logarithm of the log
(RFC 6962 §2.1). A node that is missing is made from the leaves below it, so a gap costs time and never truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.orm import Session

from bip import merkle
from bip.models import BulletinLeaf, BulletinNode
from bip.types import LEAVES
from portal.core.numbering import last_number

Key = tuple[int, int]
"""Level and number of a whole subtree."""
Node = Callable[[int, int], bytes]
T = TypeVar("T")

BATCH = 5000


def size(session: Session) -> int:
    """How many leaves the log has been given."""
    return last_number(session, LEAVES, 0)


def root(session: Session, count: int) -> bytes:
    """The root of the first ``count`` leaves."""
    return _answer(session, lambda node: merkle.root_of_nodes(node, 0, count))


def inclusion(session: Session, position: int, count: int) -> list[bytes]:
    """The audit path of the leaf at ``position`` in the tree of ``count`` leaves."""
    return _answer(session, lambda node: merkle.inclusion_from_nodes(node, position, count))


def consistency(session: Session, first: int, second: int) -> list[bytes]:
    """What proves that the tree of ``first`` leaves is the beginning of that of ``second``."""
    return _answer(session, lambda node: merkle.consistency_from_nodes(node, first, second))


def _answer(session: Session, ask: Callable[[Node], T]) -> T:
    """``ask`` twice: first to learn which nodes it needs, then with all of them read at once."""
    wanted: set[Key] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return b""

    ask(note)
    known = _read(session, wanted)
    return ask(lambda level, index: known[level, index])


def _read(session: Session, wanted: set[Key]) -> dict[Key, bytes]:
    leaves = [index for level, index in wanted if level == 0]
    inner = [key for key in wanted if key[0] > 0]
    query = select(BulletinLeaf.position, BulletinLeaf.hash).where(BulletinLeaf.position.in_(leaves))
    known = {(0, row.position): bytes.fromhex(row.hash) for row in session.execute(query)}
    stored = select(BulletinNode.level, BulletinNode.number, BulletinNode.hash)
    here = tuple_(BulletinNode.level, BulletinNode.number).in_(inner)
    if inner:
        known |= {(row.level, row.number): bytes.fromhex(row.hash) for row in session.execute(stored.where(here))}
    return known | {key: _made(session, *key) for key in wanted - known.keys()}


def _made(session: Session, level: int, number: int) -> bytes:
    first, end = number << level, (number + 1) << level
    below = select(BulletinLeaf.hash).where(BulletinLeaf.position >= first, BulletinLeaf.position < end)
    return merkle.root([bytes.fromhex(text) for text in session.scalars(below.order_by(BulletinLeaf.position))])


def filled(session: Session, count: int) -> None:
    """Write the nodes that the ``count``-th leaf completes, with any below them that are missing."""
    session.flush()
    level = 1
    while count % (1 << level) == 0:
        _fill(session, level, count)
        level += 1


def fill(session: Session) -> None:
    """Write every node that is missing: after leaves were added in bulk or by an older program."""
    count = size(session)
    session.flush()
    for level in range(1, count.bit_length()):
        _fill(session, level, count)


def _fill(session: Session, level: int, count: int) -> None:
    here = select(func.max(BulletinNode.number)).where(BulletinNode.level == level)
    known = session.scalar(here)
    first = 0 if known is None else known + 1
    for start in range(first, count >> level, BATCH):
        end = min(start + BATCH, count >> level)
        below = _level(session, level - 1, 2 * start, 2 * end)
        pairs = zip(below[::2], below[1::2], strict=True)
        rows = [
            {"level": level, "number": start + n, "hash": merkle.node_hash(left, right).hex()}
            for n, (left, right) in enumerate(pairs)
        ]
        session.execute(insert(BulletinNode), rows)


def _level(session: Session, level: int, first: int, end: int) -> list[bytes]:
    """The hashes of one level from ``first`` to before ``end``."""
    if level == 0:
        query = select(BulletinLeaf.hash).where(BulletinLeaf.position >= first, BulletinLeaf.position < end)
        return _hashes(session.scalars(query.order_by(BulletinLeaf.position)))
    inner = select(BulletinNode.hash).where(
        BulletinNode.level == level, BulletinNode.number >= first, BulletinNode.number < end
    )
    return _hashes(session.scalars(inner.order_by(BulletinNode.number)))


def _hashes(texts: Iterable[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]
