"""The log-ins a demonstration shows on its log-in page, and only with ``Settings.demo``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

_EXTENSION = "wrota.demo_logins"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """``about`` is the code of a sentence that says who this is (``demo.who.clerk``)."""

    login: str
    password: str
    about: str


def install(app: Flask, logins: Sequence[DemoLogin]) -> None:
    """Show ``logins`` on the log-in page of a demonstration."""
    app.extensions[_EXTENSION] = tuple(logins)


def logins() -> tuple[DemoLogin, ...]:
    """The log-ins to show."""
    return cast("tuple[DemoLogin, ...]", current_app.extensions.get(_EXTENSION, ()))
