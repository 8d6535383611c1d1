"""Letters written by hand or by a test: "pismo ogólne" in the CRD structure 2013/12/12/1410."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from eoffice.sandbox.clock import polish
from eoffice.sandbox.directory import Podmiot
from eoffice.sandbox.mail import File
from eoffice.sandbox.texts import render, say
from eoffice.sandbox.xml import clean

_TYPE = "application/xml"


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment in the letter: its bytes in base64, or (``encoding`` URI) the address to fetch them at."""

    name: str
    type: str
    data: str
    encoding: str = "base64"


def embedded(file: File) -> Attachment:
    """``file`` as an attachment carried in the letter itself."""
    return Attachment(
        clean(file.name), file.type or "application/octet-stream", base64.b64encode(file.content).decode()
    )


def write(
    sender: Podmiot,
    recipient: Podmiot,
    title: str,
    text: str,
    moment: int,
    attachments: Sequence[Attachment] = (),
) -> File:
    """The letter as a file; each paragraph of ``text`` is one ``Informacja``."""
    content = render(
        "pismo.xml",
        sender=sender,
        recipient=recipient,
        title=clean(title),
        paragraphs=[clean(line).strip() for line in text.splitlines() if line.strip()],
        attachments=attachments,
        cid=f"{uuid.uuid4().hex}@sandbox",
        day=polish(moment)[:10],
    )
    return File(say("letter_name"), _TYPE, content.encode())
