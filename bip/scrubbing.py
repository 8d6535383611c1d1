"""After an erasure: the bytes of files that nothing uses any more, and what deleted rows leave in the database."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.orm import Session

from portal.core import documents, events, outbox
from portal.core.actors import SYSTEM
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.outbox import Effect
from portal.core.ports import Ports

SCRUB = "bip.scrub"
TABLES = (
    "item", "item_version", "item_note", "item_file", "document", "unsaved_work", "personal_file",
    "bulletin_leaf", "bulletin_entry_term", "review_request", "transfer_line", "transfer", "item_word",
    "bulletin_term_fact", "bulletin_relation", "search_asked", "search_best_bet", "outside_link", "personal_redaction",
)  # fmt: skip
"""Where words were erased; PostgreSQL writes these anew, SQLite the whole file."""


def request_scrub(session: Session, sums: list[str]) -> None:
    """Let the worker remove the bytes under ``sums`` and clean the database's file after this transaction."""
    outbox.enqueue(session, SCRUB, f"{SCRUB}:{secrets.token_hex(8)}", {"sums": sums})


def effect(database: Database, blobs: BlobStore) -> Effect[list[str], int]:
    """How it is done. A file that came to be used again in the meantime stays."""

    def load(session: Session, payload: dict[str, Any]) -> list[str]:
        sums = set(payload["sums"])
        return sorted(sums - documents.in_use(session, sums))

    def call(_ports: Ports, sums: list[str]) -> int:
        for digest in sums:
            blobs.remove(digest)
        database.scrub(TABLES)
        return len(sums)

    return Effect(SCRUB, load, call, _save)


def _save(session: Session, _payload: dict[str, Any], removed: int) -> None:
    events.record(session, SYSTEM, "bip.scrubbed", ["bulletin:log"], audience="system", data={"files": removed})
