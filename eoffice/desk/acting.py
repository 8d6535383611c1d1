"""One act of a clerk: run it in a transaction, say what happened, or why not, and lose nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.core.errors import DomainError, NotFound
from portal.web import context
from portal.web.forms import Form
from portal.web.texts import message

Work = Callable[[Session], Any]
Address = str | Callable[[Any], str]


def act(work: Work, *, done: str, to: Address) -> ResponseReturnValue:
    """Carry out ``work`` and go ``to`` (an address, or a function of what came of it), saying ``done``.

    A refusal is said on the same page. ``NotFound`` stays a page that is not found.
    """
    result: Any = None
    try:
        with context.transaction() as session:
            result = work(session)
    except NotFound:
        raise
    except DomainError as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
    else:
        flash(message(done), "success")
    return redirect(to if isinstance(to, str) else to(result))


def submit(form: Form, work: Work, *, done: str, to: Address, again: Callable[[], str]) -> ResponseReturnValue:
    """As ``act`` for a ``form``: what does not pass is shown ``again`` with everything that was typed (422)."""
    if not form.validate_on_submit():
        return again(), 422
    try:
        with context.transaction() as session:
            result = work(session)
    except NotFound:
        raise
    except DomainError as refusal:
        form.form_errors.append(message(refusal.code, **refusal.details))
        return again(), 422
    flash(message(done), "success")
    return redirect(to if isinstance(to, str) else to(result))
