"""Checking the Bulletin from outside: proofs and checkpoints alone, no access to the office's database.

Kept by anyone, an item's ``dowod.json`` and the ``dziennik.json`` of the day prove later that the item stood as
it stood; two copies of the log prove that nothing was removed or back-dated in between.
"""

from __future__ import annotations

from typing import Any

from bip import checkpoints, merkle, proofs
from bip.checkpoints import BadNote


def log(found: dict[str, Any], *, key: str = "") -> list[str]:
    """What is wrong with a published log; ``key``: the public key one trusts, its own when empty."""
    leaves = [bytes.fromhex(text) for text in found["leaves"]]
    problems = []
    if len(leaves) != found["size"]:
        problems.append("the log does not have as many leaves as it says")
    if merkle.root(leaves).hex() != found["root"]:
        problems.append("the leaves do not give the root of the log")
    for note in found["checkpoints"]:
        problems += _checkpoint(note, key or found["key"], leaves)
    return problems


def _checkpoint(note: str, key: str, leaves: list[bytes]) -> list[str]:
    try:
        said = checkpoints.read(note, checkpoints.public_key(key))
    except BadNote as bad:
        return [f"checkpoint: {bad}"]
    if said.size > len(leaves):
        return [f"checkpoint of {said.size} leaves: the log is shorter now"]
    if merkle.root(leaves[: said.size]) != said.root:
        return [f"checkpoint of {said.size} leaves: the log was changed since"]
    return []


def growth(earlier: dict[str, Any], later: dict[str, Any]) -> list[str]:
    """What is wrong between two copies of the log: the earlier must be the beginning of the later."""
    if later["leaves"][: earlier["size"]] == earlier["leaves"]:
        return []
    first = next(
        (n for n, pair in enumerate(zip(earlier["leaves"], later["leaves"], strict=False)) if pair[0] != pair[1]),
        len(later["leaves"]),
    )
    return [f"leaf {first}: removed or changed between the two copies"]


def item(found: dict[str, Any], published_log: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with an item's proof, also against a copy of the log when one is given."""
    problems = proofs.check_item(found)
    if published_log is not None:
        known = published_log["leaves"]
        for leaf in found["leaves"]:
            position = leaf["position"]
            if position < len(known) and known[position] != leaf["hash"]:
                problems.append(f"leaf {position}: the log has another one in its place")
    return problems
