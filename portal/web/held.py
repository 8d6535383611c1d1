"""Nothing typed is lost when a session ends while somebody writes: the sent form is handed back, to be sent again.

Only for views that ask for it (``keeps_typing``), and only for forms sent by our own pages: another site could
otherwise put its words before a person under our name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

_MARK = "__keeps_typing__"
View = TypeVar("View", bound=Callable[..., Any])


def keeps_typing(view: View) -> View:
    """Mark a view whose forms are handed back instead of lost."""
    setattr(view, _MARK, True)
    return view


def applies() -> bool:
    """Whether the request is such a form, sent by a page of ours."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, _MARK, False):
        return False
    came = request.headers.get("Origin") or request.referrer or ""
    return urlsplit(came).netloc == request.host


def hand_back(status: int, *, known: bool) -> ResponseReturnValue:
    """The form again: every field as it was sent, and the way back in. ``known``: the person is logged in."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    page = render_template("web/held.html", typed=typed, known=known, files=bool(request.files.getlist("files")))
    return make_response(page, status)
