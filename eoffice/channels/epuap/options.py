"""What an office must tell the adapter. Every address is configuration: the hosts have changed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

PATHS: Final[Mapping[str, str]] = {
    "skrytka": "/pk_external_ws/services/skrytka",
    "doreczyciel": "/pk_external_ws/services/doreczyciel",
    "pull": "/pk_external_ws/services/pull",
    "ZarzadzanieDokumentami": "/fe_external_ws/services/ZarzadzanieDokumentami",
    "filerepo": "/repo-ws-ext/FileRepoService",
}
"""Path of each service below the base address, the same in production and on the integration host."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. ``total`` bounds the whole call, so an answer dripping byte by byte cannot hold a worker."""

    connect: float = 10.0
    read: float = 120.0
    total: float = 300.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes. ``document`` is what a box takes with embedded attachments (offices publish 3 to 5 MB)."""

    document: int = 3_500_000
    answer: int = 16 * 1024 * 1024
    file: int = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EpuapOptions:
    """One office's account in ePUAP.

    ``podmiot``          identifier of the organisation; at most 100 characters.
    ``box_name``         name of the box, which may differ from the last part of ``box_address``.
    ``box_address``      ``/podmiot/box``; answers to our letters are sent there too.
    ``key_file``         PEM of the RSA key registered for this system, ``certificate_file`` its certificate.
    ``pinned``           one or two certificates of the server's message signature: the present one and, during
                         a roll-over, the next. Nothing else is trusted, and no public authority issues them.
    ``base_url``         scheme and host of the services, ``endpoints`` overrides the address of single ones.
    ``digest``           of the confirmation of receipt: SHA-1 by the experience of production clients. It names a
                         document in a queue and protects nothing.
    ``store_name``       name of the store asked by ``find``; empty = ``box_name``.
    ``store_is_complete``  whether *absence* from the store's SENT folder proves that a sending was not done. Only
                         an office that has seen it be so may say so; else absence leaves the matter to a clerk.
    ``ca_file``          certificate authorities for TLS, when the system's own do not suffice.
    ``allow_http``       permit plain HTTP to hosts other than this machine (a sandbox in a container network).
    """

    base_url: str
    podmiot: str
    box_name: str
    box_address: str
    key_file: Path
    certificate_file: Path
    pinned: tuple[Path, ...]
    endpoints: Mapping[str, str] = field(default_factory=dict)
    digest: Literal["sha1", "sha256"] = "sha1"
    store_name: str = ""
    store_is_complete: bool = False
    timeouts: Timeouts = Timeouts()
    limits: Limits = Limits()
    ca_file: Path | None = None
    allow_http: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.pinned) <= 2:
            raise ValueError("pin one certificate of the server, or two during a roll-over")
        if not 1 <= len(self.podmiot) <= 100:
            raise ValueError("podmiot must have 1 to 100 characters")
        if self.digest not in {"sha1", "sha256"}:
            raise ValueError("digest must be sha1 or sha256")
        unknown = set(self.endpoints) - set(PATHS)
        if unknown:
            raise ValueError(f"no such services: {', '.join(sorted(unknown))}")
        for service in PATHS:
            self._check_url(self.url(service))

    def url(self, service: str) -> str:
        """The address of ``service`` (a key of ``PATHS``)."""
        return self.endpoints.get(service) or self.base_url.rstrip("/") + PATHS[service]

    def _check_url(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"not a web address: {url}")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not self.allow_http:
            raise ValueError(f"plain HTTP is only for this machine's sandbox: {url}")
