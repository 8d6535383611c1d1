"""MTOM packaging of an answer: the file travels as its own part, the XML refers to it (XOP 1.0).

The signature is made over the Body with the bytes inline, as XOP defines it: a client puts them back first.
"""

from __future__ import annotations

import base64
import secrets

from lxml import etree

from eoffice.sandbox.names import XOP, q

_XML_PART = 'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"'
_BINARY_PART = "Content-Type: application/octet-stream"


def package(root: etree._Element) -> tuple[bytes, str]:
    """The multipart body and its content type; every ``file`` element becomes a part."""
    boundary = f"uuid_{secrets.token_hex(12)}"
    parts: list[tuple[str, bytes]] = []
    for element in root.iter("file"):
        identifier = f"{secrets.token_hex(8)}@sandbox"
        parts.append((identifier, base64.b64decode(element.text or "")))
        element.text = None
        etree.SubElement(element, q(XOP, "Include"), nsmap={"xop": XOP}).set("href", f"cid:{identifier}")
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    lines = [_part(boundary, _XML_PART, "8bit", "root@sandbox", xml)]
    lines += [_part(boundary, _BINARY_PART, "binary", identifier, data) for identifier, data in parts]
    content_type = (
        f'multipart/related; type="application/xop+xml"; boundary="{boundary}";'
        ' start="<root@sandbox>"; start-info="text/xml"'
    )
    return b"".join(lines) + f"--{boundary}--\r\n".encode(), content_type


def _part(boundary: str, content_type: str, encoding: str, identifier: str, data: bytes) -> bytes:
    head = (
        f"--{boundary}\r\n{content_type}\r\nContent-Transfer-Encoding: {encoding}\r\nContent-ID: <{identifier}>\r\n\r\n"
    )
    return head.encode() + data + b"\r\n"
