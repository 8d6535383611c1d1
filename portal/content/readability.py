"""How hard a Polish text is: FOG-PL, the years of school a reader needs, with the sentences that make it so.

FOG-PL is Gunning's index with the Polish measure of a hard word: four syllables or more. Pisarek's formula looks at
the same two numbers; it was left aside because its result is no number of years and says less to an editor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_YEARS = 12
"""Whoever finished a secondary school reads this without effort; texts for everybody should not ask for more."""
LONG_SENTENCE = 25
"""Words after which a sentence is pointed out."""
FEWEST_WORDS = 60
"""Below this the index says nothing."""

_HARD_SYLLABLES = 4
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_VOWELS = re.compile(r"i(?=[aąeęoóu])|[aąeęioóuy]", re.IGNORECASE)
_SOFT = re.compile(r"i(?=[aąeęoóu])", re.IGNORECASE)
_SHORT_FORMS = re.compile(
    r"\b(art|ust|pkt|lit|poz|par|nr|ul|al|pl|os|m|in|np|tj|tzw|itd|itp|dr|mgr|inż|prof|r|w|godz|tel|zm|późn|dz|u|"
    r"str|zł|gr|św|woj|pow|gm|ww|jw|ok|wg|dot|ds|zał)\.",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"„(]?[A-ZĄĆĘŁŃÓŚŹŻ0-9])")


@dataclass(frozen=True, slots=True)
class Measure:
    """``years`` of school a reader needs (0: too short a text to say), and the sentences that are too long."""

    years: int
    long_sentences: tuple[str, ...]


def syllables(word: str) -> int:
    """The syllables of a Polish word: its vowels, without an ``i`` that only softens what stands before it."""
    return max(1, len(_VOWELS.findall(word)) - len(_SOFT.findall(word)))


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph; ``art. 5 ust. 2 z dnia 3.04.`` ends none."""
    safe = _SHORT_FORMS.sub(lambda match: match.group(0).replace(".", "\u2024"), text)
    safe = re.sub(r"(?<=\d)\.(?=\s*\d)|(?<=\b[A-ZŁŚŻ])\.(?=\s)", "\u2024", safe)
    return [part.replace("\u2024", ".").strip() for part in _END.split(safe) if _WORD.search(part)]


def measure(paragraphs: Iterable[str]) -> Measure:
    """The index of a text. Headings and list items count as sentences of their own."""
    found = [sentence for paragraph in paragraphs for sentence in sentences(paragraph)]
    words = [_WORD.findall(sentence) for sentence in found]
    count = sum(len(part) for part in words)
    long_ones = tuple(sentence for sentence, part in zip(found, words, strict=True) if len(part) > LONG_SENTENCE)
    if count < FEWEST_WORDS:
        return Measure(0, long_ones)
    hard = sum(syllables(word) >= _HARD_SYLLABLES for part in words for word in part)
    return Measure(round(0.4 * (count / len(found) + 100 * hard / count)), long_ones)
