"""A channel that works: what is sent to one of its boxes waits there, and every submission gets a UPP."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from lxml import etree

from eoffice.channels.port import File, Found, Handed, Health, Outgoing, Received
from portal.core import clock
from portal.core.errors import Permanent

UPO: Final = "http://crd.gov.pl/xml/schematy/UPO/2008/05/09/"


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that left, in the order of leaving; ``key`` twice means it was sent twice."""

    how: Literal["lodge", "send"]
    outgoing: Outgoing
    handed: Handed
    at: datetime


class WorkingChannel:
    """Keeps everything in memory. Like ePUAP it does not notice that something is sent twice."""

    name = "demo"

    def __init__(self, boxes: Sequence[str] = ("/demo/skrytka",)) -> None:
        self._queues: dict[str, deque[Received]] = {box: deque() for box in boxes}
        self._lock = threading.RLock()
        self._count = 0
        self.sent: list[Sent] = []

    def lodge(self, outgoing: Outgoing) -> Handed:
        """Take the document, put it into the box if it is one of ours, and certify it with an unsigned UPP."""
        with self._lock:
            number = self._next()
            if outgoing.dry_run:
                return Handed("")
            upp = _upp(number, outgoing, clock.now())
            handed = Handed(number, receipt=File("UPP.xml", "application/xml", upp), receipt_id=f"UPP{number}")
            self._record("lodge", outgoing, handed)
            if outgoing.recipient in self._queues:
                self.put(outgoing.recipient, outgoing.document, external_id=number, reply_to=outgoing.reply_to)
            return handed

    def send(self, outgoing: Outgoing) -> Handed:
        """Take the order of delivery; its proof would come later."""
        with self._lock:
            number = self._next()
            if outgoing.dry_run:
                return Handed("")
            handed = Handed(number, order_id=f"Z{number}")
            self._record("send", outgoing, handed)
            return handed

    def put(self, box: str, document: File, *, external_id: str = "", reply_to: str = "") -> Received:
        """Let somebody's letter arrive in ``box``."""
        with self._lock:
            digest = hashlib.sha256(document.data).hexdigest()
            identifier = external_id or self._next()
            taken = Received(
                box=box,
                token=f"{digest} {identifier}",
                document=document,
                external_id=identifier,
                sender_id="demo",
                sender_name="Jan Demonstracyjny",
                sender_kind="person",
                reply_to=reply_to,
                sent_at=clock.now(),
            )
            self._queue(box).append(taken)
            return taken

    def boxes(self) -> Sequence[str]:
        return tuple(self._queues)

    def waiting(self, box: str) -> int:
        with self._lock:
            return len(self._queue(box))

    def receive(self, box: str) -> Received | None:
        with self._lock:
            queue = self._queue(box)
            return queue[0] if queue else None

    def acknowledge(self, box: str, token: str) -> None:
        with self._lock:
            queue = self._queue(box)
            if queue and queue[0].token == token:
                queue.popleft()

    def track(self, external_id: str) -> Handed | None:
        with self._lock:
            return next((sent.handed for sent in self.sent if sent.handed.external_id == external_id), None)

    def find(self, outgoing: Outgoing) -> Found | None:
        """It remembers everything, so absence is an answer too."""
        with self._lock:
            for sent in self.sent:
                if sent.outgoing.key == outgoing.key:
                    return Found(done=True, handed=sent.handed)
        return Found(done=False)

    def check(self) -> Health:
        return Health(ok=True)

    def _queue(self, box: str) -> deque[Received]:
        try:
            return self._queues[box]
        except KeyError:
            raise Permanent("there is no such box", code="demo.box") from None

    def _record(self, how: Literal["lodge", "send"], outgoing: Outgoing, handed: Handed) -> None:
        self.sent.append(Sent(how, outgoing, handed, clock.now()))

    def _next(self) -> str:
        self._count += 1
        return str(self._count)


def _upp(number: str, outgoing: Outgoing, at: datetime) -> bytes:
    root = etree.Element(f"{{{UPO}}}Dokument", nsmap={"pos": UPO})
    upp = etree.SubElement(root, f"{{{UPO}}}UPP")
    moment = at.isoformat(timespec="milliseconds")
    for name, text in (
        ("IdentyfikatorPoswiadczenia", f"UPP{number}"),
        ("DataDoreczenia", moment),
        ("DataWytworzeniaPoswiadczenia", moment),
        ("IdentyfikatorDokumentu", number),
        ("InformacjaUzupelniajaca", outgoing.recipient),
    ):
        etree.SubElement(upp, f"{{{UPO}}}{name}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
