"""The program opened for the length of a command, within Flask's application context."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from portal.app import create_app
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web import logs
from portal.web.context import program


@contextmanager
def opened(settings: Settings) -> Iterator[Program]:
    """The composed program; its connections are closed at the end."""
    logs.configure(settings)
    with create_app(settings).app_context():
        here = program()
        try:
            yield here
        finally:
            here.database.dispose()
