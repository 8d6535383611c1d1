"""Proofs from the Bulletin's public log, as data an outsider can check without us."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import checkpoints, leaves, merkle
from bip.models import BulletinCheckpoint, BulletinLeaf
from portal.content.models import ItemVersion
from portal.content.queries import PageData
from portal.core.errors import NotFound

FORMAT = "wrota-bip-proof/1"


def of_item(session: Session, page: PageData) -> dict[str, Any]:
    """Every leaf about the item with its audit path to the present root, and what the newest digest covers."""
    hashes = checkpoints.hashes(session)
    root = merkle.root(hashes)
    rows = session.scalars(
        select(BulletinLeaf).where(BulletinLeaf.item_id == page.row.id).order_by(BulletinLeaf.position)
    )
    checkpoint = checkpoints.newest(session)
    return {
        "format": FORMAT,
        "size": len(hashes),
        "root": root.hex(),
        "checkpoint": checkpoint.note if checkpoint else "",
        "leaves": [_leaf(session, row, hashes) for row in rows],
    }


def _leaf(session: Session, row: BulletinLeaf, hashes: list[bytes]) -> dict[str, Any]:
    version = session.get(ItemVersion, row.version_id) if row.version_id else None
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
        "content": leaves.content(version, leaves.files_of(session, version.id)) if version and readable else None,
        "audit_path": [step.hex() for step in merkle.inclusion_proof(hashes, row.position)],
    }


def log(session: Session, key: str) -> dict[str, Any]:
    """The whole log: leaf hashes in order, the root, every signed checkpoint, the public key they are signed with."""
    hashes = checkpoints.hashes(session)
    notes = session.scalars(select(BulletinCheckpoint.note).order_by(BulletinCheckpoint.size))
    return {
        "format": FORMAT,
        "size": len(hashes),
        "root": merkle.root(hashes).hex(),
        "key": key,
        "checkpoints": list(notes),
        "leaves": [item.hex() for item in hashes],
    }


def growth(session: Session, first: int, second: int) -> dict[str, Any]:
    """The proof that the log of ``first`` leaves is the beginning of that of ``second`` (RFC 6962 §2.1.2)."""
    hashes = checkpoints.hashes(session, second)
    if not 0 < first <= second or len(hashes) != second:
        raise NotFound("bip.no_such_log")
    proof = merkle.consistency_proof(hashes, first)
    return {
        "format": FORMAT,
        "first": first,
        "first_root": merkle.root(hashes[:first]).hex(),
        "second": second,
        "second_root": merkle.root(hashes).hex(),
        "proof": [step.hex() for step in proof],
    }


def check_item(proof: dict[str, Any]) -> list[str]:
    """What is wrong with a proof of an item, by the proof alone; empty when everything holds.

    Checks for each leaf: its hash against its facts, its digest against the content shown, its audit path
    against the root.
    """
    root, size = bytes.fromhex(proof["root"]), proof["size"]
    found = []
    for leaf in proof["leaves"]:
        facts = [leaf[name] for name in ("position", "act", "item", "number", "at", "path", "digest")]
        made = merkle.leaf_hash(leaves.canonical(facts))
        if made.hex() != leaf["hash"]:
            found.append(f"leaf {leaf['position']}: facts do not match its hash")
        if leaf["content"] is not None and leaves.digest(leaf["salt"], leaf["content"]) != leaf["digest"]:
            found.append(f"leaf {leaf['position']}: content does not match its digest")
        path = [bytes.fromhex(step) for step in leaf["audit_path"]]
        if not merkle.included(made, leaf["position"], size, path, root):
            found.append(f"leaf {leaf['position']}: not in the log with this root")
    return found
