"""Writing: the form of one item with its unsaved work and its checks, and what happens when two people write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.content import checks, diff, files, links, queries, sanitise, versions
from portal.content.diff import Part
from portal.content.editor import forms, merging, work
from portal.content.editor.models import UnsavedWork
from portal.content.queries import File, Line, PageData
from portal.content.types import ItemType
from portal.core.documents import Document
from portal.core.errors import Invalid
from portal.web import context
from portal.web.forms import Form
from portal.web.uploads import Upload, read_files


@dataclass(slots=True)
class Sheet:
    """The form in front of an editor: of an item (``page``) or of a new one ``under`` a place."""

    kind: ItemType
    form: Form
    fields: Form
    place: str
    page: PageData | None = None
    under: PageData | None = None
    files: Sequence[File] = ()
    added: Sequence[dict[str, Any]] = ()
    work: UnsavedWork | None = None
    sent: list[Upload] | None = None

    def uploads(self) -> list[Upload]:
        """The files sent with the form; a browser's stream is read once only."""
        if self.sent is None:
            self.sent = read_files("files")
        return self.sent

    def valid(self) -> bool:
        """Whether both halves of the form hold what they should; errors stand beside the fields."""
        ours, theirs = self.form.validate(), self.fields.validate()
        return bool(ours and theirs)

    @property
    def expected(self) -> int | None:
        """The number of the version the editor began with."""
        text = str(self.form.expected.data or "")
        return int(text) if text.isdecimal() else None


def sheet_of(session: Session, page: PageData) -> Sheet:
    """The form of an item: as sent, else with unsaved work, else as last saved."""
    found = work.of(session, context.actor(), work.place_of(page.row.id))
    row = page.row
    given = {
        "title": row.version_title, "summary": row.version_summary, "expected": str(row.number or ""),
        "body": links.to_addresses(session, row.body or ""),
    }  # fmt: skip
    return Sheet(
        page.type, forms.page_form(page.type, **_source(found, given)),
        forms.field_form(page.type, **_source(found, page.fields)), work.place_of(row.id), page=page,
        files=queries.files(session, row.version_id), added=found.files if found else (), work=found,
    )  # fmt: skip


def sheet_of_new(session: Session, kind: ItemType, under: PageData) -> Sheet:
    """The form of a new item: what the type acquires is filled in."""
    place = work.place_of_new(kind.name, under.row.path)
    found = work.of(session, context.actor(), place)
    given = {name: under.settings.get(setting, "") for name, setting in kind.defaults.items()}
    return Sheet(
        kind, forms.page_form(kind, **_source(found, {})), forms.field_form(kind, **_source(found, given)), place,
        under=under, added=found.files if found else (), work=found,
    )  # fmt: skip


def _source(found: UnsavedWork | None, given: Mapping[str, Any]) -> dict[str, Any]:
    if found is None or request.method == "POST":
        return {"data": dict(given)}
    pairs = [(name, value) for name, values in found.typed.items() for value in values]
    return {"formdata": MultiDict(pairs), "data": dict(given)}


def typed() -> dict[str, list[str]]:
    """What was sent."""
    return {name: request.form.getlist(name) for name in request.form}


def keep(session: Session, sheet: Sheet) -> None:
    """Note a refused form whole, files too: it stands there again, whatever happens to the browser."""
    added = []
    for upload in sheet.uploads():
        try:
            document = _stored(session, upload)
        except Invalid:
            continue  # a file that was refused is named above the form; the words are kept all the same
        added.append({"id": document.id, "title": _title(upload), "name": upload.name})
    sheet.work = work.keep(session, context.actor(), sheet.place, typed(), files=added)
    sheet.added = sheet.work.files


def attachments(session: Session, sheet: Sheet) -> list[versions.Attachment]:
    """The files the version gets: those it had, those of a refused form, those sent now."""
    known = [(file.document_id, file.title) for file in sheet.files]
    known += [(entry["id"], entry["title"]) for entry in sheet.added]
    kept = [
        versions.Attachment(number, request.form.get(f"plik-{number}", title))
        for number, title in dict(known).items()
        if f"usun-{number}" not in request.form
    ]
    known_now = {file.document_id for file in kept}
    fresh = {_stored(session, upload).id: _title(upload) for upload in sheet.uploads()}
    return [*kept, *(versions.Attachment(number, fresh[number]) for number in fresh if number not in known_now)]


def _stored(session: Session, upload: Upload) -> Document:
    return files.keep(
        session, context.blobs(), context.actor(), data=upload.data, name=upload.name, origin="content",
    )  # fmt: skip


def _title(upload: Upload) -> str:
    """A file is called by its name until the editor titles it."""
    return upload.name.rpartition(".")[0] or upload.name


def look(session: Session, sheet: Sheet) -> list[checks.Finding]:
    """What is found in the text as it stands in the form."""
    form = sheet.form
    body = links.to_references(session, sanitise.clean(forms.body_of(form)))
    numbers = [file.document_id for file in sheet.files] + [entry["id"] for entry in sheet.added]
    numbers = [number for number in numbers if f"usun-{number}" not in request.form]
    fields = sheet.page.fields if sheet.page else {}
    written = checks.Written(form.title.data or "", form.summary.data or "", body, numbers, "body" in form, fields)
    return checks.findings(session, written, known=served)


def served(address: str) -> bool:
    """Whether a part of the program other than the tree of pages answers at ``address``."""
    adapter = current_app.url_map.bind("")
    try:
        endpoint, _ = adapter.match(address.partition("?")[0].partition("#")[0], method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return endpoint not in ("content.page", "bip.item")


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody saved meanwhile: the version that stands now, what they did, and how mine differs from theirs."""

    theirs: Line
    done: tuple[Part, ...]
    against: tuple[Part, ...]


def clash(session: Session, sheet: Sheet) -> Clash | None:
    """What somebody else saved since the editor began; ``None`` when the text is still the one they began with."""
    page, began = sheet.page, sheet.expected
    if page is None or began is None or page.row.number in (None, began):
        return None
    theirs = queries.version_of(session, page.row.id, page.row.number, published_only=False)
    done = diff.between(session, page, began, page.row.number, published_only=False)
    mine = links.to_references(session, sanitise.clean(forms.body_of(sheet.form)))
    parts = [
        Part("title", "", diff.compare(theirs.version_title, sheet.form.title.data or "")),
        Part("summary", "", diff.compare(theirs.version_summary, sheet.form.summary.data or "")),
        Part("body", "", diff.compare(sanitise.to_text(theirs.body or ""), sanitise.to_text(mine))),
        *_field_parts(sheet, theirs),
    ]
    return Clash(theirs, done, tuple(part for part in parts if part.changed))


def _field_parts(sheet: Sheet, theirs: Line) -> list[Part]:
    ours = forms.fields_of(sheet.kind, sheet.fields)
    return [
        Part("field", field.label, diff.compare(str(theirs.fields.get(field.name) or ""), str(ours[field.name] or "")))
        for field in sheet.kind.fields
    ]


def merge(session: Session, sheet: Sheet, page: PageData, began: int) -> int:
    """Put my text and the saved one together in the form; how many places both changed and need a look.

    ``began``: the number of the version both were made from. Raises ``NotFound``.
    """
    base = queries.version_of(session, page.row.id, began, published_only=False)
    theirs = queries.version_of(session, page.row.id, page.row.number, published_only=False)
    clashes = 0
    for name, was, now in (
        ("title", base.version_title, theirs.version_title),
        ("summary", base.version_summary, theirs.version_summary),
    ):
        sheet.form[name].data, both = merging.one_line(was, sheet.form[name].data or "", now)
        clashes += both
    if "body" in sheet.form:
        mine = links.to_references(session, sanitise.clean(forms.body_of(sheet.form)))
        merged = merging.three_way(*(merging.blocks_of(text or "") for text in (base.body, mine, theirs.body)))
        sheet.form.body.data = links.to_addresses(session, "\n".join(merged.blocks))
        clashes += merged.clashes
    for field in sheet.kind.fields:
        mine = str(forms.fields_of(sheet.kind, sheet.fields)[field.name] or "")
        was, now = str(base.fields.get(field.name) or ""), str(theirs.fields.get(field.name) or "")
        merged_value, both = merging.one_line(was, mine, now)
        if field.type != "checkbox":
            sheet.fields[field.name].data = merged_value
        clashes += both
    sheet.form.expected.data = str(theirs.number)
    return clashes


def standing(sheet: Sheet) -> dict[str, list[str]]:
    """What stands in the form now, as it would be sent: after two texts were put together."""
    again = typed()
    for form in (sheet.form, sheet.fields):
        for field in form:
            if field.name in again and isinstance(field.data, str):
                again[field.name] = [field.data]
    return again
