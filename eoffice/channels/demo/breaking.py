"""A channel that breaks: it does the work of a letter and loses the answer; the queue is out of reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from eoffice.channels.demo.working import WorkingChannel
from eoffice.channels.port import Found, Handed, Health, Outgoing, Received
from portal.core.errors import Temporary, Uncertain


class BreakingChannel:
    """Breaks in front of ``inner``. With ``before`` it breaks before the work is done, which nobody outside can see.

    ``find`` works, so what was lost can be found again.
    """

    name = "demo-breaking"

    def __init__(self, inner: WorkingChannel | None = None, *, before: bool = False) -> None:
        self.inner = inner or WorkingChannel(("/demo/breaking",))
        self._before = before

    def lodge(self, outgoing: Outgoing) -> Handed:
        if not self._before:
            self.inner.lodge(outgoing)
        _lose()

    def send(self, outgoing: Outgoing) -> Handed:
        if not self._before:
            self.inner.send(outgoing)
        _lose()

    def boxes(self) -> Sequence[str]:
        return self.inner.boxes()

    def waiting(self, box: str) -> int:  # noqa: ARG002  # the port's signature
        _no_connection()

    def receive(self, box: str) -> Received | None:  # noqa: ARG002
        _no_connection()

    def acknowledge(self, box: str, token: str) -> None:  # noqa: ARG002
        _no_connection()

    def track(self, external_id: str) -> Handed | None:
        return self.inner.track(external_id)

    def find(self, outgoing: Outgoing) -> Found | None:
        return self.inner.find(outgoing)

    def check(self) -> Health:
        return Health(ok=False, detail="demo.broken")


def _lose() -> NoReturn:
    raise Uncertain("the demo channel lost the answer", code="demo.lost")


def _no_connection() -> NoReturn:
    raise Temporary("the demo channel has no connection", code="demo.connect")
