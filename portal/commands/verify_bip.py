"""``wrota verify-bip``: check the Bulletin from outside, by an address, a folder, a bundle or a kept JSON file.

It opens no database and needs no installation of the office: proofs, signed checkpoints and files are enough.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bip import stamps, verify, verify_export, verify_register, verify_reports
from bip.folders import LONGEST, Folder, Zipped
from bip.verify import Problem
from portal.web.texts import message

ROOT = "/bip"
PROOF, LOG, REGISTER, SUMS = "dowod.json", "dziennik.json", "rejestr-zmian.json", "SHA256SUMS"
REPORT = "dostepnosc.json"
MONTH = re.compile(rf"{ROOT}/dostepnosc/\d{{4}}-\d{{2}}")
NARROWED = "rejestr-zmian: zawężony"
"""Stands among the files when the register was asked for with a narrowing: it need not be whole."""
TIMEOUT_SECONDS = 30
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)
"""What a damaged or hostile archive, or JSON nested too deep, raises where its parts are read."""
Say = Callable[[str], None]
Files = Mapping[str, bytes]


class CannotRead(Exception):
    """There is nothing to check at that place; the text says why."""


def verify_bip(where: str, say: Say, *, key: str = "", earlier: str = "", tsa: str = "") -> bool:
    """Check what is at ``where`` and say in words what holds and what does not. True when everything holds.

    ``key``: the log's public key one trusts, as kept from before; ``earlier``: a copy of the log kept from before;
    ``tsa``: a file with certificates of time-stamping authorities one trusts (PEM).
    Raises ``CannotRead``.
    """
    files = _at(where)
    if not {PROOF, LOG, REGISTER, REPORT} & files.keys():
        raise CannotRead(message("verify_bip.nothing"))
    try:
        read = {name: _json(files[name]) for name in (PROOF, LOG, REGISTER, REPORT) if name in files}
        problems = _checked(files, read, say, key, earlier, _roots(tsa))
    except OverflowError as cause:
        raise CannotRead(message("verify_bip.too_long")) from cause
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, *_UNREADABLE):
        say(message("verify_bip.unreadable"))
        return False
    for problem in problems:
        say(message(f"verify_bip.{problem.code}", place=problem.place))
    say(message("verify_bip.broken" if problems else "verify_bip.whole", count=len(problems)))
    if not key and {PROOF, LOG, REPORT} & files.keys():
        say(message("verify_bip.own_key"))
    if not tsa and any(_stamped(read[name]) for name in (PROOF, LOG) if name in read):
        say(message("verify_bip.own_roots"))
    return not problems


def _stamped(found: dict[str, Any]) -> bool:
    """Whether a proof or a log brings time-stamps, whose certificates then come from the same hand."""
    return bool(found.get("stamp") or found.get("stamps"))


def _roots(tsa: str) -> verify.Roots:
    if not tsa:
        return ()
    try:
        return stamps.certificates(Path(tsa).read_bytes())
    except (OSError, ValueError) as cause:
        raise CannotRead(message("verify_bip.no_certificates", place=tsa)) from cause


Read = Mapping[str, dict[str, Any]]
"""The published files as data, each parsed once: a log of 100,000 leaves takes its time."""


def _checked(files: Files, read: Read, say: Say, key: str, earlier: str, roots: verify.Roots) -> list[Problem]:
    problems: list[Problem] = []
    log = read.get(LOG)
    kept = _at(earlier) if earlier else {}
    if kept and not kept.keys() & files.keys() & {LOG, REGISTER}:
        raise CannotRead(message("verify_bip.other_kind"))
    if verify_export.is_export(files):
        return _copy(files, read, kept, say, key, roots)
    if REPORT in read:
        report = read[REPORT]
        problems += verify_reports.report(report, key=key)
        say(message("verify_bip.report", month=report["month"], items=len(report["items"])))
    if log is not None:
        problems += verify.log(log, key=key, roots=roots)
        given = len(log.get("stamps", []))
        say(message("verify_bip.log", size=log["size"], checkpoints=len(log["checkpoints"])))
        say(message("verify_bip.stamps" if given else "verify_bip.no_stamps", count=given))
        if LOG in kept:
            problems += verify.growth(_json(kept[LOG]), log)
    if REGISTER in read:
        lines = read[REGISTER]
        problems += _register(lines, kept.get(REGISTER), say)
        if log is not None:
            problems += verify_register.places(lines, log, whole=NARROWED not in files, newer=True)
            say(message("verify_bip.register_placed"))
    return problems + (_proof(files, read[PROOF], log, say, key, roots) if PROOF in read else [])


def _proof(
    files: Files, proof: dict[str, Any], log: dict[str, Any] | None, say: Say, key: str, roots: verify.Roots
) -> list[Problem]:
    problems = verify.item(proof, log, key=key, roots=roots)
    say(message("verify_bip.item", leaves=len(proof["leaves"]), size=proof["size"]))
    signed = verify.signed_to(proof, key=key)
    late = [leaf["position"] for leaf in proof["leaves"] if leaf["position"] >= signed]
    if late:
        say(message("verify_bip.unsigned", place=late[0]))
    for leaf in proof["leaves"]:
        if leaf["content"] is None and leaf.get("erased"):
            say(message("verify_bip.erased", place=leaf["position"], basis=leaf["erased"]["basis"]))
        elif leaf["content"] is None:
            say(message("verify_bip.no_content", place=leaf["position"]))
    if seen := proof.get("availability"):
        problems += verify_reports.of_item(seen, proof, key=key)
        say(message("verify_bip.item_available", seen=seen["seen"], days=len(seen["days"]), of=seen["of"]))
    return problems + (verify.bundle(files, proof, key=key) if SUMS in files else [])


def _copy(files: Files, read: Read, kept: Files, say: Say, key: str, roots: verify.Roots) -> list[Problem]:
    """A whole copy of the Bulletin, also against an earlier copy of all of it, of its log or of its register."""
    log, register = read[LOG], read.get(REGISTER, {"rows": []})
    problems = verify_export.export(files, key=key, roots=roots, read=read)
    counted = {part: sum(name.startswith(place) for name in files) for part, place in verify_export.PARTS.items()}
    say(message("verify_bip.copy", size=log["size"], lines=len(register["rows"]), **counted))
    say(message("verify_bip.stamps" if log.get("stamps") else "verify_bip.no_stamps", count=len(log.get("stamps", []))))
    if LOG in kept:
        problems += verify.growth(_json(kept[LOG]), log)
    if REGISTER in kept:
        problems += verify_register.register(register, _json(kept[REGISTER]))
    return problems


def _register(found: dict[str, Any], kept: bytes | None, say: Say) -> list[Problem]:
    say(message("verify_bip.register_alone" if kept is None else "verify_bip.register", count=len(found["rows"])))
    return verify_register.register(found, None if kept is None else _json(kept))


def _json(data: bytes) -> dict[str, Any]:
    found = json.loads(data)
    if not isinstance(found, dict):
        raise TypeError("an object is expected")
    return found


def _at(where: str) -> Files:
    if urlsplit(where).scheme in ("http", "https"):
        return _fetched(where)
    place = Path(where)
    if place.is_dir():
        return Folder(place)
    if place.suffix == ".zip" and place.is_file():
        try:
            return Zipped(place)
        except (zipfile.BadZipFile, zlib.error) as cause:
            raise CannotRead(message("verify_bip.no_zip")) from cause
    if not place.is_file():
        raise CannotRead(message("verify_bip.no_place", place=where))
    data = place.read_bytes()
    return {_kind(data): data}


def _kind(data: bytes) -> str:
    """Which of the published files these bytes are, by what stands in them."""
    if b'"audit_path"' in data:
        return PROOF
    if b'"wrota-bip-availability/' in data:
        return REPORT
    return REGISTER if b'"event_hash"' in data else LOG


def _fetched(address: str) -> Files:
    """What is published about the place at ``address``: the whole log, a page of the register with the log, an item."""
    parts = urlsplit(address)
    site, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if path.removesuffix(".json") == f"{ROOT}/rejestr-zmian":
        asked = f"?{parts.query}" if parts.query else ""
        found = {LOG: _got(f"{site}{ROOT}/{LOG}"), REGISTER: _got(f"{site}{ROOT}/{REGISTER}{asked}")}
        return found | ({NARROWED: b""} if asked else {})
    if MONTH.fullmatch(path):
        return {REPORT: _got(f"{site}{path}.json")}
    if path.endswith(".json"):
        data = _got(address)
        return {_kind(data): data}
    name = LOG if path == ROOT else PROOF
    return {name: _got(f"{site}{path}/{name}")}


def _got(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) was asked for
            data: bytes = answer.read(LONGEST + 1)
    except (urllib.error.URLError, OSError) as cause:
        raise CannotRead(message("verify_bip.no_answer", place=address)) from cause
    if len(data) > LONGEST:
        raise CannotRead(message("verify_bip.too_long"))
    return data
