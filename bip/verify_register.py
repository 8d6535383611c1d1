"""Checking the register of changes from outside: its lines against the leaves of the public log, and a kept copy."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from bip import merkle
from bip.digests import LEAF_ACTS, canonical
from bip.verify import DISORDER, Problem

REGISTERED = ("at", "act", "item", "version", "reason", "event_hash")
"""What a line of the register of changes says for ever; addresses and names of persons may rightly change."""


def register(found: dict[str, Any], earlier: dict[str, Any] | None = None) -> list[Problem]:
    """What is wrong with the register of changes, also against a copy kept from before when one is given.

    Its lines stand newest first, each once. What the copy holds must still stand, nothing may have come between its
    lines; both are to be asked for with the same narrowing (acts, days).
    """
    numbers = [row["seq"] for row in found["rows"]]
    problems = [Problem("register_order", two) for one, two in pairwise(numbers) if two >= one]
    if earlier is None or not earlier["rows"]:
        return problems
    now, kept = ({row["seq"]: row for row in copy["rows"]} for copy in (found, earlier))
    problems += [Problem("register_gone", seq) for seq in kept.keys() - now.keys()]
    problems += [Problem("register_changed", seq) for seq in kept.keys() & now.keys() if _differs(kept[seq], now[seq])]
    between = (seq for seq in now.keys() - kept.keys() if min(kept) < seq < max(kept))
    return problems + [Problem("register_added", seq) for seq in between]


def _differs(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a line says something else; what came to be open to some only (no facts of its leaf) hides its reason."""
    closed = now.get("leaf") is not None and now["leaf_facts"] is None
    if closed and now["reason"]:
        return True
    return any(before[name] != now[name] for name in REGISTERED if not (closed and name == "reason"))


def places(found: dict[str, Any], log: dict[str, Any], *, whole: bool, newer: bool = False) -> list[Problem]:
    """What is wrong with the lines of the register beside a copy of the log.

    Each line about a text names its leaf, tells of it the same, and no two name one. ``whole``: the register is not
    narrowed, so every leaf of the log must have its line. ``newer``: it was taken after the log, which then lacks
    leaves of its newest lines.
    """
    problems, named = [], set[int]()
    for row in found["rows"]:
        place, facts = row["leaf"], row["leaf_facts"]
        if place is None:
            problems += [Problem("register_no_leaf", row["seq"])] if row["act"] in LEAF_ACTS else []
            continue
        if place in named or (facts and facts[0] != place):
            problems.append(Problem("register_twice", row["seq"]))
        named.add(place)
        if facts is None:  # about what is open to some only: neither its address nor its reason is told
            problems += [Problem("register_facts", row["seq"])] if row["reason"] else []
            continue
        if not _same(row, facts):
            problems.append(Problem("register_facts", row["seq"]))
        if newer and place >= len(log["leaves"]):
            continue
        if log["leaves"][place : place + 1] != [merkle.leaf_hash(canonical(facts)).hex()]:
            problems.append(Problem("register_leaf", row["seq"]))
    missing = (n for n in range(len(log["leaves"])) if whole and n not in named)
    return problems + [Problem("register_missing", n) for n in missing]


def _same(row: dict[str, Any], facts: list[Any]) -> bool:
    """Whether a line says what its leaf says; both take their moments within one act."""
    apart = abs(datetime.fromisoformat(row["at"]) - datetime.fromisoformat(facts[4]))
    return [LEAF_ACTS.get(row["act"]), row["item"], row["version"]] == facts[1:4] and apart <= DISORDER
