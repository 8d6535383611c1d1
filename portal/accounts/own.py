"""One's own account: who the office takes one for, the password, the second factor, all sessions."""

from __future__ import annotations

import secrets

import segno
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from portal.accounts import actions, queries, sessions, totp
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import ConfirmForm, PasswordForm, SecondFactorForm
from portal.core.errors import Invalid
from portal.web import context, errors, limits
from portal.web.limits import TooMany
from portal.web.rights import CITIZEN, right
from portal.web.texts import message

_NONCE = "totp_nonce"


def _limited(user_id: int) -> None:
    """The password is asked for again here, so guessing it is limited as at the door."""
    rule = limits.parse(context.settings().login_limit)
    with context.transaction() as writing:
        limits.take(writing, rule, limits.of_request("confirm", str(user_id)))


@blueprint.get("/konto")
@right(CITIZEN)
def account() -> ResponseReturnValue:
    """Who one is here, and what can be changed."""
    with context.reading() as reading:
        known = queries.identity(reading, current_user.id)
        groups = queries.groups_of(reading, current_user.id)
    return render_template("accounts/account.html", identity=known, groups=groups, form=ConfirmForm())


@blueprint.route("/konto/haslo", methods=["GET", "POST"])
@right(CITIZEN)
def password() -> ResponseReturnValue:
    """Change one's password; every other session ends."""
    form = PasswordForm()
    if request.method == "GET" or not form.validate():
        return render_template("accounts/password.html", form=form), 422 if form.errors else 200
    try:
        _limited(current_user.id)
        with context.transaction() as writing:
            user = actions.set_password(
                writing, context.actor(), current_user.id, form.new.data or "", current=form.current.data or ""
            )
    except (Invalid, TooMany) as refusal:
        at = form.current if refusal.code == "password.wrong" else form.new
        at.errors = [*at.errors, errors.explain(refusal)]
        return render_template("accounts/password.html", form=form), errors.status_of(refusal)
    sessions.begin(user)
    flash(message("password.changed"), "success")
    return redirect(url_for("accounts.account"), 303)


def _proposed() -> str:
    nonce = session.setdefault(_NONCE, secrets.token_hex(16))
    return totp.proposed(str(current_app.secret_key), current_user.id, nonce)


def _picture(secret: str) -> Markup:
    address = totp.address(secret, account=current_user.login, issuer=context.settings().town_name)
    drawing = segno.make(address, error="m").svg_inline(scale=4, border=3, dark="#000", light="#fff", svgclass="w-qr")
    return Markup(drawing)  # noqa: S704 - drawn by us


def _second_factor_page(form: SecondFactorForm, status: int = 200) -> ResponseReturnValue:
    secret = _proposed()
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    return render_template("accounts/second_factor.html", form=form, picture=_picture(secret), secret=spaced), status


@blueprint.route("/konto/drugi-skladnik", methods=["GET", "POST"])
@right(CITIZEN)
def second_factor() -> ResponseReturnValue:
    """Set up codes from a telephone."""
    form = SecondFactorForm()
    if request.method == "GET" or not form.validate():
        return _second_factor_page(form, 422 if form.errors else 200)
    try:
        _limited(current_user.id)
        with context.transaction() as writing:
            actions.enable_second_factor(
                writing,
                context.actor(),
                secret=_proposed(),
                code=form.code.data or "",
                password=form.password.data or "",
            )
    except (Invalid, TooMany) as refusal:
        at = form.code if refusal.code == "totp.wrong" else form.password
        at.errors = [*at.errors, errors.explain(refusal)]
        return _second_factor_page(form, errors.status_of(refusal))
    session.pop(_NONCE, None)
    flash(message("totp.on"), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/konto/drugi-skladnik/wylacz")
@right(CITIZEN)
def second_factor_off() -> ResponseReturnValue:
    """Do without codes again."""
    try:
        _limited(current_user.id)
        with context.transaction() as writing:
            actions.disable_second_factor(writing, context.actor(), password=request.form.get("password", ""))
    except (Invalid, TooMany) as refusal:
        return errors.back(refusal, url_for("accounts.account"))
    flash(message("totp.off"), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/konto/wyloguj-wszedzie")
@right(CITIZEN)
def log_out_everywhere() -> ResponseReturnValue:
    """End all sessions, this one too."""
    with context.transaction() as writing:
        actions.end_sessions(writing, context.actor(), current_user.id)
    sessions.end()
    flash(message("login.left_everywhere"), "success")
    return redirect(url_for("accounts.login"), 303)
