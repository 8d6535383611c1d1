"""Polish forms from Morfeusz' generator: phrases in any case, and other forms of a word for questions."""

from __future__ import annotations

import functools
import importlib
import random
from typing import Any

_VERBAL = {"nom": "e", "acc": "e", "gen": "a", "dat": "u", "loc": "u", "inst": "em"}


@functools.lru_cache(maxsize=2)
def morfeusz(*, generate: bool) -> Any:
    """The dictionary that analyses, or the one that gives forms. Raises ``ImportError`` where it is not installed."""
    return importlib.import_module("morfeusz2").Morfeusz(generate=generate)


@functools.lru_cache(maxsize=20_000)
def _forms(lemma: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (form, tag)
        for form, found, tag, *_ in morfeusz(generate=True).generate(lemma)
        if found == lemma or found.split(":")[0] == lemma
    )


@functools.lru_cache(maxsize=20_000)
def noun(lemma: str, case: str, number: str = "sg") -> tuple[str, str]:
    """The form of a noun and its gender. Verbal nouns are declined here: the dictionary has them as verbs."""
    if lemma.endswith(("nie", "cie")) and number == "sg":
        return lemma[:-1] + _VERBAL[case], "n"
    for form, tag in _forms(lemma):
        fields = tag.split(":")
        if fields[0] == "subst" and fields[1] == number and case in fields[2].split("."):
            return form, fields[3].split(".")[0]
    raise LookupError(f"{lemma} {number} {case}")


@functools.lru_cache(maxsize=20_000)
def adjective(lemma: str, case: str, gender: str, number: str = "sg") -> str:
    """The form of an adjective that stands by a noun of this gender."""
    for form, tag in _forms(lemma):
        fields = tag.split(":")
        fits = fields[0] == "adj" and fields[1] == number and case in fields[2].split(".")
        if fits and gender in fields[3].split(".") and fields[4] == "pos":
            return form
    raise LookupError(f"{lemma} {number} {case} {gender}")


def phrase(words: str, case: str, number: str = "sg") -> str:
    """``świetlica wiejska`` in a case. The noun stands first; ``|`` begins what does not change."""
    head, _, tail = words.partition("|")
    lemma, *adjectives = head.split()
    form, gender = noun(lemma, case, number)
    made = [form, *(adjective(a, case, gender, number) for a in adjectives)]
    return " ".join([*made, tail.strip()]).strip()


def other_form(word: str, rng: random.Random) -> str | None:
    """Another form of the same noun or adjective; ``None`` when there is none.

    Of several words with this form a place is meant where it is capitalised, a noun rather than an adjective.
    """
    readings = [reading[2] for reading in morfeusz(generate=False).analyse(word)]
    for wanted in ("nazwa_geograficzna", "subst", "adj:"):
        for _, lemma, tag, names, _labels in readings:
            if tag.startswith(wanted) or (wanted in names and word[0].isupper()):
                forms = _others(lemma, tag.split(":")[0], word)
                return rng.choice(forms) if forms else None
    return None


def _others(lemma: str, kind: str, word: str) -> list[str]:
    found = {form for form, tag in _forms(lemma) if tag.startswith(f"{kind}:") and not tag.endswith((":com", ":sup"))}
    return sorted(form for form in found if form.lower() != word.lower() and " " not in form)
