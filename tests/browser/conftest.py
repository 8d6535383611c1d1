"""Headless Chromium over a running town. Every page a story visits is checked by axe-core."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.html import Checker, checker
from tests.browser.people import Person
from tests.town import Town


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures of the pages go (``WROTA_TEST_SHOTS`` keeps them)."""
    folder = Path(os.environ.get("WROTA_TEST_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def html() -> Iterator[Checker]:
    with checker() as running_checker:
        yield running_checker


@pytest.fixture
def person(browser: Browser, town: Town, shots: Path, html: Checker) -> Iterator[type[Person] | object]:
    """Call it with a log-in to get somebody with a browser of their own; without one, a visitor."""
    people: list[Person] = []

    def come(login: str = "", *, javascript: bool = True, width: int = 1280) -> Person:
        newcomer = Person(browser, town, shots, html, login, javascript=javascript, width=width)
        people.append(newcomer)
        return newcomer

    yield come
    for somebody in people:
        somebody.leave()
