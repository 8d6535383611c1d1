"""Where effects find the outside: adapters bound by name at composition, asked for by protocol."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class Ports:
    """A typed drawer of adapters. Filled once in ``portal.app``; tests fill it with honest fakes.

    An adapter is made when it is first asked for: a program that shows pages opens no connection to ePUAP.
    """

    def __init__(self) -> None:
        self._makers: dict[tuple[type, str], Callable[[], object]] = {}
        self._made: dict[tuple[type, str], object] = {}
        self._turn = threading.RLock()

    def bind(self, port: type[T], name: str, adapter: T) -> None:
        """Let ``adapter`` answer for ``port`` under ``name``; a later binding replaces an earlier one."""
        self.bind_later(port, name, lambda: adapter)

    def bind_later(self, port: type[T], name: str, make: Callable[[], T]) -> None:
        """As ``bind``, with an adapter that ``make`` builds at the first use. A failed try is not remembered."""
        with self._turn:
            self._makers[(port, name)] = make
            self._made.pop((port, name), None)

    def of(self, port: type[T], name: str = "default") -> T:
        """The adapter bound for ``port``. Raises ``LookupError`` when composition forgot it."""
        key = (port, name)
        with self._turn:
            if key not in self._makers:
                raise LookupError(f"nothing is bound for {port.__name__} {name!r}")
            if key not in self._made:
                self._made[key] = self._makers[key]()
            return cast(T, self._made[key])

    def names(self, port: type) -> tuple[str, ...]:
        """The names under which adapters are bound for ``port``."""
        return tuple(name for kind, name in self._makers if kind is port)
