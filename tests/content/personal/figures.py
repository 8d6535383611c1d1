"""Recall and false alarms over all marked sets, one line each: ``python -m tests.content.personal.figures``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.content.personal import detect
from tests.content.personal import heldout, marked
from tests.content.personal.marked import Passage

NAMES = frozenset({"name"})
ADDRESSES = frozenset({"address", "birth", "plate"})


@dataclass
class Figures:
    """What was found of one set; ``alarms``: findings that touch no mark."""

    documents: int = 0
    words: int = 0
    marked: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    lost: list[tuple[str, str]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> set[str]:
        """Kinds that are numbers or addresses of e-mail."""
        return set(self.marked) - NAMES - ADDRESSES

    def recall(self, kinds: frozenset[str] | set[str]) -> float:
        """The share of marked places of these kinds whose every letter and digit is inside findings."""
        return 1 - sum(self.missed[kind] for kind in kinds) / max(1, sum(self.marked[kind] for kind in kinds))

    @property
    def alarms_in_thousand_words(self) -> float:
        return 1000 * len(self.alarms) / max(1, self.words)


def of(passages: Sequence[Passage]) -> Figures:
    """The figures of a set."""
    made = Figures(len(passages))
    for passage in passages:
        found, text = detect.find(passage.text), passage.text
        covered = {place for one in found for place in range(one.start, one.end)}
        inside = {place for start, end, _ in passage.marks for place in range(start, end)}
        made.words += len(text.split())
        for start, end, kind in passage.marks:
            made.marked[kind] += 1
            if not all(place in covered for place in range(start, end) if text[place].isalnum()):
                made.missed[kind] += 1
                made.lost.append((kind, text[max(0, start - 40) : end + 10]))
        made.alarms += [text[one.start : one.end] for one in found if inside.isdisjoint(range(one.start, one.end))]
    return made


SETS = {"first": marked.passages, "second": heldout.second, "third": heldout.third}
CLEAN = {"clean sentences": marked.clean, "clean documents": heldout.clean}


def main() -> None:
    for name, passages in SETS.items():
        made = of(passages())
        kinds = " ".join(f"{kind} {made.recall({kind}):.3f} ({made.marked[kind]})" for kind in sorted(made.marked))
        print(
            f"{name}: {made.documents} documents; numbers and e-mail {made.recall(made.numbers):.3f}, names"
            f" {made.recall(NAMES):.3f}, addresses and dates {made.recall(ADDRESSES):.3f}; false alarms"
            f" {made.alarms_in_thousand_words:.2f} in 1000 words; {kinds}"
        )
    for name, texts in CLEAN.items():
        made = of([Passage(text, ()) for text in texts()])
        often = made.alarms_in_thousand_words
        print(f"{name}: {made.documents}; false alarms {len(made.alarms)}, {often:.2f} in 1000 words")


if __name__ == "__main__":
    main()
