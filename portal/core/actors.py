"""Who acts. Every action takes an ``Actor`` and every event names one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """``kind`` is ``user`` (someone logged in), ``system`` (a job) or ``anonymous``.

    ``on_behalf_of`` names the user whose act a job carries out ("system, on behalf of …").
    """

    kind: str
    user_id: int | None = None
    on_behalf_of: int | None = None

    @property
    def ref(self) -> str:
        """How the actor stands in events: ``user:7``, ``system``, ``system/user:7``, ``anonymous``."""
        if self.kind == "user":
            return f"user:{self.user_id}"
        return f"{self.kind}/user:{self.on_behalf_of}" if self.on_behalf_of else self.kind


SYSTEM = Actor("system")
ANONYMOUS = Actor("anonymous")


def user(user_id: int) -> Actor:
    """The actor for a logged-in user."""
    return Actor("user", user_id)


def system_for(user_id: int | None) -> Actor:
    """The system carrying out what a user asked for earlier."""
    return Actor("system", on_behalf_of=user_id)
