"""Rules of the house that the composed program shows."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest
from flask import Flask

from portal import effects
from portal.app import create_app
from portal.core import tables
from portal.core.db import Database
from portal.core.settings import Settings
from portal.web.context import program
from portal.web.folders import TEMPLATES
from portal.web.rights import right_of
from portal.web.texts import events_known, messages_known
from tests.architecture.source import ROOT, calls, files, shown


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(Settings(data_dir=tmp_path))


def test_every_route_states_the_right_it_needs(app: Flask) -> None:
    silent = [rule.rule for rule in app.url_map.iter_rules() if not right_of(app.view_functions[rule.endpoint])]
    assert silent == []


def test_every_topic_that_is_enqueued_has_an_effect(app: Flask) -> None:
    with app.app_context():
        handled = set(effects.collect(program()))
    wanted = {}
    for path in files():
        for call in calls(path, "enqueue"):
            topic = call.args[1] if len(call.args) > 1 else None
            if isinstance(topic, ast.Constant):
                wanted[topic.value] = shown(path, call)
    assert {topic: where for topic, where in wanted.items() if topic not in handled} == {}


def test_every_event_has_a_sentence_for_people() -> None:
    known = events_known()
    missing = {}
    for path in files():
        for call in calls(path, "record"):
            verb = call.args[2] if len(call.args) > 2 else None
            if isinstance(verb, ast.Constant) and isinstance(verb.value, str) and verb.value not in known:
                missing[verb.value] = shown(path, call)
    assert missing == {}


def test_every_refusal_has_a_sentence_for_people() -> None:
    known = messages_known()
    missing = {}
    for path in files():
        for call in calls(path, "Invalid", "Conflict", "Forbidden", "NotFound", "DomainError"):
            code = call.args[0] if call.args else None
            if isinstance(code, ast.Constant) and code.value not in known:
                missing[code.value] = shown(path, call)
    assert missing == {}


def test_every_setting_says_what_it_is_for_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    fields = dataclasses.fields(Settings)
    assert [item.name for item in fields if not item.metadata.get("about")] == []
    assert [item.name for item in fields if f"`{item.name}`" not in readme] == []


def test_every_template_compiles(app: Flask) -> None:
    names = [path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")]
    assert names
    for name in names:
        if not name.startswith("sandbox/"):
            app.jinja_env.get_template(name)


def test_migrations_form_one_line() -> None:
    assert len(tables.heads()) == 1


def test_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    assert tables.differences(database.write) == []
