"""What the API takes and gives. The same objects validate requests, shape answers and make the OpenAPI document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from portal.content.versions import MAX_BODY, MAX_REASON, MAX_SUMMARY, MAX_TITLE

Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]
Summary = Annotated[str, Field(max_length=MAX_SUMMARY)]
Body = Annotated[str, Field(max_length=MAX_BODY)]
Reason = Annotated[str, Field(max_length=MAX_REASON)]
Path = Annotated[str, Field(pattern=r"^/", max_length=400)]
Name = Annotated[str, Field(max_length=80, pattern=r"^([a-z0-9]+([-_.][a-z0-9]+)*)?$")]
MAX_LIMIT = 100


class Given(BaseModel):
    """What is taken: nothing beyond what is named."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Answer(BaseModel):
    """What is given. Names are never removed or given another meaning within ``v1``; new ones may come."""

    model_config = ConfigDict(from_attributes=True)


class Brief(Answer):
    """An item as lists give it."""

    id: int
    path: str
    parent_id: int | None
    type: str
    state: Literal["unpublished", "published", "archived", "withdrawn", "retired"]
    title: str
    summary: str
    language: str
    position: int
    in_menu: bool
    published_at: datetime | None
    """When it was really made available for the first time (server time)."""
    changed_at: datetime
    address: str
    """Of the page for people."""
    self: str
    """Of this item in the API."""


class FileAnswer(Answer):
    """A document beside a version."""

    document_id: int
    title: str
    name: str
    content_type: str
    size: int
    sha256: str
    address: str


class VersionBrief(Answer):
    """One published state; ``author`` entered it, ``published_at`` is when it was really made available."""

    number: int
    title: str
    reason: str
    author: str
    created_at: datetime
    published_at: datetime | None
    published_by: str
    withdrawn_at: datetime | None


class Version(VersionBrief):
    """One state whole: its text, its type's fields (in the Bulletin: the marks of the law), its files.

    Of what is public now, an act's status (``in_force``) is the one that follows from its relations, when any says so.
    """

    summary: str
    body: str
    fields: dict[str, Any]
    files: list[FileAnswer]


class Withdrawal(Answer):
    """How an item was taken off the site: in error (the text goes), merged with another, or with the text kept."""

    kind: Literal["error", "merged", "kept"]
    reason: str
    at: datetime
    by: str
    into: str | None
    """The address of the page for people it was merged with, while everyone can open that."""


class Item(Brief):
    """An item with its public version, or (``draft=true``) with its working copy.

    ``version`` is absent when the text may not be shown any more (withdrawn).
    """

    review: Literal["none", "draft", "pending"] | None
    """How far the working copy is; only for those who may see drafts."""
    version: Version | None
    withdrawal: Withdrawal | None
    """For an item that is withdrawn now: which way, and why."""
    links: dict[str, str]


class Items(Answer):
    """A part of a list. ``next`` is the address of the following part; empty: this is the last."""

    items: list[Brief]
    next: str


class Node(Answer):
    """An item and what lies under it."""

    item: Brief
    children: list[Node]
    complete: bool
    """False: there is more below than this answer holds; ask for the item's own children."""


class Versions(Answer):
    """The published states, newest first."""

    versions: list[VersionBrief]


class Files(Answer):
    """The documents beside the public version."""

    files: list[FileAnswer]


class FieldAnswer(Answer):
    """A field of a type."""

    name: str
    type: str
    label: str
    hint: str
    required: bool
    choices: dict[str, str]


class TypeAnswer(Answer):
    """A type of content."""

    name: str
    title: str
    help: str
    family: str
    children: list[str]
    body: bool
    files: bool
    fields: list[FieldAnswer]
    one_of: list[list[str]]


class Types(Answer):
    """All types there are."""

    types: list[TypeAnswer]


class Index(Answer):
    """Where to begin."""

    openapi: str
    root: str
    items: str
    types: str


class Problem(Answer):
    """A refusal (RFC 9457). ``code`` is stable; ``detail`` is for people, in Polish."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[dict[str, str]] = []


class Stored(Answer):
    """An uploaded file, to be named in ``files`` of a draft."""

    document_id: int
    name: str
    content_type: str
    size: int
    sha256: str


class Beside(Given):
    """A file to stand beside a version."""

    document_id: Annotated[int, Field(gt=0, lt=2**31)]
    title: Annotated[str, Field(min_length=1, max_length=300)]


class Draft(Given):
    """A working copy. ``files`` left out keeps those of the last version."""

    title: Title
    summary: Summary = ""
    body: Body = ""
    fields: dict[str, str | bool] = {}
    reason: Reason = ""
    files: Annotated[list[Beside], Field(max_length=100)] | None = None


class NewItem(Given):
    """A new item with its first working copy. ``name`` is the last part of its address; empty: made of the title."""

    parent: Path
    type: Annotated[str, Field(max_length=40)]
    title: Title
    name: Name = ""
    summary: Summary = ""
    body: Body = ""
    fields: dict[str, str | bool] = {}
    files: Annotated[list[Beside], Field(max_length=100)] = []
    in_menu: bool | None = None


class WithReason(Given):
    """An act that may need a reason, which everyone can read."""

    reason: Reason = ""


class Withdraw(WithReason):
    """How to withdraw: ``error`` (the text goes), ``kept`` (the text stays readable), or ``merged`` with ``into``."""

    kind: Literal["error", "merged", "kept"] = "error"
    into: Annotated[str, Field(max_length=2000)] = ""
    """Only with ``merged``: the address of the item it was merged with, whole or as a path."""
    early: bool = False
    """It may come down although the law would have it stand longer; without it that is refused."""


class Move(Given):
    """Where the item goes: ``name`` empty keeps the name it has."""

    parent: Path
    name: Name = ""


class Upload(Given):
    """A file, sent as ``multipart/form-data``."""

    file: Annotated[bytes, Field(json_schema_extra={"format": "binary"})]


class Nothing(Given):
    """An empty object."""


class Asked(Given):
    """How much of a list, and from where on."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    after: Annotated[str, Field(max_length=300)] = ""


class AskedChildren(Asked):
    """``drafts``: also what is not public, for who may see it."""

    drafts: bool = False


class AskedItems(Asked):
    """Which items: under a path, of types, made available between two days (both included)."""

    below: Path = "/"
    type: Annotated[str, Field(max_length=300, description="comma")] = ""
    since: date | None = None
    until: date | None = None


class AskedItem(Given):
    """``draft``: the working copy instead of the public version."""

    draft: bool = False


class AskedTree(Given):
    """How deep."""

    depth: Annotated[int, Field(ge=1, le=4)] = 2
