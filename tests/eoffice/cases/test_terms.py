"""Terms of KPA."""

from __future__ import annotations

from datetime import date

import pytest

from eoffice.cases import terms


@pytest.mark.parametrize(
    ("event", "term", "last"),
    [
        (date(2026, 1, 31), "P1M", date(2026, 3, 2)),
        (date(2026, 2, 5), "P2M", date(2026, 4, 7)),
        (date(2025, 11, 24), "P1M", date(2025, 12, 29)),
        (date(2026, 4, 17), "P14D", date(2026, 5, 4)),
        (date(2026, 12, 31), "P2M", date(2027, 3, 1)),
        (date(2028, 1, 31), "P1M", date(2028, 2, 29)),
        (date(2026, 6, 1), "P7D", date(2026, 6, 8)),
    ],
)
def test_a_term_ends_as_the_code_counts_it(event: date, term: str, last: date) -> None:
    assert terms.ends_on(event, term) == last


@pytest.mark.parametrize("term", ["", "P", "30", "P1Y", "P0D", "P1M2D", "p1m"])
def test_what_is_no_term_is_refused(term: str) -> None:
    with pytest.raises(ValueError):
        terms.parse(term)


def test_days_of_waiting_for_the_party_do_not_count() -> None:
    moved = terms.prolonged(date(2026, 6, 1), date(2026, 5, 4), date(2026, 5, 13))
    assert moved == date(2026, 6, 10)
