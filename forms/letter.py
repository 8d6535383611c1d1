"""What a letter consists of, whatever the XML around it: people and organisations, text, files.

The words are those of the Central Repository's "pismo ogólne do podmiotu publicznego" said in English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PERSON = "person"
ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Contact:
    """A sender or a recipient as a document names them; every field may be empty.

    ``kind`` is ``person``, ``organisation`` or empty when the document does not say. ``unit`` is the
    organisational unit the letter is meant for, ``unit_symbol`` its symbol. ``other_ids`` holds identifiers
    of kinds we have no field for, as (kind, value).
    """

    kind: str = ""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    """Of an organisation; for a person see ``display_name``."""
    pesel: str = ""
    nip: str = ""
    regon: str = ""
    krs: str = ""
    other_ids: tuple[tuple[str, str], ...] = ()
    street: str = ""
    building: str = ""
    flat: str = ""
    postcode: str = ""
    post: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    unit: str = ""
    unit_symbol: str = ""

    @property
    def display_name(self) -> str:
        """The name to show and to register under; empty when the document gives none."""
        return self.name or f"{self.first_name} {self.last_name}".strip()

    @property
    def identifiers(self) -> dict[str, str]:
        """The strong identifiers that are filled in: ``pesel``, ``nip``, ``regon``, ``krs``."""
        known = {"pesel": self.pesel, "nip": self.nip, "regon": self.regon, "krs": self.krs}
        return {kind: value for kind, value in known.items() if value}

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The postal address as written on an envelope, one line each."""
        house = f"{self.building}/{self.flat}" if self.building and self.flat else self.building or self.flat
        first = f"{self.street or (self.city if house else '')} {house}".strip()
        second = f"{self.postcode} {self.post or self.city}".strip()
        return tuple(line for line in (first, second, self.country) if line)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file put inside a letter. ``content_type`` is found from the content, never claimed."""

    name: str
    content_type: str
    data: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be written. ``paragraphs`` keep empty ones: they are lines of the body.

    ``form_id`` and ``correlation`` are our marks that come back with the document: the form's version and
    the submission's reference. ``signatory`` is the person who signs for an organisation.
    """

    namespace: str
    created: date
    title: str
    sender: Contact
    recipient: Contact
    paragraphs: tuple[str, ...]
    place: str = ""
    kind: str = ""
    kind_other: str = ""
    statements: tuple[str, ...] = ()
    additional: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    signatory: Contact | None = None
    form_id: str = ""
    correlation: str = ""
    description: str = ""
