"""Whether one answer will do. The same rules serve the page, the act of sending and imports.

A problem is a code with details; its Polish sentence is in ``templates/forms/messages.json``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError
from stdnum.pl import nip as stdnum_nip
from stdnum.pl import pesel as stdnum_pesel
from stdnum.pl import regon as stdnum_regon

from forms import schema
from portal.core import clock

_EMAIL = re.compile(r"[^@\s<>(),;:\"\\]{1,64}@[^@\s.<>(),;:\"\\]+(\.[^@\s.<>(),;:\"\\]+)+")
_URL = re.compile(r"(?:https?://[^\s/\\?#@]+(?:[/?#][^\s\\]*)?|/(?![/\\])[^\s\\]*|mailto:[^\s\\]+|tel:[^\s\\]+)")
_PHONE = re.compile(r"\+?\d{9,15}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer will not do."""

    code: str
    details: dict[str, Any] = field(default_factory=dict)


def digits(text: str) -> str:
    """An identifier as it is kept: without the spaces and dashes people write for readability."""
    return re.sub(r"[\s-]", "", text)


def check(asked: schema.Field, value: str | bool, departments: Collection[str] = ()) -> Problem | None:
    """The first problem of a cleaned answer; ``None`` when it will do.

    ``departments`` are the symbols that may be chosen. Files are checked where they are taken (``forms.files``).
    """
    if value in ("", False):
        return _absent(asked)
    if isinstance(value, bool):
        return None
    if asked.limit and len(value) > asked.limit:
        return Problem("form.too_long", {"limit": asked.limit, "count": len(value)})
    if len(value) < asked.min_length:
        return Problem("form.too_short", {"limit": asked.min_length, "count": len(value)})
    if asked.type == "department":
        return None if value in departments else _named("form.choose", asked)
    rule = _RULES.get(asked.type)
    return rule(asked, value) if rule else None


_ABSENT = {"choice": "form.choose", "department": "form.choose", "files": "form.add_file"}


def _absent(asked: schema.Field) -> Problem | None:
    if not asked.required:
        return None
    if asked.type in ("checkbox", "statement"):
        return _named("form.confirm", asked)
    if asked.type in _IDENTIFIERS:
        return Problem(f"form.{asked.type}.required")
    return _named(_ABSENT.get(asked.type, "form.required"), asked)


def _named(code: str, asked: schema.Field) -> Problem:
    """A problem whose sentence names the question: on top of a page it stands without it."""
    return Problem(code, {"label": asked.label})


def _choice(asked: schema.Field, value: str) -> Problem | None:
    return None if value in {choice.value for choice in asked.choices} else _named("form.choose", asked)


def _email(_asked: schema.Field, value: str) -> Problem | None:
    return None if _EMAIL.fullmatch(value) else Problem("form.email")


def _phone(_asked: schema.Field, value: str) -> Problem | None:
    return None if _PHONE.fullmatch(re.sub(r"[\s()-]", "", value)) else Problem("form.phone")


def leads_somewhere(address: str) -> bool:
    """Whether an address is a page of ours (``/urzad``), of another site, or an e-mail or telephone; never a script."""
    return _URL.fullmatch(address) is not None


def _url(_asked: schema.Field, value: str) -> Problem | None:
    return None if leads_somewhere(value) else Problem("form.url")


def _date(asked: schema.Field, value: str) -> Problem | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return Problem("form.date")
    first, last = _limit(asked.not_before), _limit(asked.not_after)
    if first and day < first:
        return Problem("form.date.before", {"limit": first})
    if last and day > last:
        return Problem("form.date.after", {"limit": last})
    return None


def _limit(text: str) -> date | None:
    if not text:
        return None
    return clock.today() if text == "today" else date.fromisoformat(text)


def _identifier(module: Any, kind: str, lengths: tuple[int, ...]) -> Callable[[schema.Field, str], Problem | None]:
    def rule(_asked: schema.Field, value: str) -> Problem | None:
        number = digits(value)
        if not number.isascii() or not number.isdigit() or len(number) not in lengths:
            return Problem(f"form.{kind}.length", {"count": sum(c.isdigit() for c in value)})
        try:
            module.validate(number)
        except InvalidComponent:
            return Problem(f"form.{kind}.date")
        except InvalidChecksum:
            return Problem(f"form.{kind}.checksum")
        except ValidationError:
            return Problem(f"form.{kind}.length", {"count": len(number)})
        return None

    return rule


_IDENTIFIERS = {
    "pesel": _identifier(stdnum_pesel, "pesel", (11,)),
    "nip": _identifier(stdnum_nip, "nip", (10,)),
    "regon": _identifier(stdnum_regon, "regon", (9, 14)),
}
_RULES: dict[str, Callable[[schema.Field, str], Problem | None]] = {
    **_IDENTIFIERS,
    "choice": _choice,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "date": _date,
}
