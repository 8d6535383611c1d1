"""Misbehaviours on order: each rule names an operation (or ``*``), a kind, how often, and parameters.

Before the work, so that it is not done: ``drop`` (close the connection), ``status`` (HTTP ``code``, default
503), ``fault`` (an unsigned fault with ``message``). In the work: ``duplicate`` (the document is queued twice;
on potwierdzOdebranie the confirmation is acknowledged but forgotten), ``upd_never`` (the recipient never
collects this delivery), ``rotate`` (a new server certificate from this answer on). On the answer, the work
being done: ``lose`` (close the connection without a word), ``half`` (break off in the middle), ``late``
(``ms``), ``fault_after`` (a fault although it was done), ``wrong_key``, ``stranger`` (a well-made signature by
an unknown certificate), ``unsigned``, ``tampered``, ``wrapped`` (``variant`` 1-4), ``mtom`` (downloadFile only).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from eoffice.sandbox.mail import rows
from eoffice.sandbox.store import Store

BEFORE: Final = frozenset({"drop", "status", "fault"})
DURING: Final = frozenset({"duplicate", "upd_never", "rotate"})
AFTER: Final = frozenset(
    {"lose", "half", "late", "fault_after", "wrong_key", "stranger", "unsigned", "tampered", "wrapped", "mtom"}
)
KINDS: Final = BEFORE | DURING | AFTER
FOR_EVER: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One misbehaviour; ``remaining`` counts down with each call it touches."""

    id: int
    operation: str
    kind: str
    remaining: int
    params: dict[str, Any]


def put(store: Store, operation: str, kind: str, count: int = 1, params: dict[str, Any] | None = None) -> int:
    """Order a misbehaviour for the next ``count`` calls; its number. Raises ``ValueError``."""
    if kind not in KINDS or not operation or not 0 < count <= FOR_EVER:
        raise ValueError("operation, kind, count")
    with store.writing() as db:
        cursor = db.execute(
            "INSERT INTO misbehaviour (operation, kind, remaining, params) VALUES (?, ?, ?, ?)",
            (operation, kind, count, json.dumps(params or {})),
        )
    return int(cursor.lastrowid or 0)


def remove(store: Store, number: int | None = None) -> None:
    """Call off one misbehaviour, or all."""
    with store.writing() as db:
        db.execute("DELETE FROM misbehaviour WHERE ?1 IS NULL OR id = ?1", (number,))


def listed(store: Store) -> list[Rule]:
    """What is still ordered."""
    found = rows(store, "SELECT * FROM misbehaviour WHERE remaining > 0 ORDER BY id")
    return [
        Rule(row["id"], row["operation"], row["kind"], row["remaining"], json.loads(row["params"])) for row in found
    ]


def take(store: Store, operation: str) -> list[Rule]:
    """The misbehaviours this call must show; each is counted down by one."""
    if not listed(store):
        return []
    taken = []
    with store.writing() as db:
        for rule in listed(store):
            if rule.operation in {"*", operation}:
                db.execute("UPDATE misbehaviour SET remaining = remaining - 1 WHERE id = ?", (rule.id,))
                taken.append(rule)
    return taken
