"""Lines of the registers as clerks find them: by number, sender, sign, title and the text of what came."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.intake.models import MessageFile
from eoffice.register import queries
from eoffice.register.models import Entry as Line
from portal.web.texts import message
from search.index import Doc
from search.sources import Entry, readable_by, source


def _keys(session: Session) -> Iterable[str]:
    return map(str, session.scalars(select(Line.id)))


@source("entry", keys=_keys, follows=True)
def read(session: Session, key: str) -> Entry | None:
    """The line, for whoever may look at the desk of its department."""
    line = session.get(Line, int(key))
    if line is None:
        return None
    facts = (line.printed, line.party_name, line.party_address, line.sender_sign, line.remarks)
    doc = Doc(
        key="", kind="entry", title=line.title, body="\n".join(filter(None, facts)), url=_address(line),
        breadcrumb=(message(f"search.register.{line.register}"),),
        readers=readable_by("desk.view", queries.place(session, line)), type="entry", year=line.year,
        signature=line.printed, date=line.received_on,
    )  # fmt: skip
    return Entry(doc, tuple(_files(session, line)))


def _files(session: Session, line: Line) -> Iterable[tuple[int, str]]:
    """The document of the line and what came with it."""
    if line.document_id:
        yield line.document_id, line.title
    if line.message_id:
        columns = (MessageFile.document_id, MessageFile.name)
        query = select(*columns).where(MessageFile.message_id == line.message_id, MessageFile.document_id.is_not(None))
        for row in session.execute(query.order_by(MessageFile.position)):
            yield row.document_id, row.name


def _address(line: Line) -> str:
    if line.register == "RPW":
        return f"/biuro/wplyw/{line.id}"
    return f"/biuro/sprawy/{line.case_id}" if line.case_id else f"/biuro/rejestry/{line.register.lower()}"
