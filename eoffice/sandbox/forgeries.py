"""Answers as they should be, and the ones a client must refuse."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from eoffice.sandbox import envelope, mtom
from eoffice.sandbox.keyring import Keyring
from eoffice.sandbox.names import WSSE, WSU, q

_FORGED = "FALSZYWY"


def answer(keys: Keyring, payload: etree._Element, kinds: Mapping[str, Mapping[str, Any]]) -> tuple[bytes, str]:
    """The answer and its content type ("" for plain XML), forged as ``kinds`` orders."""
    if "unsigned" in kinds:
        return envelope.to_bytes(envelope.bare(payload)), ""
    own = keys.stranger if "stranger" in kinds else keys.answers
    root = envelope.signed(payload, own, keys.stranger if "wrong_key" in kinds else None)
    if "tampered" in kinds:
        _tamper(root[1])
    if "wrapped" in kinds:
        _WRAPPINGS[int(kinds["wrapped"].get("variant", 1))](root)
    if "mtom" in kinds:
        return mtom.package(root)
    return envelope.to_bytes(root), ""


def _tamper(body: etree._Element) -> None:
    """Change every text an attacker would care for."""
    for node in body.iter():
        if etree.QName(node).localname in {"identyfikatorDokumentu", "komunikat", "nazwaPliku"}:
            node.text = _FORGED


def _forged_body(root: etree._Element) -> etree._Element:
    forged = copy.deepcopy(root[1])
    _tamper(forged)
    return forged


def _into_header(root: etree._Element) -> None:
    """The signed Body goes into an unknown header block; a forged one without id takes its place."""
    forged, genuine = _forged_body(root), root[1]
    del forged.attrib[q(WSU, "Id")]
    root.replace(genuine, forged)
    etree.SubElement(root[0], "Wrapper").append(genuine)


def _into_security(root: etree._Element) -> None:
    """The signed Body goes behind the signature inside Security; the forged one keeps another id."""
    forged, genuine = _forged_body(root), root[1]
    forged.set(q(WSU, "Id"), "id-forged")
    root.replace(genuine, forged)
    security = root[0].find(q(WSSE, "Security"))
    (root[0] if security is None else security).append(genuine)


def _twin(root: etree._Element) -> None:
    """Two Bodies with the same id, the forged one first."""
    root.insert(1, _forged_body(root))


def _inside(root: etree._Element) -> None:
    """The genuine Body stands inside the forged one, behind its payload."""
    forged, genuine = _forged_body(root), root[1]
    del forged.attrib[q(WSU, "Id")]
    root.replace(genuine, forged)
    forged.append(genuine)


_WRAPPINGS: dict[int, Callable[[etree._Element], None]] = {
    1: _into_header,
    2: _into_security,
    3: _twin,
    4: _inside,
}
