"""Parts that pages share: made once per version of the site for visitors nobody knows, and always for the others."""

from __future__ import annotations

import pytest
from flask import Flask, g
from markupsafe import Markup

from portal.web import fragments, phrases
from portal.web.navigation import Link


@pytest.fixture
def app() -> Flask:
    app = Flask("fragments")
    fragments.install(app)
    return app


def parts(app: Flask, version: int | None, *, language: str = "pl", look: str = "") -> str:
    """A part that counts how often it was made."""
    made = app.config.setdefault("MADE", [])
    with app.test_request_context("/d/s1", headers={"Cookie": f"wyglad={look}"}):
        phrases.speak(language)
        if version is not None:
            g.site_version = version
        return fragments.shared_part("part", "/d", caller=lambda: f"made {made.append(1) or len(made)}")


def test_a_part_is_made_once_per_version_language_and_look(app: Flask) -> None:
    assert [parts(app, 1), parts(app, 1), parts(app, 2), parts(app, 2)] == ["made 1", "made 1", "made 2", "made 2"]
    assert parts(app, 2, language="en") == "made 3"
    assert parts(app, 2, look="ciemny") == "made 4"
    assert parts(app, 2) == "made 2"


def test_for_people_we_know_it_is_made_each_time(app: Flask) -> None:
    assert [parts(app, None), parts(app, None)] == ["made 1", "made 2"]


def test_the_place_in_a_menu_is_its_nearest_line(app: Flask) -> None:
    lines = [Link("/", "Start"), Link("/d", "Dział"), Link("/d/e/", "Głębiej")]
    spots = {}
    for path in ("/", "/d", "/d/s1", "/d/e/x", "/x"):
        with app.test_request_context(path):
            spots[path] = fragments.menu_spot("own", lambda: lines)
    assert spots == {"/": ("", "/"), "/d": ("/d", "/d"), "/d/s1": ("/d", ""), "/d/e/x": ("/d/e", ""), "/x": ("", "")}


def test_the_link_to_the_page_being_read_is_marked() -> None:
    links = Markup('<a href="/d/a">A</a><a href="/d/a&amp;b">B</a>')
    assert fragments.current(links, "/d/a&b") == '<a href="/d/a">A</a><a href="/d/a&amp;b" aria-current="page">B</a>'
    assert fragments.current(links, "/d") == links
