"""The Bulletin's public log: each publication, withdrawal of any kind and archiving becomes a leaf in the same commit.

A leaf's data is the canonical JSON ``[position, act, item, version number, moment, path, digest]``; the digest
covers what was published: title, body, fields, marks, the hashes of the files, and (leaves of form 2) when.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import tree
from bip.digests import digest, leaf_data
from bip.merkle import leaf_hash
from bip.models import FORM, BulletinLeaf
from bip.types import JOURNAL, LEAVES
from portal.content import types
from portal.content.acts import PublicChange
from portal.content.models import ItemFile, ItemVersion
from portal.core import clock
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.numbering import next_number

WITH_MOMENT = 2
"""The first form of a leaf that covers when the version was made available."""


def content(version: ItemVersion, files: list[tuple[str, str]], form: int = FORM) -> dict[str, Any]:
    """What of a version the digest of a leaf of ``form`` covers; ``files`` are titles and SHA-256 sums in order."""
    moment = version.published_at.isoformat() if version.published_at else None
    return ({} if form < WITH_MOMENT else {"published_at": moment}) | {
        "title": version.title,
        "summary": version.summary,
        "body": version.body,
        "fields": version.fields,
        "reason": version.reason,
        "entered_by": version.author,
        "published_by": version.published_by,
        "files": [list(file) for file in files],
    }


def files_of(session: Session, version_id: int) -> list[tuple[str, str]]:
    """Titles and sums of the files beside a version."""
    return files_of_all(session, [version_id])[version_id]


def files_of_all(session: Session, version_ids: Iterable[int | None]) -> defaultdict[int, list[tuple[str, str]]]:
    """The same of many versions in one statement."""
    query = (
        select(ItemFile.version_id, ItemFile.title, Document.sha256)
        .join(Document, Document.id == ItemFile.document_id)
        .where(ItemFile.version_id.in_(list(version_ids)))
        .order_by(ItemFile.position, ItemFile.document_id)
    )
    found = defaultdict[int, list[tuple[str, str]]](list)
    for row in session.execute(query):
        found[row.version_id].append((row.title, row.sha256))
    return found


def append(session: Session, actor: Actor, change: PublicChange) -> None:  # noqa: ARG001 - a hook's signature
    """Add the leaf of a public change in the Bulletin; changes elsewhere leave none."""
    version = change.version
    if types.of(change.item.type).family.journal != JOURNAL or version is None:
        return
    position = next_number(session, LEAVES, 0) - 1
    salt, now = secrets.token_hex(16), clock.now()
    covered = digest(salt, content(version, files_of(session, version.id)))
    data = leaf_data(position, change.act, change.item.id, version.number, now, change.item.path, covered)
    session.add(
        BulletinLeaf(
            position=position, item_id=change.item.id, version_id=version.id, act=change.act, at=now,
            path=change.item.path, digest=covered, salt=salt, form=FORM,
            hash=leaf_hash(data).hex(),
        )
    )  # fmt: skip
    tree.filled(session, position + 1)
