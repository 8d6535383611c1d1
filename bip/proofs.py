"""Proofs from the Bulletin's public log, as data an outsider can check without us."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import checkpoints, leaves, merkle, stamping, tree
from bip.models import BulletinCheckpoint, BulletinLeaf, BulletinStamp
from portal.content.models import ItemVersion
from portal.content.queries import PageData
from portal.content.workflow import WITHDRAWN
from portal.core.errors import NotFound

FORMAT = "wrota-bip-proof/1"
BATCH = 5000


def of_item(session: Session, page: PageData, key: str, trusted: str = "") -> dict[str, Any]:
    """Every leaf about the item with its audit path, and the newest signed checkpoint with what ties it to that root.

    ``trusted``: the certificates of time-stamping authorities (PEM) that the office trusts.

    Of an item withdrawn in error or merged the leaves stand without their texts, and without what a text could be
    guessed by. Reads a number of rows that grows with the logarithm of the log.
    """
    size = tree.size(session)
    rows = session.scalars(
        select(BulletinLeaf).where(BulletinLeaf.item_id == page.row.id).order_by(BulletinLeaf.position)
    )
    return {
        "format": FORMAT,
        "size": size,
        "root": tree.root(session, size).hex(),
        "key": key,
        **_signed(session, size),
        "stamp_certificates": trusted,
        "published_at": page.row.published_at.isoformat() if page.row.published_at else None,
        "leaves": [
            _leaf(session, row, told if page.row.state != WITHDRAWN else told | {"salt": "", "content": None}, size)
            for row, told in facts_of(session, rows.all())
        ],
    }


def _signed(session: Session, size: int) -> dict[str, Any]:
    """The newest checkpoint and the proof that the log of ``size`` leaves begins with what it says."""
    checkpoint = checkpoints.newest(session)
    if checkpoint is None:
        return {"checkpoint": "", "growth": [], "stamp": None}
    steps = tree.consistency(session, checkpoint.size, size) if checkpoint.size <= size else []
    stamp = stamping.of_sizes(session, [checkpoint.size]).get(checkpoint.size)
    return {
        "checkpoint": checkpoint.note,
        "growth": [step.hex() for step in steps],
        "stamp": _stamp(stamp) if stamp is not None else None,
    }


def _stamp(row: BulletinStamp) -> dict[str, Any]:
    """A time-stamp for publishing: the size of its checkpoint, question and answer (DER in base64)."""
    query, answer = (base64.b64encode(data).decode() for data in (row.query, row.answer))
    return {"size": row.size, "query": query, "answer": answer}


def _leaf(session: Session, row: BulletinLeaf, told: dict[str, Any], size: int) -> dict[str, Any]:
    return told | {"audit_path": [step.hex() for step in tree.inclusion(session, row.position, size)]}


def facts_of(session: Session, rows: Sequence[BulletinLeaf]) -> list[tuple[BulletinLeaf, dict[str, Any]]]:
    """All that leaves say and cover, without what ties them to a root; two statements."""
    ids = {row.version_id for row in rows}
    versions = {row.id: row for row in session.scalars(select(ItemVersion).where(ItemVersion.id.in_(ids)))}
    files = leaves.files_of_all(session, ids)
    return [(row, _facts(row, versions.get(row.version_id or 0), files)) for row in rows]


def _facts(
    row: BulletinLeaf, version: ItemVersion | None, files: Mapping[int, list[tuple[str, str]]]
) -> dict[str, Any]:
    readable = version is not None and row.salt
    return {
        "position": row.position,
        "act": row.act,
        "item": row.item_id,
        "number": version.number if version else 0,
        "at": row.at.isoformat(),
        "path": row.path,
        "digest": row.digest,
        "hash": row.hash,
        "salt": row.salt,
        "published_at": version.published_at.isoformat() if version and version.published_at else None,
        "content": leaves.content(version, files[version.id], row.form) if version and readable else None,
        "erased": None if version is None or readable else version.fields.get("erased"),
    }


MOST = 2**31 - 1
"""The greatest number of a leaf: what an integer column of every database holds."""


def log(
    reading: Callable[[], AbstractContextManager[Session]], key: str, trusted: str = "", *, most: int = MOST
) -> Iterator[str]:
    """The whole log as pieces of JSON: checkpoints, their time-stamps, key, leaf hashes in order, size, root.

    Read in parts of a few thousand, however long it is: a slow reader holds nothing open. ``most``: leaves after so
    many are left out, as if they had not come yet.
    """
    with reading() as session:
        signed = select(BulletinCheckpoint.note).where(BulletinCheckpoint.size <= most)
        notes = list(session.scalars(signed.order_by(BulletinCheckpoint.size)))
        given = session.scalars(
            select(BulletinStamp)
            .where(BulletinStamp.outcome == stamping.GRANTED, BulletinStamp.size <= most)
            .order_by(BulletinStamp.size)
        )
        stamps = [_stamp(row) for row in given]
    facts = {"format": FORMAT, "key": key, "checkpoints": notes, "stamps": stamps, "stamp_certificates": trusted}
    head = json.dumps(facts, ensure_ascii=False, indent=1)
    yield head[:-2] + ',\n "leaves": ['
    last, size, tip = -1, 0, merkle.Range()
    query = select(BulletinLeaf.position, BulletinLeaf.hash).order_by(BulletinLeaf.position).limit(BATCH)
    while True:
        with reading() as session:
            batch = session.execute(query.where(BulletinLeaf.position > last, BulletinLeaf.position < most)).all()
        if not batch:
            break
        yield (",\n" if size else "\n") + ",\n".join(f'  "{row.hash}"' for row in batch)
        for row in batch:
            tip.append(bytes.fromhex(row.hash))
        last, size = batch[-1].position, size + len(batch)
    yield f'\n ],\n "size": {size},\n "root": "{tip.root().hex()}"\n}}\n'


def growth(session: Session, first: int, second: int) -> dict[str, Any]:
    """The proof that the log of ``first`` leaves is the beginning of that of ``second`` (RFC 6962 §2.1.2)."""
    if not 0 < first <= second <= tree.size(session):
        raise NotFound("bip.no_such_log")
    return {
        "format": FORMAT,
        "first": first,
        "first_root": tree.root(session, first).hex(),
        "second": second,
        "second_root": tree.root(session, second).hex(),
        "proof": [step.hex() for step in tree.consistency(session, first, second)],
    }
