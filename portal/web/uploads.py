"""Files that came with a form."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from portal.core.documents import clean_name
from portal.core.errors import Invalid

MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came; its name is already safe to show. It may be empty: the action says so."""

    name: str
    data: bytes


def read_files(field: str) -> list[Upload]:
    """The files sent in ``field``, in order; a field left empty gives none.

    Raises ``Invalid("upload.too_many")``. The whole request is limited by ``Settings.upload_limit_mb`` (413).
    """
    sent = [item for item in request.files.getlist(field) if item.filename]
    if len(sent) > MAX_FILES:
        raise Invalid("upload.too_many", limit=MAX_FILES)
    return [Upload(clean_name(item.filename or ""), item.stream.read()) for item in sent]
