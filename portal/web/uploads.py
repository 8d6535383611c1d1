"""Files that came with a form."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from flask import Flask, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.core.documents import clean_name
from portal.core.errors import Invalid
from portal.core.settings import Settings

MAX_FILES = 20
PASS = "przepustka"  # noqa: S105 - the name of an argument
PASS_SECONDS = 24 * 3600
_LARGE = "__large__"

View = TypeVar("View", bound=Callable[..., Any])


def large(limit: Callable[[Settings], int]) -> Callable[[View], View]:
    """Let a view take more than other pages: ``limit`` gives megabytes from the settings."""

    def mark(view: View) -> View:
        setattr(view, _LARGE, limit)
        return view

    return mark


def large_pass(user_id: int) -> str:
    """A pass to send more than other pages take, for the form of a person who may: the server takes no more than usual
    without one, before it has looked at who asks. It also names what is sent: the same pass is the same thing again."""
    return _passes(current_app).dumps([user_id, secrets.token_hex(12)])


def holder(app: Flask, text: str) -> int | None:
    """Whose pass it is; ``None`` for none, and for one older than a day."""
    try:
        user_id, _ = _passes(app).loads(text, max_age=PASS_SECONDS)
    except (BadSignature, TypeError, ValueError):
        return None
    return int(user_id)


def pass_in(query: str) -> str:
    """The pass in the query of an address."""
    return dict(parse_qsl(query)).get(PASS, "")


def _passes(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(app.secret_key), salt="large upload")


def allow_large(settings: Settings) -> None:
    """Before anything of a request is read: the limit of the view it is for."""
    limit = getattr(current_app.view_functions.get(request.endpoint or ""), _LARGE, None)
    if limit is not None:
        request.max_content_length = limit(settings) * 2**20


def large_paths(app: Flask, settings: Settings) -> dict[str, int]:
    """The addresses of views that take more than other pages, with their megabytes."""
    marked = {name: getattr(view, _LARGE, None) for name, view in app.view_functions.items()}
    rules = ((rule.rule, marked.get(rule.endpoint)) for rule in app.url_map.iter_rules())
    return {path: limit(settings) for path, limit in rules if limit is not None}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came; its name is already safe to show. It may be empty: the action says so."""

    name: str
    data: bytes


def read_files(field: str) -> list[Upload]:
    """The files sent in ``field``, in order; a field left empty gives none.

    Raises ``Invalid("upload.too_many")``. The whole request is limited by ``Settings.upload_limit_mb`` (413).
    """
    sent = [item for item in request.files.getlist(field) if item.filename]
    if len(sent) > MAX_FILES:
        raise Invalid("upload.too_many", limit=MAX_FILES)
    return [Upload(clean_name(item.filename or ""), item.stream.read()) for item in sent]
