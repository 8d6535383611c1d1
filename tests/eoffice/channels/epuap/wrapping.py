"""Forgeries of one genuinely signed answer. In each the attacker wants the number 666666 believed."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable

import xmlsec
from lxml import etree

from eoffice.channels.epuap.names import C14N, DS, SOAP, WSSE, WSU, XPATH, q
from tests.eoffice.channels.epuap.support import Keys, answer_text, sha256

EVIL = "666666"
WSU_ID = q(WSU, "Id")

Forgery = Callable[[etree._Element], etree._Element | bytes]


def body_of(root: etree._Element) -> etree._Element:
    return next(child for child in root if child.tag == q(SOAP, "Body"))


def evil_body(root: etree._Element, identifier: str | None = None) -> etree._Element:
    """The Body with the attacker's number, under the given id or none."""
    evil = copy.deepcopy(body_of(root))
    for element in evil.iter("identyfikatorDokumentu"):
        element.text = EVIL
    evil.attrib.pop(WSU_ID, None)
    if identifier:
        evil.set(WSU_ID, identifier)
    return evil


def security(root: etree._Element) -> etree._Element:
    return next(root.iter(q(WSSE, "Security")))


def signature(root: etree._Element) -> etree._Element:
    return next(root.iter(q(DS, "Signature")))


def put_evil_in_place(root: etree._Element, identifier: str | None = None) -> etree._Element:
    """Swap in the evil Body and hand back the genuine one."""
    genuine = body_of(root)
    root.replace(genuine, evil_body(root, identifier))
    return genuine


def _into(place: Callable[[etree._Element], etree._Element], identifier: str | None = None) -> Forgery:
    def forge(root: etree._Element) -> etree._Element:
        genuine = put_evil_in_place(root, identifier)
        place(root).append(genuine)
        return root

    return forge


def _header(root: etree._Element) -> etree._Element:
    return root[0]


def _wrapper(root: etree._Element) -> etree._Element:
    return etree.SubElement(root[0], "{urn:wrapper}Wrapper")


def _object(root: etree._Element) -> etree._Element:
    return etree.SubElement(signature(root), q(DS, "Object"))


def _second_body_first(root: etree._Element) -> etree._Element:
    root.insert(1, evil_body(root))
    return root


def _second_body_last(root: etree._Element) -> etree._Element:
    root.append(evil_body(root))
    return root


def _body_in_body(root: etree._Element) -> etree._Element:
    genuine = put_evil_in_place(root)
    body_of(root).append(genuine)
    return root


def _envelope_in_envelope(root: etree._Element) -> etree._Element:
    outer = etree.Element(q(SOAP, "Envelope"), nsmap=root.nsmap)
    header = etree.SubElement(outer, q(SOAP, "Header"))
    outer.append(evil_body(root))
    header.append(root)
    return outer


def _duplicate_security(root: etree._Element) -> etree._Element:
    root[0].insert(0, copy.deepcopy(security(root)))
    put_evil_in_place(root, "id-1")
    return root


def _two_signatures(root: etree._Element) -> etree._Element:
    security(root).append(copy.deepcopy(signature(root)))
    return put_and_return(root)


def put_and_return(root: etree._Element) -> etree._Element:
    put_evil_in_place(root, "id-1")
    return root


def _signature_elsewhere(root: etree._Element) -> etree._Element:
    root[0].append(signature(root))
    return root


def _no_signature(root: etree._Element) -> etree._Element:
    security(root).remove(signature(root))
    return put_and_return(root)


def _no_header(root: etree._Element) -> etree._Element:
    root.remove(root[0])
    return put_and_return(root)


def _whole_document(root: etree._Element) -> etree._Element:
    next(root.iter(q(DS, "Reference"))).set("URI", "")
    return put_and_return(root)


def _xpointer(root: etree._Element) -> etree._Element:
    reference = next(root.iter(q(DS, "Reference")))
    reference.set("URI", "#xpointer(id('id-1'))")
    return _into(_wrapper)(root)


def _reference_to_token(root: etree._Element) -> etree._Element:
    next(root.iter(q(DS, "Reference"))).set("URI", "#X509-1")
    return put_and_return(root)


def _reference_removed(root: etree._Element) -> etree._Element:
    reference = next(root.iter(q(DS, "Reference")))
    reference.getparent().remove(reference)
    return put_and_return(root)


def _two_ids(name: str) -> Forgery:
    """The genuine Body moved away; the evil one claims the same id under another attribute name."""

    def forge(root: etree._Element) -> etree._Element:
        genuine = put_evil_in_place(root)
        body_of(root).set(name, "id-1")
        _wrapper(root).append(genuine)
        return root

    return forge


def _comment_in_value(root: etree._Element) -> etree._Element:
    """``123456`` read up to a comment is ``1``: canonicalisation drops comments, so the digest still fits."""
    element = next(root.iter("identyfikatorDokumentu"))
    text = element.text
    element.text = text[:1]
    comment = etree.Comment(EVIL)
    comment.tail = text[1:]
    element.append(comment)
    return root


def _instruction_in_body(root: etree._Element) -> etree._Element:
    body_of(root).insert(0, etree.ProcessingInstruction("evil", EVIL))
    return root


def _comment_in_signed_info(root: etree._Element) -> etree._Element:
    next(root.iter(q(DS, "SignedInfo"))).insert(0, etree.Comment("x"))
    return root


def _algorithm(tag: str, value: str) -> Forgery:
    def forge(root: etree._Element) -> etree._Element:
        next(root.iter(q(DS, tag))).set("Algorithm", value)
        return put_and_return(root)

    return forge


def _hmac_with_certificate(root: etree._Element) -> etree._Element:
    """Algorithm confusion: a MAC whose key is the public certificate, over the attacker's Body."""
    put_evil_in_place(root, "id-1")
    method = next(root.iter(q(DS, "SignatureMethod")))
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    token = next(root.iter(q(WSSE, "BinarySecurityToken"))).text
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, base64.b64decode(token))
    context.register_id(body_of(root), "Id", WSU)
    context.sign(signature(root))
    return root


def _xpath_transform(root: etree._Element) -> etree._Element:
    transforms = next(root.iter(q(DS, "Transforms")))
    transform = etree.Element(q(DS, "Transform"), Algorithm=XPATH)
    etree.SubElement(transform, q(DS, "XPath")).text = "false()"
    transforms.insert(0, transform)
    return put_and_return(root)


def _digest_by_hand(root: etree._Element) -> etree._Element:
    """The digest of the evil Body written into SignedInfo: the signature value no longer fits."""
    put_evil_in_place(root, "id-1")
    canonical = etree.tostring(body_of(root), method="c14n", exclusive=True)
    next(root.iter(q(DS, "DigestValue"))).text = sha256(canonical)
    return root


def _doctype(root: etree._Element) -> bytes:
    text = etree.tostring(root).decode()
    text = text.replace(">123456<", ">&evil;<")
    return (f'<!DOCTYPE x [<!ENTITY evil "{EVIL}">]>' + text).encode()


def _trailing_envelope(root: etree._Element) -> bytes:
    first = etree.tostring(root)
    return first + etree.tostring(put_and_return(root))


def corpus(genuine: bytes, attacker: Keys) -> dict[str, bytes]:
    """Name to forged bytes. ``attacker`` signs where a forgery needs a signature of its own."""
    forgeries: dict[str, Forgery] = {
        "evil body under the same id": put_and_return,
        "evil body without id, genuine moved to the header": _into(_header),
        "evil body, genuine in a wrapper header": _into(_wrapper),
        "evil body with another id, genuine in a wrapper": _into(_wrapper, "id-2"),
        "both bodies claim the id": _into(_wrapper, "id-1"),
        "genuine body inside the security header": _into(security),
        "genuine body inside the signature": _into(signature),
        "genuine body in a ds:Object": _into(_object),
        "genuine body inside the token reference": _into(lambda r: next(r.iter(q(WSSE, "SecurityTokenReference")))),
        "second body before": _second_body_first,
        "second body after": _second_body_last,
        "genuine body inside the evil one": _body_in_body,
        "genuine envelope in the header of the evil one": _envelope_in_envelope,
        "security header twice": _duplicate_security,
        "signature twice": _two_signatures,
        "signature outside the security header": _signature_elsewhere,
        "signature removed": _no_signature,
        "header removed": _no_header,
        "reference to the whole document": _whole_document,
        "reference by xpointer": _xpointer,
        "reference to the token only": _reference_to_token,
        "no reference at all": _reference_removed,
        "same id as plain Id": _two_ids("Id"),
        "same id as xml:id": _two_ids("{http://www.w3.org/XML/1998/namespace}id"),
        "same id as ID of another namespace": _two_ids("{urn:other}ID"),
        "comment inside a value": _comment_in_value,
        "instruction inside the body": _instruction_in_body,
        "comment inside SignedInfo": _comment_in_signed_info,
        "SHA-1 digest named": _algorithm("DigestMethod", f"{DS}sha1"),
        "RSA-SHA1 named": _algorithm("SignatureMethod", f"{DS}rsa-sha1"),
        "no algorithm known": _algorithm("SignatureMethod", "urn:none"),
        "inclusive canonicalisation": _algorithm("CanonicalizationMethod", C14N),
        "base64 transform": _algorithm("Transform", f"{DS}base64"),
        "HMAC keyed with the certificate": _hmac_with_certificate,
        "XPath transform that selects nothing": _xpath_transform,
        "digest replaced": _digest_by_hand,
        "entity from a document type": _doctype,
        "two envelopes in a row": _trailing_envelope,
    }
    made = {name: _bytes(forge(etree.fromstring(genuine))) for name, forge in forgeries.items()}
    payload = etree.tostring(evil_body(etree.fromstring(genuine))[0]).decode()
    own = answer_text(payload, attacker)
    made["signed by the attacker, his certificate in the token"] = own
    made["signed by the attacker, the server's certificate in the token"] = _with_token_of(own, genuine)
    made["signed by the attacker, both tokens"] = _with_both_tokens(own, genuine)
    return made


def _bytes(forged: etree._Element | bytes) -> bytes:
    return forged if isinstance(forged, bytes) else etree.tostring(forged, xml_declaration=True, encoding="UTF-8")


def _with_token_of(own: bytes, genuine: bytes) -> bytes:
    root = etree.fromstring(own)
    token = next(etree.fromstring(genuine).iter(q(WSSE, "BinarySecurityToken")))
    next(root.iter(q(WSSE, "BinarySecurityToken"))).text = token.text
    return _bytes(root)


def _with_both_tokens(own: bytes, genuine: bytes) -> bytes:
    root = etree.fromstring(own)
    token = copy.deepcopy(next(etree.fromstring(genuine).iter(q(WSSE, "BinarySecurityToken"))))
    token.set(WSU_ID, "X509-2")
    security(root).insert(0, token)
    return _bytes(root)


def naive_acceptances(forged: dict[str, bytes], server: Keys) -> set[str]:
    """The forgeries a verifier accepts that resolves ids as it finds them and then reads the envelope's Body."""
    fooled = set()
    for name, data in forged.items():
        try:
            root = etree.fromstring(data)
            context = xmlsec.SignatureContext()
            context.key = xmlsec.Key.from_file(str(server.certificate_file), xmlsec.constants.KeyDataFormatCertPem)
            for element in root.iter():
                if isinstance(element.tag, str) and element.get(WSU_ID):
                    context.register_id(element, "Id", WSU)
            context.verify(signature(root))
            if EVIL in "".join(body_of(root).itertext()):
                fooled.add(name)
        except (etree.XMLSyntaxError, xmlsec.Error, StopIteration):
            continue
    return fooled
