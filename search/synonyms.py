"""Synonyms, applied to questions only: the table can change at any moment without indexing again.

Sources and targets may have several words. They are compared as terms of the analyser, so any
inflected form in the table and in the question fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources

from search import words
from search.polish import Analyser

SYNONYM = 0.5
"""Weight of a synonym's terms."""

Terms = tuple[str, ...]


@dataclass(frozen=True)
class Synonyms:
    """First term of a source → (its set of terms word by word, its targets)."""

    rules: dict[str, list[tuple[tuple[frozenset[str], ...], tuple[Terms, ...]]]] = field(default_factory=dict)

    @staticmethod
    def of(analyser: Analyser, lines: Iterable[str]) -> Synonyms:
        """Read ``a = b = c`` and ``a > b`` lines; ``#`` begins a comment. Lines that say nothing are skipped."""
        made = Synonyms()
        for line in lines:
            text = line.split("#")[0]
            if ">" in text:
                source, _, target = text.partition(">")
                made._add(analyser, source, [target])
            else:
                sides = [side for side in text.split("=") if side.strip()]
                for side in sides:
                    made._add(analyser, side, [other for other in sides if other is not side])
        return made

    @staticmethod
    def standard(analyser: Analyser) -> Synonyms:
        """The table shipped with the product."""
        return Synonyms.of(analyser, shipped_lines())

    def _add(self, analyser: Analyser, source: str, targets: Sequence[str]) -> None:
        heads = tuple(_word(analyser, chunk) for chunk in words.chunks(source))
        found = tuple(terms for target in targets if (terms := _terms(analyser, target)))
        if heads and found:
            for term in heads[0]:
                self.rules.setdefault(term, []).append((heads, found))

    def match(self, following: Sequence[frozenset[str]]) -> tuple[int, tuple[Terms, ...]]:
        """The longest source at the beginning of the words ``following``: its length and its targets."""
        length, targets = 0, dict[Terms, None]()
        for term in following[0] if following else ():
            for heads, found in self.rules.get(term, ()):
                fits = len(heads) <= len(following) and all(
                    head & word for head, word in zip(heads, following, strict=False)
                )
                if fits and len(heads) > length:
                    length, targets = len(heads), {}
                if fits and len(heads) == length:
                    targets.update(dict.fromkeys(found))
        return length, tuple(targets)


def shipped_lines() -> list[str]:
    """The rules of the table shipped with the product, without its remarks."""
    lines = resources.files("search").joinpath("data/synonyms.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _word(analyser: Analyser, chunk: str) -> frozenset[str]:
    """Terms of a source word: all that a question with it may mean."""
    return frozenset(analyser.alternatives(chunk, bare=False))


def _terms(analyser: Analyser, text: str) -> Terms:
    """Terms of a target: the likeliest one of each word."""
    return tuple(next(iter(analyser.alternatives(chunk, bare=False))) for chunk in words.chunks(text))
