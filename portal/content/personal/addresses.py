"""Names and numbers in an item's address: it outlives the title it was made of, and every reader sees it."""

from __future__ import annotations

from collections.abc import Iterable

from portal.content import paths, types
from portal.content.models import Item
from portal.content.personal import detect
from portal.content.personal.words import word
from portal.core.errors import Invalid


def check(item: Item, title: str, officials: Iterable[str], name: str) -> None:
    """Raise ``Invalid`` when the last part of the address of an item of the Bulletin says what its title does not.

    ``officials``: people whom the law itself wants named beside the item.
    """
    if not types.of(item.type).family.reasons:
        return
    found = said(name, title, officials)
    if found:
        raise Invalid("personal.in_address", found=", ".join(found))


def said(name: str, title: str, officials: Iterable[str] = ()) -> list[str]:
    """Personal data in ``name`` that does not stand in ``title``: numbers, and surnames beside a first name.

    An address has no capitals and no Polish letters, so a word alone says too little to ask about.
    """
    known = set(paths.slug(title).split("-"))
    words = [one for one in name.replace("_", "-").replace(".", "-").split("-") if one not in known]
    text = " ".join(one.capitalize() for one in words)
    found = [(text[one.start : one.end], one.kind) for one in detect.find(text, officials=officials)]
    return [one for one, kind in found if kind != "name" or any(word(part).first for part in one.split())]
