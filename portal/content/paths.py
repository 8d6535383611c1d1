"""Paths: the place of an item in the tree. ``/`` is the root; no path but the root ends with a slash."""

from __future__ import annotations

import re
import unicodedata

from portal.core.errors import Invalid

ROOT = "/"
BIN = "/.kosz"
"""Where deleted subtrees wait; no address of the web begins with a dot, so nothing finds them there."""
MAX_NAME = 80
MAX_SLUG = 60
MAX_PATH = 400
_NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_POLISH = str.maketrans("łŁđĐøØ", "lLdDoO")


def lineage(path: str) -> list[str]:
    """The path and those above it, from the root down: ``/a/b`` → ``/``, ``/a``, ``/a/b``."""
    found = [ROOT]
    here = ""
    for name in path.strip("/").split("/"):
        if name:
            here = f"{here}/{name}"
            found.append(here)
    return found


def parent(path: str) -> str:
    """The path above; the root is its own parent."""
    return path.rpartition("/")[0] or ROOT


def name_of(path: str) -> str:
    """The last part of the path."""
    return path.rpartition("/")[2]


def join(folder: str, name: str) -> str:
    """``name`` in ``folder``. Raises ``Invalid`` when it cannot be a name or the whole becomes too long."""
    check_name(name)
    path = f"{folder.rstrip('/')}/{name}"
    if len(path) > MAX_PATH:
        raise Invalid("content.path_too_long", limit=MAX_PATH)
    return path


def check_name(name: str) -> None:
    """Raise ``Invalid`` unless ``name`` is small letters, digits and single ``-``, ``_``, ``.`` between them."""
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise Invalid("content.bad_name", name=name)


def inside(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies below it."""
    return folder == ROOT or path == folder or path.startswith(f"{folder}/")


def words(text: str) -> list[str]:
    """The words of a text as addresses write them: ``Dzień otwarty`` → ``dzien``, ``otwarty``."""
    plain = unicodedata.normalize("NFKD", text.translate(_POLISH)).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.lower())


def slug(title: str) -> str:
    """A name made of a title: ``Dzień otwarty – zapraszamy`` → ``dzien-otwarty-zapraszamy``."""
    whole = "-".join(words(title))
    if len(whole) > MAX_SLUG:
        # Whole words only, unless one word is longer than all that fits.
        whole = whole[: MAX_SLUG + 1].rpartition("-")[0] or whole[:MAX_SLUG]
    return whole or "strona"


def clean(path: str) -> str:
    """A path as it came in an address, without repeated or closing slashes."""
    return "/" + "/".join(part for part in path.split("/") if part)
