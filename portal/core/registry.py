"""A registry: names to things, filled by the modules that offer them, read by those below them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """``register`` once per name; ``get`` raises ``KeyError`` with the names that exist."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, T] = {}

    def register(self, name: str, item: T) -> T:
        """Add ``item``. The same object twice is fine; another one under a taken name is a ``ValueError``."""
        if self._items.setdefault(name, item) is not item:
            raise ValueError(f"{self.what} {name!r} is registered already")
        return item

    def get(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            known = ", ".join(sorted(self._items)) or "none"
            raise KeyError(f"no {self.what} {name!r}; there are: {known}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def items(self) -> list[tuple[str, T]]:
        return list(self._items.items())
