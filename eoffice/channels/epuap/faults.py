"""SOAP faults of ePUAP. They are never signed, so they are looked for before any signature is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from eoffice.channels.epuap.names import SOAP, WSSE, q
from portal.core import xml

MAX_TEXT: Final = 300
_LONG_NUMBER = re.compile(r"\d{9,}")
_REFUSALS: Final = frozenset({"Client", "Sender", "VersionMismatch", "MustUnderstand"})


@dataclass(frozen=True, slots=True)
class Fault:
    """``number`` is the ``kod`` of ``Wyjatek`` (opaque; no list was ever published), empty when there is none.

    ``refused`` says that the request was turned down before anything was done.
    """

    number: str
    text: str
    refused: bool


def find(tree: etree._ElementTree) -> Fault | None:
    """The fault in an answer, whatever its HTTP status; ``None`` when the answer is none."""
    body = tree.getroot().find(q(SOAP, "Body"))
    fault = body.find(q(SOAP, "Fault")) if body is not None else None
    if fault is None:
        return None
    detail = _exception(fault)
    text = xml.text(detail, "komunikat") if detail is not None else ""
    return Fault(
        number=xml.text(detail, "kod") if detail is not None else "",
        text=readable(text or xml.text(fault, "faultstring")),
        refused=detail is not None or _is_refusal(fault),
    )


def _exception(fault: etree._Element) -> etree._Element | None:
    """``Wyjatek`` of the queue services, ``WyjatekTyp`` of the file repository."""
    return next((child for child in fault.iterfind("detail/*") if xml.local(child) in {"Wyjatek", "WyjatekTyp"}), None)


def _is_refusal(fault: etree._Element) -> bool:
    prefix, _, name = xml.text(fault, "faultcode").rpartition(":")
    return name.split(".")[0] in _REFUSALS or fault.nsmap.get(prefix) == WSSE


def readable(text: str) -> str:
    """A message of theirs fit for an operator's page: one line, short, without identification numbers."""
    return _LONG_NUMBER.sub("…", " ".join(text.split()))[:MAX_TEXT]
