"""One document as the terms every engine stores."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from search import words
from search.index import Doc, card, kept_text
from search.polish import Analyser

BREAK = "¶"
"""A term no question has; it stands between pages so that no phrase reaches over."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Streams of terms joined by spaces. ``exact`` is the body and all attachments in order."""

    title: str
    body: str
    attachment: str
    exact_title: str
    exact: str
    whole_title: str
    whole: str
    signatures: tuple[str, ...]
    card: str
    text: str


def normal(doc: Doc) -> Doc:
    """The document with texts in the form offsets refer to."""
    return replace(
        doc,
        title=words.normal(doc.title),
        body=words.normal(doc.body),
        attachments=tuple(
            replace(a, name=words.normal(a.name), pages=tuple(words.normal(page) for page in a.pages))
            for a in doc.attachments
        ),
    )


def fields(analyser: Analyser, doc: Doc) -> Fields:
    """Analyse a document. The names of attachments belong to its body, their pages to the attachments."""
    doc = normal(doc)
    title = analyser.streams(doc.title)
    own = [doc.body, doc.signature, *(a.name for a in doc.attachments)]
    body = [analyser.streams(text) for text in own if text]
    pages = [analyser.streams(page) for a in doc.attachments for page in a.pages]
    found = (
        {words.signature(doc.signature), words.signature(doc.signature.split()[-1])} if doc.signature.strip() else ()
    )
    return Fields(
        title=title.bag,
        body=" ".join([s.bag for s in body]),
        attachment=" ".join([s.bag for s in pages]),
        exact_title=title.exact,
        exact=f" {BREAK} ".join([s.exact for s in (*body, *pages)]),
        whole_title=title.wholes,
        whole=" ".join([s.wholes for s in (*body, *pages) if s.wholes]),
        signatures=tuple(sorted(filter(None, found))),
        card=json.dumps(card(doc) | {"digest": doc.digest}, ensure_ascii=False),
        text=json.dumps(kept_text(doc), ensure_ascii=False),
    )
