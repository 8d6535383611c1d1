"""What can be searched and asked, in one vocabulary, and the port ``SearchIndex`` every engine fulfils.

Rights and time are part of the question: an engine never returns, counts or suggests a document whose
``readers`` do not meet the asker's or whose time is not now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from portal.core.errors import Temporary

if TYPE_CHECKING:
    from search.synonyms import Synonyms

PUBLIC = "everyone"
"""The reader token of everybody, logged in or not (``accounts.policy.EVERYONE``)."""
FACETS = ("type", "year", "organ", "status")
"""Fields that are counted and can be filtered by."""
MAX_DEPTH = 12
"""Steps of an address by which things are found within a place."""
MAX_PAGE = 200
"""The last page that can be asked for; farther down nobody reads, and it would cost every engine dearly."""

Sort = Literal["relevance", "date"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a document: its name and the text of each page (one page where the format has none).

    ``unit``: what its pages are: ``page``, ``sheet``, ``slide``, or nothing where the format has no parts.
    """

    name: str
    pages: tuple[str, ...] = ()
    unit: str = "page"


@dataclass(frozen=True, slots=True)
class Doc:
    """One thing to find. ``key`` is ``kind:id``; the same key again replaces it.

    ``readers`` are tokens of principals (``everyone``, ``user:5``, ``role:clerk@/``): whoever holds one of
    them may find it. Empty: nobody. It is found from ``visible_from`` (inclusive) until ``visible_until``
    (exclusive). ``signature`` is the document's own (znak, number of a resolution): typed exactly, it comes first.
    """

    key: str
    kind: str
    title: str
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    url: str = ""
    breadcrumb: tuple[str, ...] = ()
    readers: frozenset[str] = frozenset()
    visible_from: datetime | None = None
    visible_until: datetime | None = None
    type: str = ""
    year: int | None = None
    organ: str = ""
    status: str = ""
    signature: str = ""
    language: str = "pl"
    date: date | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """Where it lies: each beginning of its address (``/bip``, ``/bip/uchwaly``), for searches within a place."""
        path = self.url.partition("?")[0].strip("/")
        parts = path.split("/")[:MAX_DEPTH] if path and self.url.startswith("/") else []
        return tuple("/" + "/".join(parts[: number + 1]) for number in range(len(parts)))

    @property
    def digest(self) -> str:
        """A hash of everything above: equal digests need no indexing again."""
        facts = [
            self.key, self.kind, self.title, self.url, self.breadcrumb, sorted(self.readers), str(self.visible_from),
            str(self.visible_until), self.type, self.year, self.organ, self.status, self.signature, self.language,
            str(self.date), [(a.name, len(a.pages), *_other_unit(a)) for a in self.attachments],
        ]  # fmt: skip
        found = hashlib.blake2b(json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass"), digest_size=12)
        for text in (self.body, *(page for a in self.attachments for page in a.pages)):
            raw = text.encode("utf-8", "surrogatepass")
            found.update(len(raw).to_bytes(8, "big") + raw)
        return found.hexdigest()


def _other_unit(attachment: Attachment) -> list[str]:
    """The unit where it is not the usual one: digests and texts kept before there were others stay as they are."""
    return [] if attachment.unit == "page" else [attachment.unit]


def kept_text(doc: Doc) -> list[Any]:
    """The texts of a document as engines keep them for fragments: body, and name, pages and unit of each file."""
    return [doc.body, [[a.name, list(a.pages), *_other_unit(a)] for a in doc.attachments]]


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrowing by field; empty means any. Dates are inclusive days of ``Doc.date``; ``within`` is a place."""

    type: str = ""
    year: int | None = None
    organ: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    within: str = ""

    def __bool__(self) -> bool:
        return replace(self, within="") != Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A question. An empty ``text`` asks for everything the filters allow, newest first.

    ``fragments``, ``facets``: leave them out where nobody looks at them (feeds, counting).
    """

    text: str
    readers: frozenset[str] = frozenset({PUBLIC})
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    filters: Filters = Filters()
    sort: Sort = "relevance"
    page: int = 1
    size: int = 10
    fragments: bool = True
    facets: bool = True

    @property
    def offset(self) -> int:
        return (min(max(self.page, 1), MAX_PAGE) - 1) * self.limit

    @property
    def limit(self) -> int:
        return min(max(self.size, 1), 100)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``hit`` when it matched the question. Templates escape ``text`` and mark hits."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. ``attachment`` and ``page_number`` (from 1) say where the fragment comes from, if not the body;
    ``unit``: what is numbered (``page``, ``sheet``, ``slide``); the number is 0 where the file has no parts."""

    key: str
    kind: str
    title: tuple[Piece, ...]
    url: str
    score: float
    breadcrumb: tuple[str, ...] = ()
    type: str = ""
    year: int | None = None
    organ: str = ""
    status: str = ""
    signature: str = ""
    date: date | None = None
    fragment: tuple[Piece, ...] = ()
    attachment: str = ""
    page_number: int = 0
    unit: str = "page"

    @property
    def plain_title(self) -> str:
        return "".join(piece.text for piece in self.title)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer. ``total`` is exact and counts what paging can reach; ``complete`` of them have all words.

    Those with all words come first; when they are fewer than ten, documents with some of the words follow.
    ``facets``: field → ((value, count), …), most first, counted over ``total``. ``did_you_mean`` is a question that
    has answers in public texts. ``shortened``: the question was too long and its beginning was asked.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    complete: int = 0
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    did_you_mean: str = ""
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Title and address of a document, such as one whose title begins as is being typed."""

    title: str
    url: str


class IndexUnavailable(Temporary):
    """The index cannot answer now.

    ``code``: ``search.missing``, ``search.damaged``, ``search.outdated`` (made by another analyser) or
    ``search.busy`` (another writer holds it), ``search.full`` (the disk takes no more; what was there still answers),
    ``search.unreachable`` (its database does not answer), ``search.slow`` (this question took too long).
    """


@dataclass(frozen=True, slots=True)
class Health:
    """What an engine says of itself. ``state``: ``ok``, ``missing``, ``damaged`` or ``outdated`` (other analyser)."""

    state: str
    documents: int = 0
    detail: str = ""
    built_at: datetime | None = None
    """When the rebuild that made it began; everything committed before that is in it."""
    worn: bool = False
    """It answers, but many small changes have made it slow: it is better built anew."""

    @property
    def ok(self) -> bool:
        return self.state == "ok"


Load = Callable[[], Iterable[Doc]]


class Rebuild(Protocol):
    """A new index being filled beside the one that answers."""

    def fill(self, load: Load) -> int:
        """Load documents and add them, with all other writing held off meanwhile, so nothing stale is stored."""


class SearchIndex(Protocol):
    """One engine. Reading is safe from any thread and process; writing queues across processes.

    Raises ``IndexUnavailable``; nothing else is expected of its callers.
    """

    name: str

    def put(self, docs: Iterable[Doc]) -> None:
        """Add or replace; findable when this returns."""

    def delete(self, keys: Iterable[str]) -> None:
        """Take out; not findable when this returns. Unknown keys are fine."""

    def search(self, query: Query) -> Page:
        """Answer a question. Never fails on what was typed."""

    def suggest(self, text: str, now: datetime, limit: int = 8) -> tuple[Suggestion, ...]:
        """Public documents with words beginning as typed."""

    def known(self, keys: Iterable[str], readers: frozenset[str], now: datetime) -> Mapping[str, Suggestion]:
        """Of the documents with these keys (the first hundred), those ``readers`` may find at ``now``."""

    def digests(self) -> Iterator[tuple[str, str]]:
        """Key and digest of every document, for comparing with the database."""

    def rebuild(self) -> AbstractContextManager[Rebuild]:
        """Fill a new index; it takes over when the block ends well, and is thrown away when it does not.

        Raises ``IndexUnavailable`` (``search.busy``) while another rebuild runs anywhere.
        """

    def check(self) -> Health:
        """Are you well? Changes nothing."""

    def altered(self) -> str:
        """The name of a stored file whose bytes changed since they were written; empty when none is known to have.

        Reads every file once an hour. Always empty where a database keeps the index and its own sums.
        """

    def use_synonyms(self, synonyms: Synonyms) -> None:
        """Plan with another table from now on."""

    def close(self) -> None:
        """Let go of files and connections."""


def moment(value: datetime | None, default: int) -> int:
    """Seconds since 1970, or ``default``: how engines store visibility."""
    return default if value is None else int(value.timestamp())


ALWAYS, NEVER = -(2**40), 2**40
"""Stored for no ``visible_from`` and no ``visible_until``."""


def day_number(value: date | None) -> int:
    """The proleptic ordinal of a day; 0 for none (before every real day)."""
    return value.toordinal() if value else 0


def card(doc: Doc) -> dict[str, Any]:
    """What a result list shows of a document without its text."""
    return {
        "key": doc.key, "kind": doc.kind, "title": doc.title, "url": doc.url, "breadcrumb": list(doc.breadcrumb),
        "type": doc.type, "year": doc.year, "organ": doc.organ, "status": doc.status, "signature": doc.signature,
        "date": doc.date.isoformat() if doc.date else None,
    }  # fmt: skip


def batches(docs: Iterable[Doc], size: int = 200) -> Iterator[Sequence[Doc]]:
    """Documents in lists of at most ``size``; of several with one key only the last survives in its batch."""
    batch: dict[str, Doc] = {}
    for doc in docs:
        batch.pop(doc.key, None)
        batch[doc.key] = doc
        if len(batch) >= size:
            yield list(batch.values())
            batch = {}
    if batch:
        yield list(batch.values())
