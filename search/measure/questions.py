"""Questions with known answers, made of titles, and how well they are answered."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

from search import words
from search.index import Doc, Query, SearchIndex
from search.measure.grammar import morfeusz, other_form
from search.polish import analyser

_TRIES = 200
"""Titles looked at for one question before fewer questions are made: some corpora have few usable ones."""
_LETTERS = "aeiouwrtnlks"
_LONG = 7
"""Fewest letters of a word that is mistyped."""


@dataclass(frozen=True)
class Question:
    """What is typed, and the keys of the documents that are right."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Score:
    """Share of questions answered within the first ten, and the mean reciprocal rank."""

    recall: float
    mrr: float
    missed: tuple[str, ...] = ()


@functools.lru_cache(maxsize=1)
def _formal_words() -> frozenset[str]:
    """Lemmas in titles that say nothing of the matter."""
    text = resources.files("search").joinpath("measure/data/formal.txt").read_text("utf-8")
    return frozenset(text.split())


def inflected(docs: Sequence[Doc], count: int, *, seed: int = 3) -> list[Question]:
    """Two or three words of a title, each in another form. Right is every document with those words in its title.

    Fewer than ``count`` when the titles do not give so many.
    """
    rng = random.Random(seed)  # noqa: S311 - the same questions each time
    titles = {doc.key: frozenset(words.chunks(doc.title.lower())) for doc in docs}
    made: list[Question] = []
    for _ in range(count * _TRIES):
        if len(made) == count:
            break
        doc = rng.choice(docs)
        chosen = [w for w in words.chunks(doc.title) if w.isalpha() and len(w) > 3 and not _formal(w)]
        if len(chosen) < 3:
            continue
        picked = rng.sample(chosen, rng.choice((2, 3)))
        typed = [form for w in picked if (form := other_form(w, rng))]
        if len(typed) == len(picked):
            wanted = {w.lower() for w in picked}
            made.append(Question(" ".join(typed), frozenset(k for k, t in titles.items() if wanted <= t)))
    return made


def _formal(word: str) -> bool:
    readings = morfeusz(generate=False).analyse(word)
    return any(reading[2][1].split(":")[0] in _formal_words() for reading in readings)


def bare(questions: Iterable[Question]) -> list[Question]:
    """The same typed on a phone: small letters without diacritics."""
    return [Question(" ".join(words.fold(w) for w in q.text.split()), q.right) for q in questions]


def signatures(docs: Sequence[Doc], count: int) -> list[Question]:
    """Signatures typed exactly, spread over the corpus."""
    bearing: dict[str, set[str]] = {}
    for doc in docs:
        if doc.signature:
            bearing.setdefault(doc.signature, set()).add(doc.key)
    chosen = list(bearing)[:: max(1, len(bearing) // count)][:count]
    return [Question(signature, frozenset(bearing[signature])) for signature in chosen]


def pairs(docs: Sequence[Doc], count: int, *, seed: int = 11) -> list[str]:
    """Two words of one title, as typed in it: the questions whose time is measured."""
    rng = random.Random(seed)  # noqa: S311 - the same questions each time
    made: list[str] = []
    for _ in range(count * _TRIES):
        if len(made) == count:
            break
        chosen = [w for w in rng.choice(docs).title.split() if w.isalpha() and len(w) > 3]
        if len(chosen) >= 2:
            made.append(" ".join(rng.sample(chosen, 2)))
    return made


def mistyped(docs: Sequence[Doc], count: int, *, seed: int = 5) -> list[tuple[str, str]]:
    """(with one typing error, as meant): words of titles in which a letter is doubled, lost, changed or swapped."""
    rng = random.Random(seed)  # noqa: S311 - the same errors each time
    made: list[tuple[str, str]] = []
    for _ in range(count * _TRIES):
        if len(made) == count:
            break
        chosen = [w for w in words.chunks(rng.choice(docs).title.lower()) if w.isalpha() and len(w) >= _LONG]
        if chosen:
            meant = rng.choice(chosen)
            typed = _with_error(meant, rng)
            known = analyser().lemmatiser.known
            if words.fold(typed) != words.fold(meant) and known(meant) and not known(typed):
                made.append((typed, meant))
    return made


def _with_error(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return rng.choice(
        (before + letter * 2 + after, before + after, before + rng.choice(_LETTERS) + after,
         before + after[0] + letter + after[1:])
    )  # fmt: skip


def score(index: SearchIndex, questions: Sequence[Question]) -> Score:
    """Ask all the questions and look where the first right document stands."""
    ranks = []
    missed = []
    for question in questions:
        hits = index.search(Query(question.text, fragments=False, facets=False)).hits
        place = next((n for n, hit in enumerate(hits, 1) if hit.key in question.right), 0)
        ranks.append(1 / place if place else 0.0)
        if not place:
            missed.append(question.text)
    asked = max(1, len(ranks))
    return Score(sum(r > 0 for r in ranks) / asked, sum(ranks) / asked, tuple(missed))


def understood(index: SearchIndex, errors: Sequence[tuple[str, str]]) -> Score:
    """The share of typing errors for which the word that was meant is offered, or found at once."""
    missed = []
    for typed, meant in errors:
        offered = index.search(Query(typed, fragments=False, facets=False)).did_you_mean
        if not analyser().terms(offered.split()[0] if offered else typed) & analyser().terms(meant):
            missed.append(typed)
    share = 1 - len(missed) / max(1, len(errors))
    return Score(share, share, tuple(missed))
