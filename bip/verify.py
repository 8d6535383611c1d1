"""Checking the Bulletin from outside: proofs and checkpoints alone, no access to the office's database.

Kept by anyone, an item's ``dowod.json`` and the ``dziennik.json`` of the day prove later that the item stood as
it stood; two copies of the log prove that nothing was removed or back-dated in between. Nothing here needs more than
Merkle hashing, the signed notes and the way facts are written down.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.x509 import Certificate

from bip import merkle, notes, stamps
from bip.digests import canonical, digest
from bip.notes import BadNote, Checkpoint
from bip.stamps import BadStamp

PUBLISHED = "published"
"""The act of the leaf that made a version available."""
DISORDER = timedelta(hours=1)
"""Longer than any act of publication: a leaf takes its moment before its place in the log."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not hold: a code with a sentence (``verify_bip.<code>``), and where: a position, a size, a name."""

    code: str
    place: int | str = ""


Roots = Sequence[Certificate]
"""Certificates of time-stamping authorities one trusts."""


def log(found: dict[str, Any], *, key: str = "", roots: Roots = ()) -> list[Problem]:
    """What is wrong with a published log; ``key``: the public key one trusts, its own when empty, as ``roots``."""
    leaves = [bytes.fromhex(text) for text in found["leaves"]]
    problems = []
    if len(leaves) != found["size"]:
        problems.append(Problem("size"))
    if merkle.root(leaves).hex() != found["root"]:
        problems.append(Problem("root"))
    whole = _roots(leaves)
    said, bad = _read(found["checkpoints"], key or found["key"])
    problems += bad
    for one in said:
        if one.size > len(leaves):
            problems.append(Problem("shorter", one.size))
        elif whole[one.size] != one.root:
            problems.append(Problem("changed", one.size))
    problems += [Problem("moment", late.size) for early, late in pairwise(said) if late.at < early.at]
    return problems + stamped(found.get("stamps", []), found["checkpoints"], said, roots or own_roots(found))


def own_roots(found: dict[str, Any]) -> list[Certificate]:
    """The certificates the office itself publishes beside its time-stamps; none when it has none."""
    try:
        return stamps.certificates(str(found.get("stamp_certificates", "")).encode())
    except ValueError:
        return []


def stamped(given: list[Any], texts: list[str], said: list[Checkpoint], roots: Roots) -> list[Problem]:
    """What is wrong with time-stamps of the checkpoints ``texts``, of which those that hold say ``said``."""
    stated = {one.size: one.at for one in said}
    note_of = {text.split("\n")[1]: text for text in texts if text.count("\n") > 1}
    problems = []
    for one in given:
        size = one["size"]
        if size not in stated:
            problems.append(Problem("stamp_of_nothing", size))
            continue
        try:
            query, answer = base64.b64decode(one["query"]), base64.b64decode(one["answer"])
            stamps.timely(stamps.check(note_of[str(size)].encode(), query, answer, roots), stated[size])
        except BadStamp as bad:
            problems.append(Problem(f"stamp_{bad.code}", size))
    return problems


def _roots(leaves: list[bytes]) -> list[bytes]:
    """The roots of every size from 0 on."""
    coming = merkle.Range()
    made = [coming.root()]
    for leaf in leaves:
        coming.append(leaf)
        made.append(coming.root())
    return made


def _read(texts: list[str], key: str) -> tuple[list[Checkpoint], list[Problem]]:
    said, bad = [], []
    for number, text in enumerate(texts):
        try:
            said.append(notes.read(text, notes.public_key(key)))
        except (BadNote, ValueError):
            bad.append(Problem("note", number + 1))
    return said, bad


def growth(earlier: dict[str, Any], later: dict[str, Any]) -> list[Problem]:
    """What is wrong between two copies of the log: the earlier must be the beginning of the later."""
    problems = [Problem("checkpoint_gone", n + 1) for n in _gone(earlier["checkpoints"], later["checkpoints"])]
    before, now = ([one["answer"] for one in copy.get("stamps", [])] for copy in (earlier, later))
    problems += [Problem("stamp_gone", earlier["stamps"][n]["size"]) for n in _gone(before, now)]
    if later["leaves"][: earlier["size"]] == earlier["leaves"]:
        return problems
    pairs = enumerate(zip(earlier["leaves"], later["leaves"], strict=False))
    first = next((n for n, pair in pairs if pair[0] != pair[1]), len(later["leaves"]))
    return [*problems, Problem("between", first)]


def _gone(before: list[str], now: list[str]) -> list[int]:
    """The places in ``before`` of what is not in ``now``."""
    still = set(now)
    return [number for number, one in enumerate(before) if one not in still]


def item(
    found: dict[str, Any], published_log: dict[str, Any] | None = None, *, key: str = "", roots: Roots = ()
) -> list[Problem]:
    """What is wrong with an item's proof, also against a copy of the log when one is given.

    Each leaf's hash against its facts, its digest against the content shown, its audit path against the root, its
    moment after the one before and beside the one the page tells; the signed checkpoint and its time-stamp, and that
    the log of the proof begins with it.
    """
    root, size = bytes.fromhex(found["root"]), found["size"]
    problems = [problem for leaf in found["leaves"] for problem in _leaf(leaf, size, root)]
    problems += [Problem("moment", two["position"]) for one, two in pairwise(found["leaves"]) if two["at"] < one["at"]]
    problems += moments(found)
    problems += _checkpoint(found, size, root, key or found.get("key", ""))
    if found.get("stamp"):
        signed, _ = _read([found["checkpoint"]], key or found.get("key", ""))
        problems += stamped([found["stamp"]], [found["checkpoint"]], signed, roots or own_roots(found))
    if published_log is not None:
        known = published_log["leaves"]
        places = [(leaf["position"], leaf["hash"]) for leaf in found["leaves"]]
        problems += [Problem("other_leaf", n) for n, made in places if n < len(known) and known[n] != made]
    return problems


def _leaf(found: dict[str, Any], size: int, root: bytes) -> list[Problem]:
    made, place = _hashed(found), found["position"]
    path = [bytes.fromhex(step) for step in found["audit_path"]]
    absent = not merkle.included(made, place, size, path, root)
    return leaf(found) + ([Problem("absent", place)] if absent else [])


def leaf(found: dict[str, Any]) -> list[Problem]:
    """What is wrong with a leaf by itself: its hash against its facts, its digest against the content shown."""
    problems = [] if _hashed(found).hex() == found["hash"] else [Problem("facts", found["position"])]
    if found["content"] is not None and digest(found["salt"], found["content"]) != found["digest"]:
        problems.append(Problem("content", found["position"]))
    return problems


def _hashed(found: dict[str, Any]) -> bytes:
    facts = ("position", "act", "item", "number", "at", "path", "digest")
    return merkle.leaf_hash(canonical([found[name] for name in facts]))


def moments(found: dict[str, Any]) -> list[Problem]:
    """Where the item or a version gives another moment of being made available than its first leaf does.

    Proofs made before these moments were told are passed over.
    """
    first: dict[int, dict[str, Any]] = {}
    for leaf in found["leaves"]:
        if leaf["act"] == PUBLISHED:
            first.setdefault(leaf["number"], leaf)
    told = [(leaf.get("published_at"), leaf) for leaf in first.values()]
    told += [((leaf["content"] or {}).get("published_at"), leaf) for leaf in first.values()]
    told += [(found.get("published_at"), leaf) for leaf in list(first.values())[:1]]
    wrong = [leaf["position"] for moment, leaf in told if moment and _apart(moment, leaf["at"]) > DISORDER]
    return [Problem("published_at", place) for place in dict.fromkeys(wrong)]


def _apart(one: str, two: str) -> timedelta:
    return abs(datetime.fromisoformat(one) - datetime.fromisoformat(two))


def _checkpoint(found: dict[str, Any], size: int, root: bytes, key: str) -> list[Problem]:
    if not found["checkpoint"]:
        return []
    said, bad = _read([found["checkpoint"]], key)
    if bad:
        return bad
    steps = [bytes.fromhex(step) for step in found["growth"]]
    whole = merkle.consistent(said[0].size, size, said[0].root, root, steps)
    problems = [] if whole else [Problem("changed", said[0].size)]
    added = (leaf for leaf in found["leaves"] if leaf["position"] >= said[0].size)
    early = said[0].at - DISORDER
    return problems + [
        Problem("backdated", leaf["position"]) for leaf in added if datetime.fromisoformat(leaf["at"]) < early
    ]


def signed_to(found: dict[str, Any], *, key: str = "") -> int:
    """How many leaves the proof's signed checkpoint covers; 0 when it has none that holds."""
    said, _ = _read([found["checkpoint"]] if found["checkpoint"] else [], key or found.get("key", ""))
    return said[0].size if said else 0


def checkpoints(found: dict[str, Any], key: str) -> list[Checkpoint]:
    """What the signed checkpoints of a log say, those that hold."""
    return _read(found["checkpoints"], key)[0]


def sums(files: Mapping[str, bytes], key: str) -> list[Problem]:
    """What is wrong with files beside their list of sums, signed by ``key``: changed, added, removed."""
    text, problems = files.get("SHA256SUMS", b""), []
    try:
        notes.public_key(key).verify(base64.b64decode(files.get("SHA256SUMS.sig", b"")), text)
    except (InvalidSignature, ValueError):
        problems.append(Problem("sums_signature"))
    listed = {name: total for total, _, name in (line.partition("  ") for line in text.decode().splitlines())}
    kept = {name for name in files if not name.startswith("SHA256SUMS")}
    for name in sorted(listed.keys() | kept):
        if name not in kept or sha256(files[name]).hexdigest() != listed.get(name):
            problems.append(Problem("file", name))
    return problems


def bundle(files: Mapping[str, bytes], found: dict[str, Any], *, key: str = "") -> list[Problem]:
    """What is wrong with the files of an item's bundle: the signed sums, and that every file of the proof is there."""
    problems = sums(files, key or found.get("key", ""))
    shown = (leaf["content"] for leaf in found["leaves"] if leaf["content"] is not None)
    wanted = {total for content in shown for _, total in content["files"]}
    return problems + [Problem("file_missing", total) for total in sorted(wanted) if f"pliki/{total}" not in files]
