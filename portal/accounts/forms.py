"""Forms of accounts. Their labels are in the templates."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from portal.accounts.passwords import LONGEST
from portal.web.forms import Form

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}
_CURRENT = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}


class LoginForm(Form):
    """Log-in name and password."""

    login = StringField(
        validators=[DataRequired("login.need_login"), Length(max=120, message="login.refused")],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        validators=[DataRequired("login.need_password"), Length(max=LONGEST, message="login.refused")],
        render_kw=_CURRENT,
    )


class CodeForm(Form):
    """A code of the second factor."""

    code = StringField(validators=[DataRequired("login.need_code"), Length(max=20)], render_kw=_CODE)


class PasswordForm(Form):
    """A new password, twice, and the current one."""

    current = PasswordField(validators=[DataRequired("password.need_current"), Length(max=LONGEST)], render_kw=_CURRENT)
    new = PasswordField(validators=[DataRequired("password.need_new")], render_kw=_NEW)
    again = PasswordField(validators=[EqualTo("new", "password.differs")], render_kw=_NEW)


class SecondFactorForm(CodeForm):
    """A first code, and the password once more."""

    password = PasswordField(validators=[DataRequired("login.need_password"), Length(max=LONGEST)], render_kw=_CURRENT)


class ConfirmForm(Form):
    """The password once more."""

    password = PasswordField(validators=[DataRequired("login.need_password"), Length(max=LONGEST)], render_kw=_CURRENT)
