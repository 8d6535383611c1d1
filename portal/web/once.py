"""What is sent twice is done once: a key made with the form, or by a program, names one act of one person.

An answer that got lost on its way is asked for again with the same key; the act is not done again, and the answer is
about what was made the first time. A key is forgotten after ``KEPT``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta

from flask import request
from markupsafe import Markup
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.blobs import sha256
from portal.core.db import insert_or_ignore
from portal.core.errors import Invalid
from portal.web.models import Once
from portal.web.uploads import Upload

KEPT = timedelta(days=2)
FIELD = "form_key"
"""The hidden field of forms."""
LONGEST = 200
HEADER = "Idempotency-Key"


def number(session: Session, who: str, key: str, what: bytes, make: Callable[[], int]) -> int:
    """The number of what ``make`` makes for this ``key`` of ``who``, now or when it was first asked for.

    ``what`` is all that was asked for. Raises ``Invalid`` when the key was used for something else. Without a key the
    act is simply done. A rival in another process waits for our commit, and is given what we made.
    """
    if not key:
        return make()
    session.execute(delete(Once).where(Once.at < clock.now() - KEPT))
    name, asked = sha256(f"{who}\n{key}".encode()), sha256(what)
    if insert_or_ignore(session, Once, {"key": name, "asked": asked, "number": 0, "at": clock.now()}):
        made = make()
        session.execute(update(Once).where(Once.key == name).values(number=made))
        return made
    known = session.get_one(Once, name)
    if known.asked != asked:
        raise Invalid("once.other")
    return known.number


def form_key() -> str:
    """The key that came with the form; empty for a form without one."""
    return request.form.get(FIELD, "")[:LONGEST]


def program_key() -> str:
    """The key a program sent; empty without one. Raises ``Invalid``."""
    key = request.headers.get(HEADER)
    if key is not None and not 0 < len(key) <= LONGEST:
        raise Invalid("once.bad")
    return key or ""


def typed(files: Iterable[Upload] = ()) -> str:
    """The key of this form with all that was typed and chosen in it; empty for a form without one.

    Who goes back, changes something and sends the form again means another thing than before, and is not given the old.
    """
    if not form_key():
        return ""
    words = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    sent = [(one.name, sha256(one.data)) for one in files]
    return sha256(repr((request.full_path, words, sent)).encode())


def field(*, fresh: bool = False) -> Markup:
    """The hidden field for a form. A form shown again keeps its key, unless what it asked for is done (``fresh``)."""
    key = ("" if fresh else form_key()) or secrets.token_urlsafe(18)
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, key)
