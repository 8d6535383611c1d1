"""Time-stamps (RFC 3161) of the log's checkpoints: asking for one, and checking one without any database.

A time-stamp is a statement of an authority, signed, that a SHA-256 sum existed at a moment. It is worth as much as the
certificates of authorities one trusts (``roots``): the chain is checked for the moment of the stamp itself, as
certificates end and stamps go on being true.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

GRANTED = 0
CLOCKS = timedelta(minutes=5)
"""How far the clocks of the office and of the authority may stand apart."""
LATEST = timedelta(days=7)
"""A stamp given later than this after the moment the checkpoint states does not speak for that moment."""
_MASKED = re.compile(r"[^\x20-\x7e\u00a0-\u017f]")


class BadStamp(Exception):
    """The answer is no stamp of these bytes. ``code`` names what is wrong, ``said`` is the authority's own word."""

    def __init__(self, code: str, said: str = "") -> None:
        self.code, self.said = code, _MASKED.sub("?", said)[:200]
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamp that holds says: when (by the authority's clock), under which policy, who signed it."""

    at: datetime
    policy: str
    authority: str


def request(data: bytes, nonce: int, policy: str = "") -> bytes:
    """The question to an authority about ``data`` as DER (``TimeStampReq``); ``policy``: an OID, or any."""
    asked: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(data).digest()},
        "nonce": nonce,
        "cert_req": True,
    }
    if policy:
        asked["req_policy"] = policy
    return bytes(tsp.TimeStampReq(asked).dump())


def certificates(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM text. Raises ``ValueError`` when there is none."""
    return x509.load_pem_x509_certificates(pem)


def check(data: bytes, asked: bytes, answer: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    """What the authority said about ``data`` in ``answer`` (DER of ``TimeStampResp``) to the question ``asked``.

    Checked: granted, the sum of these very bytes, the nonce and policy asked for, the signature, the signer's
    certificate named in what is signed (ESSCertID, ESSCertIDv2), meant for time-stamping only, and its chain up to
    one of ``roots``, at the moment of the stamp. Raises ``BadStamp``.
    """
    try:
        question, found = tsp.TimeStampReq.load(asked, strict=True), decode_timestamp_response(answer)
        wanted = question["nonce"].native, question["req_policy"].native or ""
        imprint = question["message_imprint"]["hashed_message"].native
        status, words = found.status, "; ".join(found.status_string)
    except (ValueError, TypeError, KeyError) as cause:
        raise BadStamp("garbage") from cause
    if status != GRANTED:
        raise BadStamp("rejected", words)
    try:
        return _granted(data, imprint, wanted, found, roots)
    except VerificationError as cause:
        raise BadStamp("certificate", str(cause)) from cause
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as cause:
        raise BadStamp("garbage") from cause


def timely(stamp: Stamp, stated: datetime) -> None:
    """Whether the stamp speaks for the moment a checkpoint states. Raises ``BadStamp``: ``early``, ``late``."""
    if stamp.at < stated - CLOCKS:
        raise BadStamp("early")
    if stamp.at > stated + LATEST:
        raise BadStamp("late")


def _granted(
    data: bytes, imprint: bytes, wanted: tuple[int, str], found: TimeStampResponse, roots: Sequence[x509.Certificate]
) -> Stamp:
    info, (nonce, policy) = found.tst_info, wanted
    if not imprint == info.message_imprint.message == sha256(data).digest():
        raise BadStamp("imprint")
    if info.nonce != nonce:
        raise BadStamp("nonce")
    if policy and info.policy.dotted_string != policy:
        raise BadStamp("policy")
    if not roots:
        raise BadStamp("no_roots")
    signer = _signer(found.time_stamp_token())
    _only_for_stamps(signer)
    VerifierBuilder(roots=list(roots)).build().verify_message(found, data)
    return Stamp(info.gen_time.astimezone(UTC), info.policy.dotted_string, signer.subject.rfc4514_string())


def _only_for_stamps(signer: x509.Certificate) -> None:
    """The one purpose of the certificate is time-stamping, and it must be understood so (RFC 3161 §2.3)."""
    try:
        purposes = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as cause:
        raise BadStamp("purpose") from cause
    if list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not purposes.critical:
        raise BadStamp("purpose")


def _signer(token: bytes) -> x509.Certificate:
    """The certificate that signed the token: the only one of its number there, and the one whose sum was signed too."""
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    if len(signed["signer_infos"]) != 1:
        raise BadStamp("signer", "one signer is expected")
    info = signed["signer_infos"][0]
    said = info["sid"].chosen
    given = [one.chosen for one in signed["certificates"]]
    named = [one for one in given if one.issuer == said["issuer"] and one.serial_number == said["serial_number"].native]
    if len(named) != 1:
        raise BadStamp("signer", "its certificate is expected once")
    der = named[0].dump()
    if not any(hashlib.new(name, der).digest() == total for name, total in _signed_sums(info)):
        raise BadStamp("signer", "another certificate was signed with (ESSCertID)")
    return x509.load_der_x509_certificate(der)


_SIGNING = {
    "1.2.840.113549.1.9.16.2.12": tsp.SigningCertificate,
    "1.2.840.113549.1.9.16.2.47": tsp.SigningCertificateV2,
}
"""Attributes that name the signer's certificate (RFC 2634 by SHA-1, RFC 5035 by any sum)."""


def _signed_sums(info: Any) -> list[tuple[str, bytes]]:
    """Algorithm and sum of the signer's certificate as the signed attributes name it: the first of each list."""
    sums = []
    for attribute in info["signed_attrs"]:
        kind = _SIGNING.get(attribute["type"].dotted)
        if kind is not None:
            first = kind.load(attribute["values"][0].dump())["certs"][0]
            name = first["hash_algorithm"]["algorithm"].native if kind is tsp.SigningCertificateV2 else "sha1"
            sums.append((name, first["cert_hash"].native))
    return sums
