"""Keys and certificates: made once at first start, read once per process (parsing an RSA key is slow)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

Subject = Mapping[x509.ObjectIdentifier, str]
_YEARS = 5
P12_PASSWORD = b"sandbox"


@dataclass(frozen=True, slots=True)
class Identity:
    """One private key with its certificate, ready to sign. ``key`` is an ``xmlsec.Key``."""

    key: Any
    certificate: x509.Certificate
    certificate_base64: str
    digest: bytes
    """SHA-256 of the DER certificate."""

    @property
    def common_name(self) -> str:
        """The CN of the subject."""
        return str(self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER certificate, in hex: the key under which a system is registered."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def load(key_file: Path, certificate_file: Path) -> Identity:
    """Read an unencrypted PEM key and its certificate. Raises ``OSError`` or ``ValueError``."""
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    der = certificate.public_bytes(serialization.Encoding.DER)
    key = xmlsec.Key.from_memory(key_file.read_bytes(), xmlsec.constants.KeyDataFormatPem)
    return Identity(key, certificate, base64.b64encode(der).decode(), hashlib.sha256(der).digest())


def ensure(
    folder: Path, stem: str, common_name: str, *, with_p12: bool = False, more: Subject | None = None
) -> Identity:
    """The identity kept in ``folder`` under ``stem`` ("" gives key.pem and cert.pem), made if missing.

    ``more`` goes into the subject of a new certificate (a person's names and PESEL).
    """
    prefix = f"{stem}-" if stem else ""
    key_file, certificate_file = folder / f"{prefix}key.pem", folder / f"{prefix}cert.pem"
    if not (key_file.exists() and certificate_file.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        subject = {NameOID.COMMON_NAME: common_name, **(more or {})}
        _make(key_file, certificate_file, subject, folder / "client.p12" if with_p12 else None)
    return load(key_file, certificate_file)


def _make(key_file: Path, certificate_file: Path, subject: Subject, p12_file: Path | None) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _self_signed(key, subject)
    _write_private(
        key_file,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    if p12_file:
        protection = serialization.BestAvailableEncryption(P12_PASSWORD)
        bundle = pkcs12.serialize_key_and_certificates(
            subject[NameOID.COMMON_NAME].encode(), key, certificate, None, protection
        )
        _write_private(p12_file, bundle)


def _self_signed(key: rsa.RSAPrivateKey, subject: Subject) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Wrota sandbox"),
            *(x509.NameAttribute(oid, value) for oid, value in subject.items()),
        ]
    )
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _write_private(file: Path, data: bytes) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(data)
