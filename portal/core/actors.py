"""Who acts. Every action takes an ``Actor`` and every event names one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """``kind`` is ``user`` (someone logged in), ``system`` (a job) or ``anonymous``.

    ``on_behalf_of`` names the user whose act a job carries out ("system, on behalf of …"). ``token`` is the
    access token a program of the user came with: it narrows what they may do (``portal.accounts.policy``).
    """

    kind: str
    user_id: int | None = None
    on_behalf_of: int | None = None
    token: int | None = None

    @property
    def ref(self) -> str:
        """How the actor stands in events: ``user:7``, ``token:5/user:7``, ``system/user:7``, ``anonymous``."""
        if self.kind == "user":
            return f"token:{self.token}/user:{self.user_id}" if self.token else f"user:{self.user_id}"
        return f"{self.kind}/user:{self.on_behalf_of}" if self.on_behalf_of else self.kind


SYSTEM = Actor("system")
ANONYMOUS = Actor("anonymous")


def user(user_id: int) -> Actor:
    """The actor for a logged-in user."""
    return Actor("user", user_id)


def program_of(user_id: int, token_id: int) -> Actor:
    """The actor for a program that came with a user's access token."""
    return Actor("user", user_id, token=token_id)


def system_for(user_id: int | None) -> Actor:
    """The system carrying out what a user asked for earlier."""
    return Actor("system", on_behalf_of=user_id)
