"""Honest stand-ins for the outside: a seal, a judge of signatures and a delivery service with a memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from eoffice.channels.port import Channel, Found, Handed, Health, Outgoing, Received
from portal.core.errors import Permanent, Temporary, Uncertain
from portal.core.ports import Ports
from portal.core.signatures import SignatureReport, Signer, Verifier

SEAL = b"<!-- sealed -->"


class Seal:
    """Signs by appending a mark: enough to see that what leaves is what was sealed."""

    def __init__(self) -> None:
        self.signed: list[bytes] = []

    def sign(self, document: bytes, *, at: datetime | None = None) -> bytes:  # noqa: ARG002
        self.signed.append(document)
        return document + SEAL


class Judge:
    """Finds every document that ends with the mark well signed."""

    def verify(self, document: bytes) -> Sequence[SignatureReport]:
        return [SignatureReport(valid=True, covers_whole=True)] if document.endswith(SEAL) else []


class Post:
    """A channel that remembers what it took. ``behave`` says what happens to the next sendings."""

    name = "epuap"

    def __init__(self) -> None:
        self.taken: list[Outgoing] = []
        self.mood: list[str] = []
        self.tells = True

    def behave(self, *mood: str) -> None:
        """``lose`` the answer after the work, be ``busy``, or ``refuse``: one word per sending to come."""
        self.mood.extend(mood)

    def send(self, outgoing: Outgoing) -> Handed:
        mood = self.mood.pop(0) if self.mood else ""
        if mood == "busy":
            raise Temporary("busy")
        if mood == "refuse":
            raise Permanent("no such box", code="epuap.address")
        self.taken.append(outgoing)
        if mood == "lose":
            raise Uncertain("the answer never came")
        return self._answer(len(self.taken))

    lodge = send

    def find(self, outgoing: Outgoing) -> Found | None:
        if not self.tells:
            return None
        for number, item in enumerate(self.taken, start=1):
            if item.key == outgoing.key:
                return Found(True, self._answer(number))
        return Found(False)

    def boxes(self) -> Sequence[str]:
        return ()

    def waiting(self, box: str) -> int:  # noqa: ARG002
        return 0

    def receive(self, box: str) -> Received | None:  # noqa: ARG002
        return None

    def acknowledge(self, box: str, token: str) -> None:
        """There is nothing to acknowledge."""

    def track(self, external_id: str) -> Handed | None:  # noqa: ARG002
        return None

    def check(self) -> Health:
        return Health(True)

    @staticmethod
    def _answer(number: int) -> Handed:
        return Handed(external_id=str(1000 + number), order_id=str(7000 + number))


def ports(post: Post | None = None, seal: Seal | None = None) -> Ports:
    """Ports to the stand-ins."""
    made = Ports()
    made.bind(Signer, "default", seal or Seal())
    made.bind(Verifier, "default", Judge())
    made.bind(Channel, "epuap", post or Post())
    return made


def upd(document_id: str, case_sign: str, *, sealed: bool = True, at: str = "2026-11-24T10:15:00+01:00") -> bytes:
    """A receipt of delivery as ePUAP words it."""
    text = (
        '<pos:Dokument xmlns:pos="http://crd.gov.pl/xml/schematy/UPO/2008/05/09/"><pos:UPD>'
        "<pos:IdentyfikatorPoswiadczenia>P-1</pos:IdentyfikatorPoswiadczenia>"
        f"<pos:DataOdbioru>{at}</pos:DataOdbioru>"
        f"<pos:IdentyfikatorSprawy>{case_sign}</pos:IdentyfikatorSprawy>"
        f"<pos:IdentyfikatorDokumentu>{document_id}</pos:IdentyfikatorDokumentu>"
        "</pos:UPD></pos:Dokument>"
    )
    return text.encode() + (SEAL if sealed else b"")
