"""Checking a whole copy of the Bulletin from outside: what in it was changed, removed, added or back-dated.

Every file against the signed sums, every leaf of the log against the item it is about and back, the register of changes
against the log, every file beside a published state, the signed reports. Needs no database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bip import verify, verify_reports
from bip.verify import DISORDER, Problem, Roots
from bip.verify_register import places, register

LOG, REGISTER = "dziennik.json", "rejestr-zmian.json"
ITEMS, FILES, REPORTS = "strony/", "pliki/", "dostepnosc/"

PARTS = {"items": ITEMS, "files": FILES, "reports": REPORTS}

Files = Mapping[str, bytes]


def is_export(files: Files) -> bool:
    """Whether these are the files of a whole copy."""
    return LOG in files and any(name.startswith(ITEMS) for name in files)


def export(
    files: Files, *, key: str = "", roots: Roots = (), read: Mapping[str, dict[str, Any]] | None = None
) -> list[Problem]:
    """What is wrong with a copy; ``key``: the log's public key one trusts, its own when empty; ``roots`` likewise.

    ``read``: the log and the register where somebody parsed them already.
    """
    read = read or {}
    log = read[LOG] if LOG in read else json.loads(files[LOG])
    trusted = key or log["key"]
    problems = verify.sums(files, trusted) + verify.log(log, key=trusted, roots=roots)
    signed = [(one.size, one.at) for one in verify.checkpoints(log, trusted)]
    told = set[int]()
    for name in sorted(files):
        if name.startswith(ITEMS):
            problems += _item(name, json.loads(files[name]), log["leaves"], signed, told, files)
        elif name.startswith(REPORTS):
            report = json.loads(files[name])
            problems += verify_reports.report(report, key=trusted)
    problems += [Problem("leaf_missing", place) for place in range(len(log["leaves"])) if place not in told]
    if REGISTER not in files:
        return [*problems, Problem("file", REGISTER)]
    lines = read[REGISTER] if REGISTER in read else json.loads(files[REGISTER])
    return problems + register(lines) + places(lines, log, whole=True)


def _item(
    name: str, found: dict[str, Any], log: list[str], signed: list[tuple[int, datetime]], told: set[int], files: Files
) -> Iterator[Problem]:
    if name != f"{ITEMS}{found['item']}.json":
        yield Problem("item_file", name)
    for leaf in found["leaves"]:
        place = leaf["position"]
        if leaf["item"] != found["item"] or place in told:
            yield Problem("item_file", name)
        told.add(place)
        yield from verify.leaf(leaf)
        if log[place : place + 1] != [leaf["hash"]]:
            yield Problem("other_leaf", place)
        if _misdated(place, datetime.fromisoformat(leaf["at"]), signed):
            yield Problem("backdated", place)
        for _, total in (leaf["content"] or {"files": []})["files"]:
            if f"{FILES}{total}" not in files:
                yield Problem("file_missing", total)
    yield from verify.moments(found)


def _misdated(place: int, at: datetime, signed: list[tuple[int, datetime]]) -> bool:
    """Whether a leaf's moment cannot be, beside the checkpoints signed before and after it came."""
    before = max((moment for size, moment in signed if size <= place), default=None)
    after = min((moment for size, moment in signed if size > place), default=None)
    early = before is not None and at < before - DISORDER
    return early or (after is not None and at > after + DISORDER)
