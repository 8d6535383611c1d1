"""Composition of the outside: which adapters this installation uses, built from its settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from eoffice.channels.epuap.archive import ExchangeArchive
from eoffice.channels.epuap.channel import EpuapChannel
from eoffice.channels.epuap.document_signature import XmlVerifier
from eoffice.channels.epuap.options import EpuapOptions, Timeouts
from eoffice.channels.epuap.seal import XmlSigner
from eoffice.channels.port import Channel
from portal.core import clock
from portal.core.ports import Ports
from portal.core.settings import BadSettings, Settings
from portal.core.signatures import Signer, Verifier

SEAL_YEARS = 3


def bind(ports: Ports, settings: Settings) -> None:
    """Bind every channel in use, the office's seal, and the verifier of what others signed."""
    for name in settings.channel_names:
        ports.bind_later(Channel, name, _maker(name, settings))
    ports.bind_later(Signer, "default", lambda: XmlSigner(*_seal(settings)))
    ports.bind_later(Verifier, "default", lambda: XmlVerifier(_trusted(settings)))


def _maker(name: str, settings: Settings) -> Callable[[], Channel]:
    try:
        build = BUILDERS[name]
    except KeyError:
        raise BadSettings(f"WROTA_CHANNELS: no channel {name!r}; there are: {', '.join(BUILDERS)}") from None
    return lambda: build(settings)


def epuap(settings: Settings) -> Channel:
    """The office's account in ePUAP, or in the sandbox of this machine when no address is set."""
    return EpuapChannel(
        EpuapOptions(
            base_url=settings.epuap_url or settings.sandbox_url,
            podmiot=settings.epuap_podmiot,
            box_name=settings.epuap_box_name,
            box_address=settings.epuap_box,
            key_file=_client_file(settings, settings.epuap_key_file, "key.pem"),
            certificate_file=_client_file(settings, settings.epuap_certificate_file, "cert.pem"),
            pinned=_pinned(settings),
            digest="sha256" if settings.epuap_digest == "sha256" else "sha1",
            # The sandbox keeps everything it was given.
            store_is_complete=settings.epuap_store_is_complete or not settings.epuap_url,
            timeouts=Timeouts(read=float(settings.epuap_timeout_seconds), total=2.0 * settings.epuap_timeout_seconds),
        ),
        record=ExchangeArchive(settings.data_dir / "exchanges"),
    )


BUILDERS: dict[str, Callable[[Settings], Channel]] = {"epuap": epuap}
"""Channels by name. A new one is a new folder in ``eoffice.channels`` and a row here."""

BOXES: dict[str, Callable[[Settings], tuple[str, ...]]] = {"epuap": lambda settings: (settings.epuap_box,)}
"""The boxes of each channel that this office empties."""


def sandbox_folder(settings: Settings) -> Path:
    return settings.data_dir / "sandbox"


def _client_file(settings: Settings, given: str, name: str) -> Path:
    return Path(given) if given else sandbox_folder(settings) / "clients" / settings.epuap_podmiot / name


def _files(listed: str) -> tuple[Path, ...]:
    return tuple(Path(part.strip()) for part in listed.split(",") if part.strip())


def _pinned(settings: Settings) -> tuple[Path, ...]:
    """Certificates that may sign ePUAP's answers."""
    return _files(settings.epuap_server_certificates) or (sandbox_folder(settings) / "server" / "cert.pem",)


def _trusted(settings: Settings) -> frozenset[bytes]:
    """Certificates (DER) whose seals on documents prove something: on receipts, and of profil zaufany."""
    sandbox = sandbox_folder(settings) / "server"
    files = _files(settings.trusted_seals) or (sandbox / "seal-cert.pem", sandbox / "pz-cert.pem")
    return frozenset(_der(path) for path in files)


def _der(path: Path) -> bytes:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.public_bytes(serialization.Encoding.DER)


def _seal(settings: Settings) -> tuple[Path, Path]:
    """The configured seal, or one this installation made for itself: good for a demonstration only."""
    if settings.seal_key_file:
        return Path(settings.seal_key_file), Path(settings.seal_certificate_file)
    folder = settings.data_dir / "seal"
    key, certificate = folder / "key.pem", folder / "cert.pem"
    if not certificate.exists():
        _make_demo_seal(settings.office_name, key, certificate)
    return key, certificate


def _make_demo_seal(office: str, key_file: Path, certificate_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, office[:64])])
    name = x509.Name([*name, x509.NameAttribute(NameOID.COMMON_NAME, "DEMO")])
    start = clock.now()
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start)
    builder = builder.not_valid_after(start + timedelta(days=365 * SEAL_YEARS))
    certificate = builder.sign(key, hashes.SHA256())
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
