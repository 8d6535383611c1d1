"""Names made of titles."""

from __future__ import annotations

from portal.content import paths


def test_a_long_title_makes_a_name_of_whole_words() -> None:
    name = paths.slug("Decyzja w sprawie usunięcia jesionu zagrażającego przechodniom przy ulicy Lipowej")
    assert name == "decyzja-w-sprawie-usuniecia-jesionu-zagrazajacego"
    assert paths.slug("x" * 100) == "x" * 60
