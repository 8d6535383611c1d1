"""Parts that pages share: made once per version of the site for visitors nobody knows, and always for the others."""

from __future__ import annotations

import pytest
from flask import Flask, g, render_template
from jinja2 import DictLoader
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


def filled(app: Flask, version: int | None, text: str) -> str:
    made = app.config.setdefault("FILLED", [])
    with app.test_request_context("/d/s1"):
        if version is not None:
            g.site_version = version
        return fragments.shared_part("f", fill=(text, "b"), caller=lambda a, b: made.append(1) or f"<i>{a}{b}{a}</i>")


def test_what_differs_within_a_part_is_filled_in_and_escaped(app: Flask) -> None:
    assert [filled(app, 1, "x"), filled(app, 1, "y"), filled(app, 1, "<&>")] == [
        "<i>xbx</i>", "<i>yby</i>", "<i>&lt;&amp;&gt;b&lt;&amp;&gt;</i>"
    ]  # fmt: skip
    assert len(app.config["FILLED"]) == 1
    assert [filled(app, None, "x"), len(app.config["FILLED"])] == ["<i>xbx</i>", 2]


def test_pages_that_write_a_block_anew_have_a_part_of_their_own(app: Flask) -> None:
    base = "{% call shared_part('top', blocks=('search',)) %}<b>{% block search %}S{% endblock %}</b>{% endcall %}"
    pages = {"base": base, "a": "{% extends 'base' %}", "b": "{% extends 'base' %}{% block search %}{% endblock %}"}
    app.jinja_loader = DictLoader(pages)
    with app.test_request_context("/"):
        g.site_version = 1
        assert [render_template(name) for name in ("a", "b", "a")] == ["<b>S</b>", "<b></b>", "<b>S</b>"]
