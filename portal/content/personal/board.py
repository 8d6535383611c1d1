"""Findings as a person decides on them: by kind, then by person or number, each occurrence in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from portal.content.personal.deciding import Choice
from portal.content.personal.review import KEEP, REASONS, REMOVE, Finding, Review

ORDER = (
    "name", "pesel", "identity_card", "passport", "birth", "address", "phone", "email", "account", "nip", "regon",
    "land_register", "plate", "e_address", "box", "known", "location", "picture",
)  # fmt: skip
"""Kinds as they are shown."""


@dataclass(frozen=True, slots=True)
class Group:
    """All occurrences of one person or number."""

    key: str
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        return min((finding.text for finding in self.findings), key=len)

    @property
    def public(self) -> bool:
        """Is this offered as a person in a public post?"""
        return any(finding.public for finding in self.findings)

    @property
    def undecided(self) -> int:
        return sum(finding.decision is None for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of data."""

    kind: str
    groups: tuple[Group, ...]

    @property
    def undecided(self) -> int:
        return sum(group.undecided for group in self.groups)


def sections(findings: Iterable[Finding]) -> list[Section]:
    """The findings by kind and by subject; same places with the same words are one."""
    kinds: dict[str, dict[str, dict[str, Finding]]] = {}
    for finding in findings:
        kinds.setdefault(finding.kind, {}).setdefault(finding.group, {}).setdefault(finding.mark, finding)
    ordered = sorted(kinds, key=lambda kind: ORDER.index(kind) if kind in ORDER else len(ORDER))
    return [
        Section(kind, tuple(Group(key, tuple(found.values())) for key, found in kinds[kind].items()))
        for kind in ordered
    ]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text; ``kind`` is empty for what stays."""

    text: str
    kind: str = ""


class Stretch(Protocol):
    """A marked stretch of a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...


def parts(text: str, found: Iterable[Stretch]) -> list[Part]:
    """``text`` cut at the marked places, so that a template can show them."""
    made, at = [], 0
    for item in found:
        if item.start > at:
            made.append(Part(text[at : item.start]))
        made.append(Part(text[item.start : item.end], item.kind))
        at = item.end
    return [*made, Part(text[at:])] if at < len(text) else made


def choice(value: str) -> Choice | None:
    """A choice as forms write it: ``remove``, ``keep:consent``; ``None`` for anything else."""
    if value == REMOVE:
        return REMOVE, ""
    act, _, reason = value.partition(":")
    return (KEEP, reason) if act == KEEP and reason in REASONS else None


def written(finding: Finding) -> str:
    """The decision on a finding as forms write it; empty for none."""
    said = finding.decision
    return "" if said is None else f"{KEEP}:{said.reason}" if said.act == KEEP else REMOVE


def chosen(review: Review, form: Mapping[str, str]) -> dict[str, Choice]:
    """Mark → choice: an occurrence's own, else that of all of its kind (``g-…``), else that of the rest (``rest``)."""
    found: dict[str, Choice] = {}
    for finding in review.findings:
        own = form.get(f"f-{finding.mark}", "")
        given = own if own != written(finding) else ""
        rest = form.get("rest", "") if finding.decision is None else ""
        wanted = choice(given) or choice(form.get(f"g-{finding.group}", "")) or choice(rest)
        if wanted and not (finding.decision is not None and wanted == choice(written(finding))):
            found[finding.mark] = wanted
    return found
