"""Log in and log out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import actions, demo, entry, own, own_tokens, sessions
from portal.accounts.blueprint import blueprint
from portal.accounts.entry import Proven
from portal.accounts.forms import CodeForm, LoginForm
from portal.accounts.models import User
from portal.accounts.policy import OFFICE
from portal.accounts.providers import standard
from portal.accounts.queries import normal
from portal.core import clock
from portal.core.db import Database
from portal.web import context, errors, limits
from portal.web.limits import TooMany
from portal.web.redirects import safe
from portal.web.rights import may, right
from portal.web.texts import message

providers = standard()
"""Ways to log in; a provider's folder registers itself here."""

_PENDING = "pending"
_PATIENCE = 300
"""Seconds between the password and the code of the second factor."""


def _database() -> Database:
    return context.program().database


def _rule() -> limits.Rule:
    return limits.parse(context.settings().login_limit)


def _page(form: LoginForm, status: int = 200) -> ResponseReturnValue:
    shown = demo.logins() if context.settings().demo else ()
    elsewhere = [provider for _, provider in providers.items() if provider.endpoint]
    target = safe(request.values.get("next"), "")
    page = render_template("accounts/login.html", form=form, demo=shown, providers=elsewhere, next=target)
    return page, status


@blueprint.get("/logowanie")
@right("public")
def login() -> ResponseReturnValue:
    """The log-in page."""
    if current_user.is_authenticated:
        return redirect(_destination(current_user.kind), 303)
    return _page(LoginForm())


@blueprint.post("/logowanie")
@right("public")
def log_in() -> ResponseReturnValue:
    """Prove the password; go in, or on to the second factor."""
    form = LoginForm()
    if not form.validate():
        return _page(form, 422)
    name, password = form.login.data or "", form.password.data or ""
    buckets = limits.of_request("login", normal(name))
    try:
        proven = entry.prove_password(_database(), _rule(), buckets, name, password)
    except (actions.Refused, TooMany) as refusal:
        if target := safe(request.form.get("next"), ""):
            errors.refused("password", target)
        form.form_errors.append(errors.explain(refusal))
        return _page(form, errors.status_of(refusal))
    target = safe(request.form.get("next"), "")
    if not proven.needs_code:
        return _go_in(entry.come_in(_database(), proven), target)
    session.clear()
    session[_PENDING] = {
        "identity": proven.identity_id, "user": proven.user_id, "version": proven.session_version,
        "at": int(clock.now().timestamp()), "next": target,
    }  # fmt: skip
    return redirect(url_for("accounts.code"), 303)


def _pending() -> tuple[Proven, str] | None:
    """Who proved the password a moment ago in this browser, and where they were going."""
    kept = session.get(_PENDING)
    if not kept or clock.now().timestamp() - kept["at"] > _PATIENCE:
        return None
    return Proven(kept["identity"], kept["user"], kept["version"], needs_code=True), kept["next"]


@blueprint.route("/logowanie/kod", methods=["GET", "POST"])
@right("public")
def code() -> ResponseReturnValue:
    """The second factor."""
    pending = _pending()
    if pending is None:
        flash(message("login.too_slow"), "warning")
        return redirect(url_for("accounts.login"), 303)
    proven, target = pending
    form = CodeForm()
    if request.method == "GET" or not form.validate():
        return render_template("accounts/code.html", form=form), 422 if form.errors else 200
    try:
        buckets = limits.of_request("code", str(proven.user_id))
        user = entry.prove_code(_database(), _rule(), buckets, proven, form.code.data or "")
    except (actions.Refused, TooMany) as refusal:
        form.form_errors.append(errors.explain(refusal))
        return render_template("accounts/code.html", form=form), errors.status_of(refusal)
    return _go_in(user, target)


def _destination(kind: str) -> str:
    """Where a person starts who asked for no page: clerks at the desk, editors at the tree, others at their matters."""
    if kind == "citizen":
        return "/moje/"
    if may("desk.view", OFFICE, below=True):
        return "/biuro/"
    return "/redakcja/" if may("content.edit", below=True) else "/"


def _go_in(user: User, target: str) -> ResponseReturnValue:
    sessions.begin(user)
    return redirect(target or _destination(user.kind), 303)


@blueprint.post("/wylogowanie")
@right("public")
def log_out() -> ResponseReturnValue:
    """End this session."""
    actor = context.actor()
    if actor.user_id is not None:
        with context.transaction() as writing:
            actions.leave(writing, actor, sessions.mark())
    sessions.end()
    flash(message("login.left"), "success")
    return redirect("/", 303)


__all__ = ["blueprint", "own", "own_tokens", "providers"]
