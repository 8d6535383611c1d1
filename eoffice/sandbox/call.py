"""One authenticated call and what a service needs to read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from eoffice.sandbox import directory
from eoffice.sandbox.directory import System
from eoffice.sandbox.envelope import Envelope, header_block
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.mail import File, Sender
from eoffice.sandbox.refusals import BadRequest, NotEntitled
from eoffice.sandbox.xml import BadXml, base64_of, children, elements, text_of

Handler = Callable[["Call"], etree._Element]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service: its name, the role it needs, and what does it."""

    name: str
    role: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Call:
    """The request after its signature was checked. ``tricks`` are misbehaviours the work itself must play."""

    sandbox: Sandbox
    envelope: Envelope
    system: System
    tricks: frozenset[str] = field(default_factory=frozenset)
    base_url: str = ""

    @property
    def payload(self) -> etree._Element:
        """The one element of the Body."""
        return self.envelope.payload

    def header(self, name: str, *, required: bool = True) -> str:
        """The stripped text of an ePUAP header. Raises ``BadRequest`` when it is missing but required."""
        block = header_block(self.envelope, name)
        text = "" if block is None else _text(block, name).strip()
        if required and not text:
            raise BadRequest("header_missing", name=name)
        return text

    def header_bytes(self, name: str) -> bytes:
        """The decoded content of a base64 header; empty when absent or empty."""
        block = header_block(self.envelope, name)
        return b"" if block is None else _bytes(block, name)

    def header_flag(self, name: str) -> bool:
        """An ``xs:boolean`` header, false when absent."""
        text = self.header(name, required=False)
        if text not in {"", "0", "1", "true", "false"}:
            raise BadRequest("bad_value", name=name)
        return text in {"1", "true"}

    def entitled(self, podmiot: str) -> str:
        """``podmiot`` if the system may act for it, else ``NotEntitled`` (HTTP 401)."""
        if podmiot not in self.system.acts_for:
            raise NotEntitled("not_entitled", podmiot=podmiot)
        return podmiot

    def sender(self) -> Sender:
        """On whose behalf the header says this is sent."""
        return Sender(self.entitled(self.header("IdentyfikatorPodmiotu")), system=self.system.name)

    def reply_box(self) -> str:
        """``AdresOdpowiedzi``: an existing box of a podmiot the system acts for."""
        address = self.header("AdresOdpowiedzi")
        if directory.box(self.sandbox.store, address).podmiot not in self.system.acts_for:
            raise BadRequest("reply_box", address=address)
        return address


def child(parent: etree._Element, name: str, *, required: bool = True) -> etree._Element | None:
    """The one (unqualified) child of that name; ``None`` only when it is not required and absent."""
    found = children(parent, name)
    if len(found) > 1 or (required and not found):
        raise BadRequest("element_missing", name=name)
    return found[0] if found else None


def child_text(parent: etree._Element, name: str, *, required: bool = True) -> str:
    """The stripped text of a child; empty when it is not required and absent."""
    element = child(parent, name, required=required)
    return "" if element is None else _text(element, name).strip()


def child_bytes(parent: etree._Element, name: str) -> bytes:
    """The decoded base64 of a required child."""
    element = child(parent, name)
    return b"" if element is None else _bytes(element, name)


def only(parent: etree._Element, *allowed: str) -> None:
    """No other children than these (all unqualified, as the schemas have no elementFormDefault)."""
    for element in elements(parent):
        if element.tag not in allowed:
            raise BadRequest("element_unexpected", name=etree.QName(element).localname)


def file_of(element: etree._Element) -> File:
    """``DokumentTyp``. Raises ``BadRequest``, also for empty content."""
    only(element, "nazwaPliku", "typPliku", "zawartosc")
    name = child_text(element, "nazwaPliku")
    content = child_bytes(element, "zawartosc")
    if not content:
        raise BadRequest("empty_document")
    return File(name, child_text(element, "typPliku", required=False), content)


def _text(element: etree._Element, name: str) -> str:
    try:
        return text_of(element)
    except BadXml as cause:
        raise BadRequest("bad_value", name=name) from cause


def _bytes(element: etree._Element, name: str) -> bytes:
    try:
        return base64_of(element)
    except BadXml as cause:
        raise BadRequest("bad_value", name=name) from cause
