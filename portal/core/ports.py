"""Where effects find the outside: adapters bound by name at composition, asked for by protocol."""

from __future__ import annotations

from typing import TypeVar, cast

T = TypeVar("T")


class Ports:
    """A typed drawer of adapters. Filled once in ``portal.app``; tests fill it with honest fakes."""

    def __init__(self) -> None:
        self._bound: dict[tuple[type, str], object] = {}

    def bind(self, port: type[T], name: str, adapter: T) -> None:
        """Let ``adapter`` answer for ``port`` under ``name``; a later binding replaces an earlier one."""
        self._bound[(port, name)] = adapter

    def of(self, port: type[T], name: str = "default") -> T:
        """The adapter bound for ``port``. Raises ``LookupError`` when composition forgot it."""
        try:
            return cast(T, self._bound[(port, name)])
        except KeyError:
            raise LookupError(f"nothing is bound for {port.__name__} {name!r}") from None

    def all(self, port: type[T]) -> dict[str, T]:
        """Every adapter bound for ``port``, by name."""
        return {name: cast(T, item) for (kind, name), item in self._bound.items() if kind is port}
