"""An honest little ePUAP in memory: one box with its queue, and everything that was lodged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from eoffice.channels.port import Channel, File, Found, Handed, Health, Outgoing, Received
from portal.core.errors import Permanent, Temporary, Uncertain
from portal.core.ports import Ports
from portal.core.signatures import SignatureReport, Verifier

ADDRESS = "/gminaWrotkowo/SkrytkaESP"
SEALED = b"<!-- sealed by ePUAP -->"
SENT = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
UPO = "http://crd.gov.pl/xml/schematy/UPO/2008/05/09/"


class Judge:
    """Takes documents that end with ``SEALED`` for well signed."""

    def verify(self, document: bytes) -> Sequence[SignatureReport]:
        return [SignatureReport(valid=True, covers_whole=True, trusted=True)] if document.endswith(SEALED) else []


class Box:
    """Channel "epuap" with one box. ``mood``: what befalls the next calls (``busy``, ``lose``, ``refuse``)."""

    name = "epuap"

    def __init__(self) -> None:
        self.queue: list[Received] = []
        self.lodged: list[Outgoing] = []
        self.confirmed: list[str] = []
        self.mood: list[str] = []
        self.gives_receipt = True
        self.tells = True
        self.elsewhere = False
        """What is lodged goes to somebody else's box."""
        self._next = 100

    def put(self, data: bytes, **more: object) -> Received:
        """Somebody sends ``data``."""
        self._next += 1
        facts: dict[str, object] = {
            "external_id": str(self._next), "sender_id": "jkowalski", "sender_name": "Jan Kowalski",
            "sender_kind": "person", "reply_to": "/jkowalski/domyslna", "sent_at": SENT,
        }  # fmt: skip
        name = str(more.pop("name", "pismo.xml"))
        item = Received(
            box=ADDRESS, token=hashlib.sha256(data).hexdigest(), document=File(name, "application/xml", data),
            **(facts | more),  # type: ignore[arg-type]
        )  # fmt: skip
        self.queue.append(item)
        return item

    def lodge(self, outgoing: Outgoing) -> Handed:
        mood = self.mood.pop(0) if self.mood else ""
        if mood == "busy":
            raise Temporary("busy")
        if mood == "refuse":
            raise Permanent("no such box", code="epuap.address")
        self.lodged.append(outgoing)
        ours = {"sender_id": "gminaWrotkowo", "sender_name": "Urząd", "sender_kind": "organisation"}
        item = self.put(outgoing.document.data, **ours)
        if self.elsewhere:
            self.queue.remove(item)
        if mood == "lose":
            raise Uncertain("the answer never came")
        return self._handed(item.external_id)

    send = lodge

    def _handed(self, external_id: str) -> Handed:
        receipt = File("UPP.xml", "application/xml", upp(external_id)) if self.gives_receipt else None
        return Handed(external_id, receipt=receipt)

    def find(self, outgoing: Outgoing) -> Found | None:
        if not self.tells:
            return None
        for number, item in enumerate(self.lodged):
            if item.key == outgoing.key:
                return Found(done=True, handed=self._handed(str(101 + number)))
        return Found(done=False)

    def boxes(self) -> Sequence[str]:
        return (ADDRESS,)

    def waiting(self, box: str) -> int:  # noqa: ARG002
        return len(self.queue)

    def receive(self, box: str) -> Received | None:  # noqa: ARG002
        return self.queue[0] if self.queue else None

    def acknowledge(self, box: str, token: str) -> None:  # noqa: ARG002
        if self.mood and self.mood[0] == "busy":
            self.mood.pop(0)
            raise Temporary("busy")
        if self.queue and self.queue[0].token == token:
            self.confirmed.append(token)
            del self.queue[0]

    def track(self, external_id: str) -> Handed | None:  # noqa: ARG002
        return None

    def check(self) -> Health:
        return Health(ok=True)


def ports(box: Box) -> Ports:
    made = Ports()
    made.bind(Channel, "epuap", box)
    made.bind(Verifier, "default", Judge())
    return made


def letter(
    title: str = "Wniosek o wycinkę", *, template: str = "http://crd.gov.pl/wzor/2013/12/12/1410/", files: str = ""
) -> bytes:
    """A "pismo ogólne" as other portals make it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<wnio:Dokument xmlns:wnio="{template}" xmlns:str="http://crd.gov.pl/xml/schematy/struktura/2009/11/16/"
 xmlns:meta="http://crd.gov.pl/xml/schematy/meta/2009/11/16/" xmlns:oso="http://crd.gov.pl/xml/schematy/osoba/2009/11/16/">
<wnio:DaneDokumentu><str:Nadawcy><meta:Podmiot><oso:Osoba><oso:Imie>Jan</oso:Imie><oso:Nazwisko>Kowalski</oso:Nazwisko>
</oso:Osoba></meta:Podmiot></str:Nadawcy></wnio:DaneDokumentu>
<wnio:TrescDokumentu><wnio:Tytul>{title}</wnio:Tytul><wnio:Informacje><wnio:Informacja>Proszę o zgodę.</wnio:Informacja>
</wnio:Informacje><str:Zalaczniki>{files}</str:Zalaczniki></wnio:TrescDokumentu></wnio:Dokument>""".encode()


def attachment(name: str, content: str, kind: str = "application/pdf") -> str:
    """An attachment with base64 ``content``."""
    return (
        f'<str:Zalacznik format="{kind}" kodowanie="base64" nazwaPliku="{name}">'
        f"<str:DaneZalacznika>{content}</str:DaneZalacznika></str:Zalacznik>"
    )


def upp(document_id: str, *, sealed: bool = True) -> bytes:
    """A receipt of submission for the document ``document_id``."""
    return _receipt("UPP", "DataDoreczenia", document_id) + (SEALED if sealed else b"")


def upd(document_id: str, *, sealed: bool = True) -> bytes:
    """A receipt of delivery."""
    return _receipt("UPD", "DataOdbioru", document_id) + (SEALED if sealed else b"")


def _receipt(kind: str, moment: str, document_id: str) -> bytes:
    return (
        f'<pos:Dokument xmlns:pos="{UPO}"><pos:{kind}><pos:IdentyfikatorPoswiadczenia>P-{document_id}'
        f"</pos:IdentyfikatorPoswiadczenia><pos:{moment}>2026-03-02T10:15:00+01:00</pos:{moment}>"
        f"<pos:IdentyfikatorDokumentu>{document_id}</pos:IdentyfikatorDokumentu></pos:{kind}></pos:Dokument>"
    ).encode()
