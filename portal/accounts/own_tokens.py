"""The page where a person gives their programs access, and takes it away."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import policy, tokens
from portal.accounts.blueprint import blueprint
from portal.core import clock
from portal.core.errors import Invalid, NotFound
from portal.web import context, errors
from portal.web.rights import right
from portal.web.texts import message

VIEW = "content.view"


def _page(*, issued: tokens.Issued | None = None, error: str = "", status: int = 200) -> ResponseReturnValue:
    with context.reading() as reading:
        mine = tokens.of_user(reading, int(context.actor().user_id or 0))
    page = render_template(
        "accounts/tokens.html", tokens=mine, issued=issued, error=error, scopes=tuple(policy.SCOPES),
        lifetimes=tokens.LIFETIMES, given=request.form, chosen=request.form.getlist("scopes"), now=clock.now(),
    )  # fmt: skip
    return page, status


@blueprint.get("/konto/dostep")
@right(VIEW, below=True)
def access_tokens() -> ResponseReturnValue:
    """The tokens one has given."""
    return _page()


@blueprint.post("/konto/dostep")
@right(VIEW, below=True)
def give_access() -> ResponseReturnValue:
    """A new token, shown on this answer only: it is stored nowhere, not even in the session."""
    days = request.form.get("days", "")
    try:
        with context.transaction() as writing:
            issued = tokens.issue(
                writing, context.actor(), name=request.form.get("name", ""), scopes=request.form.getlist("scopes"),
                path=request.form.get("path", "/"), days=int(days) if days.isdecimal() else 0,
            )  # fmt: skip
    except Invalid as refusal:
        return _page(error=errors.explain(refusal), status=422)
    return _page(issued=issued)


@blueprint.post("/konto/dostep/<int:token_id>/odbierz")
@right(VIEW, below=True)
def take_access(token_id: int) -> ResponseReturnValue:
    """End a token at once."""
    try:
        with context.transaction() as writing:
            tokens.revoke(writing, context.actor(), token_id)
    except NotFound as refusal:
        return errors.back(refusal, url_for("accounts.access_tokens"))
    flash(message("token.revoked"), "success")
    return redirect(url_for("accounts.access_tokens"), 303)
