"""Questions with known answers: made by inflecting titles, and 30 by hand; and how well an index answers them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import morfeusz2

from search import words
from search.index import Doc, Query, SearchIndex
from tests.search.grammar import other_form

FORMAL = {
    "uchwała", "rada", "gmina", "sprawa", "zarządzenie", "wójt", "ogłoszenie", "przetarg", "informacja",
    "mieszkaniec", "ulica", "wieś", "miejscowość", "dla", "Wrotkowo",
}  # fmt: skip
"""Words of titles that say nothing of the matter."""


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


def inflected(docs: Sequence[Doc], count: int, *, seed: int = 3) -> list[Question]:
    """Two or three words of a title, each in another form. Right is every document with those words in its title."""
    rng = random.Random(seed)
    analyse = morfeusz2.Morfeusz(generate=False)
    titles = {doc.key: frozenset(words.chunks(doc.title.lower())) for doc in docs}
    made: list[Question] = []
    while len(made) < count:
        doc = rng.choice(docs)
        chosen = [w for w in words.chunks(doc.title) if w.isalpha() and len(w) > 3 and not _formal(w, analyse)]
        if len(chosen) < 3:
            continue
        picked = rng.sample(chosen, rng.choice((2, 3)))
        typed = [form for w in picked if (form := other_form(w, rng, analyse))]
        if len(typed) == len(picked):
            wanted = {w.lower() for w in picked}
            made.append(Question(" ".join(typed), frozenset(k for k, t in titles.items() if wanted <= t)))
    return made


def _formal(word: str, analyse: morfeusz2.Morfeusz) -> bool:
    return any(reading[2][1].split(":")[0] in FORMAL for reading in analyse.analyse(word))


def bare(questions: Iterable[Question]) -> list[Question]:
    """The same typed on a phone: small letters without diacritics."""
    return [Question(" ".join(words.fold(w) for w in q.text.split()), q.right) for q in questions]


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
    return Score(sum(r > 0 for r in ranks) / len(ranks), sum(ranks) / len(ranks), tuple(missed))
