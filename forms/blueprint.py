"""The blueprint all pages of forms hang on."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue as Answer

from forms.models import Submission

blueprint = Blueprint("forms", __name__)


def to_sent(slug: str, submission: Submission) -> Answer:
    """On to the page that says what happened to what was sent."""
    return redirect(url_for("forms.sent", slug=slug, reference=submission.reference))
