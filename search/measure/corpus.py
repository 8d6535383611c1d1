"""A municipality's texts, made deterministically: resolutions, orders, notices, news and pages in real Polish.

Titles are act + object + place, so thousands differ in a word or two, as they do in a real bulletin. Bodies
mix the matter at hand with the boilerplate of offices, so most words of a question occur in many documents.
The words stand in ``data/municipality.txt``.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources

from search.index import PUBLIC, Attachment, Doc
from search.measure.grammar import phrase

ROMAN = "I II III IV V VI VII VIII IX X XI XII XIV XV XVIII XX XXI XXIV XXV XXIX XXX XXXII XXXV XL XLI XLV XLVIII L LII"
_SHARES = (5, 4, 3, 4, 2)
"""How often each kind of title comes, in the order of the file."""


@functools.lru_cache(maxsize=1)
def wordlists() -> dict[str, list[str]]:
    """The lists of the data file by name."""
    text = resources.files("search").joinpath("measure/data/municipality.txt").read_text("utf-8")
    found: dict[str, list[str]] = {}
    name = ""
    for line in filter(None, text.splitlines()):
        if line.startswith("["):
            name = line.strip("[]")
        else:
            found.setdefault(name, []).append(line)
    return found


def objects() -> list[str]:
    """Objects whose forms the dictionary has."""
    found = []
    for line in wordlists()["objects"]:
        try:
            for case in ("nom", "gen", "acc", "inst", "loc"):
                phrase(line, case)
        except LookupError:
            continue
        found.append(line)
    return found


def documents(count: int, *, seed: int = 1, words: int = 200, attachments: bool = True) -> Iterator[Doc]:
    """``count`` documents with bodies of about ``words`` words (from a third of it to twice as many)."""
    rng = random.Random(seed)  # noqa: S311 - the same texts each time
    things = objects()
    for number in range(count):
        yield _document(rng, number, things, words, attachments=attachments and number % 5 == 0)


def _document(rng: random.Random, number: int, things: list[str], words: int, *, attachments: bool) -> Doc:
    act, thing, place = rng.choice(wordlists()["acts"]), rng.choice(things), rng.choice(wordlists()["places"])
    day = date(2015, 1, 2) + timedelta(days=rng.randrange(4200))
    kind, title = wordlists()["titles"][rng.choices(range(5), _SHARES)[0]].split(" ", 1)
    named = {"y": day.year, "k": rng.randrange(1, 999), "r": rng.choice(ROMAN.split())}
    where = (
        f" we wsi {place}"
        if rng.random() < 0.7
        else f" przy ulicy {rng.choice(wordlists()['streets'])} w miejscowości {place}"
    )
    of = phrase(thing, "gen")
    matter0 = f"{phrase(act, 'nom')} {of}{where}"
    title = title.format(
        **named, matter=f"{phrase(act, 'gen')} {of}{where}", matter0=matter0, Matter0=matter0[0].upper() + matter0[1:]
    )
    signature = {
        "resolution": f"{named['r']}/{named['k']}/{named['y']}", "order": f"{named['k']}/{named['y']}",
    }.get(kind, f"GK.{rng.randrange(1000, 9999)}.{rng.randrange(1, 400)}.{day.year}")  # fmt: skip
    length = max(30, int(words * rng.choice((0.33, 0.5, 0.8, 1, 1.2, 2))))
    files: tuple[Attachment, ...] = ()
    if attachments:
        pages = tuple(
            _body(rng, rng.choice(wordlists()["acts"]), rng.choice(things), place, day, words // 2) for _ in range(2)
        )
        files = (Attachment(f"zalacznik_{number}.pdf", pages),)
    return Doc(
        key=f"item:{number}", kind="item", title=title, body=_body(rng, act, thing, place, day, length),
        attachments=files, url=f"/dokument/{number}", breadcrumb=("Wrotkowo", kind), readers=frozenset({PUBLIC}),
        type=kind, year=day.year, organ="Rada Gminy" if kind == "resolution" else "Wójt Gminy", status="published",
        signature=signature, date=day,
    )  # fmt: skip


def _body(rng: random.Random, act: str, thing: str, place: str, day: date, length: int) -> str:
    of = phrase(thing, "gen")
    facts = {
        "n": f"{phrase(act, 'nom')} {of}", "g": f"{phrase(act, 'gen')} {of}", "a": f"{phrase(act, 'acc')} {of}",
        "i": f"{phrase(act, 'inst')} {of}", "l": f"{phrase(act, 'loc')} {of}", "p": place, "y": day.year,
        "d": day.strftime("%d.%m.%Y"),
    }  # fmt: skip
    lines: list[str] = []
    size = 0
    while size < length:
        if rng.random() < 0.3:
            line = rng.choice(wordlists()["matters"]).format(
                **facts, k=rng.randrange(2, 900), s=rng.choice(wordlists()["streets"])
            )
        else:
            line = rng.choice(wordlists()["boilerplate"])
        lines.append(line)
        size += line.count(" ") + 1
    return "\n".join(lines)
