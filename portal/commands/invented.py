"""Invented texts for measurements: the same page and version always say the same."""

from __future__ import annotations

import random
from dataclasses import dataclass

from portal.town import large

_SENTENCES = 9


@dataclass(frozen=True, slots=True)
class Text:
    """What one version of a page says; ``body`` is HTML as the sanitiser leaves it."""

    title: str
    summary: str
    body: str
    reason: str


def text(page: int, version: int) -> Text:
    """The ``version``-th text of the ``page``-th page: its matter and place stay, what is said of them changes."""
    words, matter = large(), random.Random(page)  # noqa: S311 - nothing here is secret
    what, where = matter.choice(words["matters"]), matter.choice(words["places"])
    said = random.Random(page * 1000 + version)  # noqa: S311 - nothing here is secret
    sentences = [_filled(said, sentence) for sentence in said.sample(words["sentences"], _SENTENCES)]
    paragraphs = [" ".join(sentences[n : n + 3]) for n in range(0, _SENTENCES, 3)]
    heading = f"{what[0].upper()}{what[1:]}: {where}"
    return Text(
        title=f"{heading} ({page + 1})",
        summary=sentences[0],
        body="".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        reason=said.choice(words["reasons"]),
    )


def _filled(said: random.Random, sentence: str) -> str:
    return sentence.format(
        amount=said.randrange(1000, 900_000), room=said.randrange(1, 40), offers=said.randrange(2, 5),
        days=said.randrange(7, 60),
    )  # fmt: skip
