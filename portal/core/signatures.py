"""The ports ``Signer`` and ``Verifier``: what the product wants to know of a signature, whoever made it.

Nothing here says how a signature is made or checked; adapters do (XAdES in ``eoffice.channels.epuap``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ClaimedPerson:
    """A person named inside a signature by whoever sealed it.

    It proves something only under a pinned ministry seal (profil zaufany); a report under any other key
    never carries one.
    """

    given_name: str = ""
    family_name: str = ""
    pesel: str = ""
    born: date | None = None


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What is known of one signature in a document.

    ``valid``          every rule held: mathematics, allowed algorithms, certificate named and covered.
    ``covers_whole``   nothing a reader of the document sees lies outside the signature.
    ``trusted``        the certificate is one of those pinned by whoever asked. ``valid`` without ``trusted``
                       says only that the document is unchanged since *somebody* signed it.
    ``signer``         subject of the signing certificate (RFC 4514); ``fingerprint`` its SHA-256, hex.
    ``claimed``        the person the sealing system names; only when ``valid`` and ``trusted``.
    ``signing_time``   what the signer claims (UTC); no proof of time.
    ``problems``       codes of the rules that did not hold, in the order they were found.
    """

    valid: bool
    covers_whole: bool
    trusted: bool = False
    signer: str = ""
    fingerprint: str = ""
    claimed: ClaimedPerson | None = None
    signing_time: datetime | None = None
    problems: tuple[str, ...] = ()


@runtime_checkable
class Signer(Protocol):
    """Puts the office's seal on a document."""

    def sign(self, document: bytes, *, at: datetime | None = None) -> bytes:
        """The same document with a signature inside, no other byte changed. ``Permanent`` if it cannot."""


@runtime_checkable
class Verifier(Protocol):
    """Says what is known of the signatures in a document."""

    def verify(self, document: bytes) -> Sequence[SignatureReport]:
        """One report per signature, in document order; none for an unsigned or unreadable document."""
