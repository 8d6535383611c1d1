"""Makes ``search/data/lemma_ranks.txt`` from a list of word frequencies.

    python -m tests.bench.search_ranks words.tsv > search/data/lemma_ranks.txt

``words.tsv`` has a word and its share of running words on each line. The share of a word is divided among
its possible lemmas in proportion to their shares so far (expectation maximisation, twelve rounds); only
lemmas that share a form with another one are kept.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from search.lemmas import Morfeusz

ROUNDS = 12
RAREST = 690
BY_HAND = {"mienie": 230, "dane": 280, "dział": 320, "stopa": 415, "działka": 430}
HEAD = """\
# Lemma and 100 x -log10 of its estimated share of running words; only lemmas that share a form with another.
# Estimated by expectation maximisation (tests/bench/search_ranks.py) over the readings of Morfeusz 2 / SGJP
# from the word frequencies of wordfreq 3.1.1 (Robyn Speer). The numbers in this file are therefore
# under CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/.
"""


def frequencies(path: Path) -> Iterator[tuple[str, float]]:
    for line in path.read_text("utf-8").splitlines():
        word, share = line.split("\t")
        if word.isalpha():
            yield word.lower(), float(share)


def shares(words: Iterator[tuple[str, float]]) -> dict[str, float]:
    """Estimated share of each ambiguous lemma."""
    morfeusz = Morfeusz()
    groups: Counter[tuple[tuple[str, float], ...]] = Counter()
    for word, share in words:
        if readings := morfeusz.readings(word):
            groups[tuple(sorted(readings.items()))] += share
    found: dict[str, float] = Counter()
    for group, share in groups.items():
        for lemma, weight in group:
            found[lemma] += share * weight
    for _ in range(ROUNDS):
        again: dict[str, float] = Counter()
        for group, share in groups.items():
            total = sum(found[lemma] * weight for lemma, weight in group) or 1.0
            for lemma, weight in group:
                again[lemma] += share * found[lemma] * weight / total
        found = again
    ambiguous = {lemma for group in groups if len(group) > 1 for lemma, _ in group}
    return {lemma: found[lemma] for lemma in ambiguous if found[lemma] > 0}


def main() -> None:
    ranks = {lemma: round(-100 * math.log10(s)) for lemma, s in shares(frequencies(Path(sys.argv[1]))).items()}
    kept = {lemma: rank for lemma, rank in ranks.items() if rank <= RAREST} | BY_HAND
    sys.stdout.write(HEAD + f"# Set by hand for office prose: {', '.join(BY_HAND)}.\n")
    sys.stdout.write("".join(f"{lemma}\t{rank}\n" for lemma, rank in sorted(kept.items())))


if __name__ == "__main__":
    main()
