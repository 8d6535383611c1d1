"""What was sent: the page after sending, the document to read and to keep, its receipt. For its sender alone."""

from __future__ import annotations

from functools import partial

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from forms import queries, render, timeline
from forms.blueprint import blueprint
from forms.models import Submission
from forms.pdf import pdf
from forms.reader import view
from forms.view import Attachment
from portal.core.documents import Document
from portal.web import context
from portal.web.download import send_bytes, send_document
from portal.web.rights import right


def _own(reference: str) -> tuple[Submission, queries.Live, list[timeline.Stage], Document | None]:
    with context.reading() as session:
        found = queries.own(session, context.actor(), reference=reference)
        if found.submitted_at is None:
            abort(404)
        receipt = session.get(Document, found.receipt_id) if found.receipt_id else None
        return found, queries.of_submission(session, found), timeline.stages(session, found), receipt


@blueprint.get("/formularze/<slug>/wyslano/<reference>")
@right("citizen")
def sent(slug: str, reference: str) -> Answer:
    submission, live, stages, receipt = _own(reference)
    if live.form.slug != slug:
        abort(404)
    return render_template("forms/sent.html", submission=submission, live=live, stages=stages, receipt=receipt)


def _document(reference: str, *, receipt: bool = False) -> tuple[Document, bytes]:
    with context.reading() as session:
        found = queries.own(session, context.actor(), reference=reference)
        number = found.receipt_id if receipt else found.document_id
        document = session.get(Document, number) if number else None
    if document is None:
        abort(404)
    return document, context.blobs().get(document.sha256)


def _enclosure_url(reference: str, number: int, item: Attachment) -> str:
    return url_for("forms.enclosure", reference=reference, number=number) if item.data else ""


@blueprint.get("/moje/wnioski/<reference>")
@right("citizen")
def submitted(reference: str) -> Answer:
    submission, live, stages, receipt = _own(reference)
    document, data = _document(reference)
    return render_template(
        "forms/submitted.html", submission=submission, live=live, stages=stages, receipt=receipt,
        document=document, view=view(data), enclosure_url=partial(_enclosure_url, reference),
    )  # fmt: skip


@blueprint.get("/moje/wnioski/<reference>/dokument.xml")
@right("citizen")
def document_xml(reference: str) -> Answer:
    document, data = _document(reference)
    return send_document(document, data)


@blueprint.get("/moje/wnioski/<reference>/podglad")
@right("citizen")
def preview(reference: str) -> Answer:
    _, data = _document(reference)
    return render.page(data)


@blueprint.get("/moje/wnioski/<reference>/dokument.pdf")
@right("citizen")
def document_pdf(reference: str) -> Answer:
    """For printing and for those who cannot open XML; the record is the XML."""
    _, data = _document(reference)
    return send_bytes(pdf(data), name=f"{reference}.pdf", content_type="application/pdf")


@blueprint.get("/moje/wnioski/<reference>/upp")
@right("citizen")
def receipt_xml(reference: str) -> Answer:
    document, data = _document(reference, receipt=True)
    return send_document(document, data)


@blueprint.get("/moje/wnioski/<reference>/zalacznik/<int:number>")
@right("citizen")
def enclosure(reference: str, number: int) -> Answer:
    """One file out of the document itself, so that what is fetched is what was sent."""
    _, data = _document(reference)
    found = view(data).attachments
    if not 1 <= number <= len(found) or found[number - 1].data is None:
        abort(404)
    item = found[number - 1]
    return send_bytes(item.data or b"", name=item.name, content_type=item.content_type)
