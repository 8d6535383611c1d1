"""Every view states its right; nothing without one is served.

``@right("public")`` anyone · ``@right("citizen")`` anyone logged in · ``@right("desk.view", path="/biuro",
below=True)`` whoever holds the permission. The rule is checked before the view runs; the actions a view calls
check again, so a forgotten detail here is not a hole there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

import structlog
from flask import Blueprint, Flask, current_app, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden as ForbiddenPage
from werkzeug.exceptions import Unauthorized

from portal.core.actors import Actor
from portal.web import context

log = structlog.get_logger(__name__)

PUBLIC = "public"
CITIZEN = "citizen"
GUARD = "wrota.guard"
_MARK = "__right__"

PathOf = Callable[[dict[str, Any]], str]
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Right:
    """What a view asks for: any one of ``names``, at ``path`` (or at any place ``below`` it)."""

    names: tuple[str, ...]
    path: str | PathOf = "/"
    below: bool = False

    def place(self, arguments: dict[str, Any]) -> str:
        """The path asked about, when the view is called with ``arguments``."""
        return self.path if isinstance(self.path, str) else self.path(arguments)


class Guard(Protocol):
    """Answers whether somebody holds a permission; ``portal.accounts`` installs the real one."""

    def allows(self, actor: Actor, permission: str, path: str, *, below: bool) -> bool:
        """Whether ``actor`` holds ``permission`` at ``path``, or (``below``) anywhere at or under it."""


class NobodyMay:
    """The guard of a program that has no accounts: only public pages are served."""

    def allows(self, actor: Actor, permission: str, path: str, *, below: bool) -> bool:  # noqa: ARG002
        return False


def right(*names: str, path: str | PathOf = "/", below: bool = False) -> Callable[[View], View]:
    """State the right of a view: one of ``names``. ``path`` may be computed from the view's arguments."""
    if not names:
        raise ValueError("a right needs a name")
    rule = Right(names, path, below)

    def mark(view: View) -> View:
        setattr(view, _MARK, rule)
        return view

    return mark


def right_of(view: object) -> Right | None:
    """The right a view states, or ``None``. Files that belong to the program itself are public."""
    if getattr(view, "__func__", None) is Blueprint.send_static_file:
        return Right((PUBLIC,))
    return cast("Right | None", getattr(view, _MARK, None))


def may(permission: str, path: str = "/", *, below: bool = False) -> bool:
    """Whether the person asking holds ``permission``; templates use it to show only what can be used."""
    if permission == PUBLIC:
        return True
    actor = context.actor()
    if permission == CITIZEN:
        return actor.user_id is not None
    guard = cast(Guard, current_app.extensions.get(GUARD, NobodyMay()))
    return guard.allows(actor, permission, path, below=below)


def install_guard(app: Flask, guard: Guard) -> None:
    """Let ``guard`` answer for this program."""
    app.extensions[GUARD] = guard


def enforce() -> None:
    """Before each view: its right, or the log-in page (401), or a refusal (403)."""
    endpoint = request.endpoint
    if endpoint is None:
        return
    rule = right_of(current_app.view_functions[endpoint])
    if rule is None:
        log.error("view_without_right", endpoint=endpoint)
        raise ForbiddenPage
    place = rule.place(request.view_args or {})
    if any(may(name, place, below=rule.below) for name in rule.names):
        return
    raise ForbiddenPage if current_user.is_authenticated else Unauthorized


def init(app: Flask) -> None:
    """Enforce rights on every request of ``app``."""
    app.before_request(enforce)
