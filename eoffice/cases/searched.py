"""Cases as clerks find them: by sign, title, party, and the notes and documents in their files."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import queries
from eoffice.cases.models import Case
from portal.core import clock
from portal.web.texts import message
from search.index import Doc
from search.sources import Entry, readable_by, source


def _keys(session: Session) -> Iterable[str]:
    return map(str, session.scalars(select(Case.id)))


@source("case", keys=_keys, follows=True)
def read(session: Session, key: str) -> Entry | None:
    """The case, for whoever may open its files. Letters and entries in it are found by themselves."""
    case = session.get(Case, int(key))
    if case is None:
        return None
    elements = queries.elements(session, case.id)
    parties = [party.name for party in queries.parties(session, case.id)]
    notes = [element.note for element in elements if element.note]
    documents = [(one.document_id, one.title) for one in elements if one.kind == "document" and one.document_id]
    opened = clock.local(case.opened_at).date()
    doc = Doc(
        key="", kind="case", title=case.title, body="\n".join([case.sign, *parties, *notes]),
        url=f"/biuro/sprawy/{case.id}", breadcrumb=(message("search.place.cases"),),
        readers=readable_by("cases.view", case.path), type="case", year=case.year, signature=case.sign, date=opened,
    )  # fmt: skip
    return Entry(doc, tuple(documents))
