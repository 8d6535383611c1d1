"""Where documents come from: each package above registers how to read its own things.

    @source("item", keys=all_item_keys)
    def read(session, key): return Entry(Doc(...), documents=(7, 8))

Search knows nothing of items, entries or cases; it asks the source of a kind for the present state of a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.registry import Registry
from search.index import Attachment, Doc

PAGE_BREAK = "\f"
"""Stands between the pages of a document's kept text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source gives: the document without its files, and the numbers and titles of these."""

    doc: Doc
    documents: tuple[tuple[int, str], ...] = ()


Read = Callable[[Session, str], Entry | None]
Keys = Callable[[Session], Iterable[str]]
At = Callable[[Session, str], str | None]


@dataclass(frozen=True, slots=True)
class Source:
    """How things of one kind are read. ``keys`` names all that may be found by anyone.

    ``follows``: every event about such a thing (``case:7``) asks for it to be indexed anew, but for the verbs in
    ``quiet``, which change nothing that is found. ``at`` gives the key of what stands at a path of the portal.
    """

    kind: str
    read: Read
    keys: Keys
    follows: bool = False
    quiet: frozenset[str] = frozenset()
    at: At | None = None


SOURCES: Registry[Source] = Registry("search source")


def source(
    kind: str, *, keys: Keys, follows: bool = False, quiet: Iterable[str] = (), at: At | None = None
) -> Callable[[Read], Read]:
    """Register the decorated function as the source of ``kind``. It returns ``None`` for what must not be found."""

    def register(read: Read) -> Read:
        SOURCES.register(kind, Source(kind, read, keys, follows, frozenset(quiet), at))
        return read

    return register


@dataclass(frozen=True, slots=True)
class Unread:
    """A file whose text nobody has read yet."""

    document_id: int
    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as it is now (``None``: not to be found), with the files still to be read.

    ``jobs``: those that asked for it too and have nothing left to do once it is written.
    """

    key: str
    doc: Doc | None
    unread: tuple[Unread, ...] = ()
    jobs: tuple[int, ...] = ()


def index_key(kind: str, key: str) -> str:
    """The key of a thing in the index."""
    return f"{kind}:{key}"


def key_at(session: Session, path: str) -> str:
    """The index key of what stands at a path of the portal; empty when nothing that can be found does."""
    for kind, one in SOURCES.items():
        if one.at and (key := one.at(session, path)):
            return index_key(kind, key)
    return ""


def load(session: Session, kind: str, key: str) -> Loaded:
    """Read a thing from its source. Raises ``KeyError`` for a kind nobody registered."""
    entry = SOURCES.get(kind).read(session, key)
    if entry is None:
        return Loaded(index_key(kind, key), None)
    files = _files(session, entry.documents)
    attachments = tuple(attachment for attachment, _ in files)
    doc = replace(entry.doc, key=index_key(kind, key), kind=kind, attachments=attachments)
    unread = tuple(one for _, one in files if one)
    return Loaded(doc.key, doc, unread)


def _files(session: Session, documents: Sequence[tuple[int, str]]) -> list[tuple[Attachment, Unread | None]]:
    if not documents:
        return []
    columns = (Document.id, Document.name, Document.sha256, Document.content_type, Document.text)
    rows = session.execute(select(*columns).where(Document.id.in_([number for number, _ in documents])))
    found = {row.id: row for row in rows}
    files = []
    for number, title in documents:
        if row := found.get(number):
            pages = tuple(row.text.split(PAGE_BREAK)) if row.text else ()
            unread = Unread(row.id, row.sha256, row.name) if row.text is None else None
            files.append((Attachment(title or row.name, pages, _unit(row.content_type, len(pages))), unread))
    return files


def _unit(content_type: str, parts: int) -> str:
    """What the parts of a file are. Text of one part without pages of its own is just the file."""
    if "spreadsheet" in content_type:
        return "sheet" if parts > 1 else ""
    if "presentation" in content_type:
        return "slide"
    return "page" if parts > 1 or content_type == "application/pdf" else ""


def all_keys(session: Session) -> list[tuple[str, str]]:
    """Kind and key of everything that may be found."""
    return [(kind, key) for kind, one in SOURCES.items() for key in one.keys(session)]


def readers(session: Session, actor: Actor) -> frozenset[str]:
    """The tokens ``actor`` reads by: who they are, and each role they hold with its place."""
    held = policy.held(session, actor)
    anywhere = {anywhere_token(name) for name in ANYWHERE if held.somewhere(name, policy.OFFICE)}
    return held.principals | {role_token(role, place) for place, role in held.grants} | anywhere


def readable_by(permission: str, path: str) -> frozenset[str]:
    """The tokens of everybody who holds ``permission`` at ``path``.

    They name roles and places, not people, so a role given or taken counts at the next question, with nothing
    to be indexed again.
    """
    return frozenset(
        role_token(role, place) for role in policy.roles_with(permission) for place in policy.lineage(path)
    )


ANYWHERE = ("desk.view",)
"""Permissions that count wherever in the office they are held: the client base is one for all departments."""


def anywhere_token(permission: str) -> str:
    """``anywhere:desk.view``."""
    return f"anywhere:{permission}"


def role_token(role: str, place: str) -> str:
    """``role:clerk@/biuro/GK``."""
    return f"role:{role}@{place}"
