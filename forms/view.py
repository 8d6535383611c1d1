"""What a person is shown of any XML document, and what the register takes from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from forms.letter import Contact

LETTER = "letter"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside or behind a document.

    ``data`` are its bytes (``None`` when it is only linked or cannot be decoded), ``uri`` the link of a big file,
    never followed by the reader. ``content_type`` is found from the content; for a link it is what the sender
    claims, as ``claimed`` always is. ``problem`` is empty or one of: ``missing``, ``empty``, ``base64``,
    ``encoding``, ``mislabelled``, ``dangerous``, ``macros``, ``damaged``, ``foreign_uri``.
    """

    name: str
    content_type: str
    claimed: str = ""
    data: bytes | None = None
    uri: str = ""
    description: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One named text of a document whose template we do not know; ``path`` are local names from the root."""

    path: tuple[str, ...]
    text: str

    @property
    def label(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class View:
    """The readable content of one document.

    ``kind`` is ``letter`` when the parts of a letter were found, else ``other``: then ``rows`` list every text.
    ``known`` says whether the template is a published "pismo ogólne". ``wrapped`` is set when the document was
    only a wrapper around a signed file and this is the view of what is inside. ``problems`` are codes for the
    clerk: ``unknown_template``, ``no_title``, ``no_sender``, ``attachments`` (one of them has a problem),
    ``too_many_rows``, ``too_many_attachments``.
    """

    kind: str
    namespace: str
    root: str
    title: str = ""
    letter_kind: str = ""
    place: str = ""
    created: date | None = None
    senders: tuple[Contact, ...] = ()
    recipients: tuple[Contact, ...] = ()
    paragraphs: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    additional: tuple[str, ...] = ()
    signatory: Contact | None = None
    rows: tuple[Row, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    correlation: str = ""
    form_id: str = ""
    stylesheet: str = ""
    signatures: int = 0
    known: bool = False
    wrapped: bool = False
    problems: tuple[str, ...] = ()

    @property
    def sender(self) -> Contact | None:
        """The first sender the document names: what it claims, proven only by a signature."""
        return self.senders[0] if self.senders else None

    @property
    def recipient(self) -> Contact | None:
        return self.recipients[0] if self.recipients else None

    @property
    def text(self) -> str:
        """All words of the document, for full-text search."""
        parts = [self.title, *self.paragraphs, *self.statements, *self.additional]
        parts += [row.text for row in self.rows]
        return "\n".join(part for part in parts if part)
