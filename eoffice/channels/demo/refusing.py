"""A channel that refuses: every call is turned down for good, and its health says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from eoffice.channels.port import Found, Handed, Health, Outgoing, Received
from portal.core.errors import Permanent


class RefusingChannel:
    """Nothing is ever done, so ``find`` knows that nothing was."""

    name = "demo-refusing"

    def __init__(self, boxes: Sequence[str] = ("/demo/refusing",)) -> None:
        self._boxes = tuple(boxes)

    def lodge(self, outgoing: Outgoing) -> Handed:  # noqa: ARG002  # the port's signature
        _refuse()

    def send(self, outgoing: Outgoing) -> Handed:  # noqa: ARG002
        _refuse()

    def boxes(self) -> Sequence[str]:
        return self._boxes

    def waiting(self, box: str) -> int:  # noqa: ARG002
        _refuse()

    def receive(self, box: str) -> Received | None:  # noqa: ARG002
        _refuse()

    def acknowledge(self, box: str, token: str) -> None:  # noqa: ARG002
        _refuse()

    def track(self, external_id: str) -> Handed | None:  # noqa: ARG002
        return None

    def find(self, outgoing: Outgoing) -> Found | None:  # noqa: ARG002
        return Found(done=False)

    def check(self) -> Health:
        return Health(ok=False, detail="demo.refused")


def _refuse() -> NoReturn:
    raise Permanent("the demo channel refuses everything", code="demo.refused")
