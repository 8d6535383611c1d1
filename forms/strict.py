"""Plain data ↔ frozen dataclasses, strictly: an unknown key or a wrong type is a problem with its place."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class DefinitionError(ValueError):
    """A definition cannot be used; ``problems`` say where and why, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


def load(kind: type[T], data: object, path: str = "") -> T:
    """``data`` as a ``kind``. Raises ``DefinitionError`` with every problem found."""
    problems: list[str] = []
    made = _dataclass(kind, data, path, problems)
    if problems:
        raise DefinitionError(problems)
    return made  # type: ignore[no-any-return]


def dump(thing: Any) -> dict[str, Any]:
    """The data of a dataclass, without what is left at its default."""
    data = {}
    for item in dataclasses.fields(thing):
        value = getattr(thing, item.name)
        if item.default is not dataclasses.MISSING and value == item.default:
            continue
        data[item.name] = _plain(value)
    return data


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return dump(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _dataclass(kind: Any, data: object, path: str, problems: list[str]) -> Any:
    if not isinstance(data, dict):
        problems.append(f"{path or 'definition'}: an object is expected")
        return None
    hints, before = get_type_hints(kind), len(problems)
    fields = {item.name: item for item in dataclasses.fields(kind)}
    problems += [f"{_under(path, key)}: unknown key" for key in data if key not in fields]
    values = {}
    for name, item in fields.items():
        if name in data:
            values[name] = _value(hints[name], data[name], _under(path, name), problems)
        elif item.default is dataclasses.MISSING:
            problems.append(f"{_under(path, name)}: missing")
    return kind(**values) if len(problems) == before else None


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(kind: Any, data: object, path: str, problems: list[str]) -> Any:
    if get_origin(kind) is tuple:
        return _items(get_args(kind)[0], data, path, problems)
    if get_origin(kind) in (types.UnionType,):
        return None if data is None else _value(get_args(kind)[0], data, path, problems)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, data, path, problems)
    # A bool is an int for Python, never for a definition.
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        problems.append(f"{path}: {kind.__name__} is expected")
    return data


def _items(kind: Any, data: object, path: str, problems: list[str]) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        problems.append(f"{path}: a list is expected")
        return ()
    return tuple(_value(kind, item, f"{path}[{n}]", problems) for n, item in enumerate(data))
