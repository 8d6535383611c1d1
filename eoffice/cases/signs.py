"""The sign of a case (znak sprawy): made and read as the office instruction has it (§ 26).

``[department].[class].[number].[year]``, with an optional group number before the number, and after the year
the number of a letter within the case and the mark of the person in charge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.core.errors import Invalid

_PART = r"[^\W_]+(?:-[^\W_]+)*"
_DEPARTMENT = re.compile(rf"(?=.*[^\W\d_]){_PART}\Z")
_NEW_DEPARTMENT = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\Z")
_SYMBOL = re.compile(r"[0-9]{1,10}\Z")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z")
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}\Z")


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign taken apart. ``group`` is the base case of a separated group, ``letter`` and ``officer`` are 0 and
    empty when the sign names no letter and no person in charge."""

    department: str
    symbol: str
    number: int
    year: int
    group: int = 0
    letter: int = 0
    officer: str = ""

    def __str__(self) -> str:
        parts: list[object] = [self.department, self.symbol]
        parts += [self.group] if self.group else []
        parts += [self.number, self.year]
        parts += [self.letter] if self.letter else []
        parts += [self.officer] if self.officer else []
        return ".".join(str(part) for part in parts)

    @property
    def case(self) -> str:
        """The sign of the case itself, without the letter and the person."""
        return str(Sign(self.department, self.symbol, self.number, self.year, self.group))


def may_be_given(department: str) -> bool:
    """Whether a new department may carry this symbol: Latin letters and digits, at least one letter, "-" inside.

    Real offices carry Polish letters from older times (``WPRiOŚ``); those are read and kept, not given anew.
    """
    return bool(_NEW_DEPARTMENT.match(department))


def parse(text: str) -> Sign:
    """Take a sign apart. Raises ``Invalid("sign.malformed")``.

    The grammar is ambiguous, so the first plausible year from the right decides; what stands before it is read
    as three or four parts, what stands after it as a letter's number and a person.
    """
    parts = "".join(text.split()).split(".")
    for at in range(len(parts) - 1, 2, -1):
        if _YEAR.match(parts[at]):
            sign = _read(parts[:at], int(parts[at]), parts[at + 1 :])
            if sign is not None:
                return sign
    raise Invalid("sign.malformed")


def _read(before: list[str], year: int, after: list[str]) -> Sign | None:
    if len(before) not in (3, 4) or len(after) > 2:
        return None
    department, symbol, *numbers = before
    if not (_DEPARTMENT.match(department) and _SYMBOL.match(symbol) and all(map(_NUMBER.match, numbers))):
        return None
    tail = _tail(after)
    if tail is None:
        return None
    group = int(numbers[0]) if len(numbers) == 2 else 0
    return Sign(department, symbol, int(numbers[-1]), year, group, *tail)


def _tail(after: list[str]) -> tuple[int, str] | None:
    letter = int(after.pop(0)) if after and _NUMBER.match(after[0]) else 0
    if not after:
        return letter, ""
    if len(after) == 1 and _DEPARTMENT.match(after[0]):
        return letter, after[0]
    return None
