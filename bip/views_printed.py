"""An item of the Bulletin on paper: alone in the browser, and as PDF."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from bip import details, pages, relations, terms
from bip.frame import bulletin
from portal.content import drawn, paths, queries
from portal.core import clock
from portal.web import context, formats
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_printed", __name__)


def _drawn_from(session: Session, path: str) -> dict[str, Any]:
    """All that either form of paper says. Raises ``NotFound``."""
    page = pages.found(session, path)
    related, named = relations.of_act(session, page.row.id, page.type)
    files, today = queries.files(session, page.row.version_id), clock.today()
    return bulletin(session) | {
        "page": page,
        "body": pages.text(session, page.row.body, page.fields),
        "fields": relations.with_standing(page.fields, related),
        "relations": related,
        "files": files,
        "details": details.of(
            session, page.type, page.fields, today=today, files=files, named=named, item_id=page.row.id
        ),
        "withdrawal": pages.withdrawal(session, page),
        "said": terms.stated(session, page.row.type, page.row, page.fields),
        "today": today,
    }


@blueprint.get("/bip/<path:path>/drukuj")
@right("public")
def printed(path: str) -> str:
    """The item alone, for paper."""
    with context.reading() as session:
        return render_template("bip/print.html", **_drawn_from(session, path))


@blueprint.get("/bip/<path:path>/pdf")
@right("public")
def as_pdf(path: str) -> Response:
    """The item with its marks, its address and the day it was drawn, as PDF with text that can be searched."""
    with context.reading() as session:
        shown = _drawn_from(session, path)
        markup = render_template("bip/pdf.html", **shown)
    page, today = shown["page"], shown["today"]
    site = context.settings().public_url.rstrip("/")
    source = message("bip.pdf.source", address=f"{site}{page.row.path}", number=page.row.number, day=formats.day(today))
    made = drawn.pdf(
        markup, title=page.row.title, source=source, site=site, bar="c-excluded-title",
        made_at=datetime.combine(today, time(), clock.WARSAW),
    )  # fmt: skip
    answer = Response(made, content_type="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{paths.name_of(page.row.path)}.pdf")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
