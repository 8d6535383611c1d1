"""Check digits of numbers that point at people; each takes digits and capitals without separators."""

from __future__ import annotations

from datetime import date

_CENTURIES = {0: 1900, 20: 2000, 40: 2100, 60: 2200, 80: 1800}
_LAND_LETTERS = "0123456789XABCDEFGHIJKLMNOPRSTUWYZ"
"""Values of letters in a land register's number (rozporządzenie MS z 15.02.2016, § 2)."""


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def has_birth_date(digits: str) -> bool:
    """Do the first six digits of a PESEL say a day (ustawa o ewidencji ludności, art. 15)?"""
    month = int(digits[2:4])
    century = _CENTURIES.get(month // 20 * 20)
    try:
        date((century or 1900) + int(digits[:2]), month % 20, int(digits[4:6]))
    except ValueError:
        return False
    return century is not None


def pesel(digits: str) -> bool:
    """Eleven digits with a birth date and the check digit."""
    sums = _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1))
    return len(digits) == 11 and has_birth_date(digits) and sums % 10 == 0


def nip(digits: str) -> bool:
    """Ten digits, weights 6 5 7 2 3 4 5 6 7 modulo 11."""
    return len(digits) == 10 and _weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(digits[9])


def account(digits: str) -> bool:
    """A Polish account number: 26 digits whose check holds for country PL."""
    return len(digits) == 26 and int(digits[2:] + "2521" + digits[:2]) % 97 == 1


def _lettered(text: str, weights: tuple[int, ...]) -> bool:
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in text]
    return sum(v * w for v, w in zip(values, weights, strict=True)) % 10 == 0


def identity_card(text: str) -> bool:
    """Three letters and six digits; the fourth sign is the check digit."""
    return len(text) == 9 and _lettered(text, (7, 3, 1, 9, 7, 3, 1, 7, 3))


def passport(text: str) -> bool:
    """Two letters and seven digits; the third sign is the check digit."""
    return len(text) == 9 and _lettered(text, (7, 3, 9, 1, 7, 3, 1, 7, 3))


def land_register(text: str) -> bool:
    """Four signs of the court, eight digits, a check digit: weights 1 3 7 repeated, modulo 10."""
    body, last = text[:-1], text[-1]
    values = [_LAND_LETTERS.index(c) for c in body if c in _LAND_LETTERS]
    return len(values) == 12 and sum(v * (1, 3, 7)[n % 3] for n, v in enumerate(values)) % 10 == int(last)
