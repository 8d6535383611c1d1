"""Ways to prove who one is. The local password is always there; others are registered by their own folders."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Provider:
    """``endpoint`` starts the log-in elsewhere (a button); empty: the form on our own page.

    Its label is ``provider.<name>`` in messages.json; ``name`` is also ``Identity.provider``.
    """

    name: str
    endpoint: str = ""


Providers = Registry[Provider]


def standard() -> Providers:
    """A registry with the local password."""
    made: Providers = Registry("identity provider")
    made.register("password", Provider("password"))
    return made
