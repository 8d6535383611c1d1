"""A document as a page of its own: made of the very bytes that are kept, without scripts, links or stylesheets.

The template's published stylesheet is foreign code and is never run; this view shows every template alike.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from flask import Response, render_template

from forms.reader import view
from portal.web import folders


@cache
def _style() -> str:
    return (folders.TEMPLATES / "forms" / "letter.css").read_text(encoding="utf-8")


def html(data: bytes) -> str:
    """A complete page showing the document. Raises ``portal.core.xml.UnsafeXml``."""
    return render_template("forms/letter_page.html", view=view(data), style=_style())


def policy() -> str:
    """The content security policy of such a page: nothing but its own style, in an origin of its own."""
    mark = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"sandbox; default-src 'none'; style-src 'sha256-{mark}'; base-uri 'none'; frame-ancestors 'self'"


def page(data: bytes) -> Response:
    """``html`` as an answer that a browser runs nothing of, wherever it is framed."""
    response = Response(html(data), mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    return response
