"""Letters as clerks find them: by the sign of their case, title, text and recipients."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases.models import Case
from eoffice.dispatch.models import Delivery, Letter
from eoffice.parties.models import Party
from portal.core import clock
from portal.web.texts import message
from search.index import Doc
from search.sources import Entry, readable_by, source


def _keys(session: Session) -> Iterable[str]:
    return map(str, session.scalars(select(Letter.id)))


@source("letter", keys=_keys, follows=True)
def read(session: Session, key: str) -> Entry | None:
    """The letter, for whoever may open the files of its case."""
    letter = session.get(Letter, int(key))
    case = session.get(Case, letter.case_id) if letter else None
    if letter is None or case is None:
        return None
    names = select(Party.name).join(Delivery, Delivery.party_id == Party.id).where(Delivery.letter_id == letter.id)
    written = clock.local(letter.approved_at or letter.created_at).date()
    doc = Doc(
        key="", kind="letter", title=letter.title,
        body="\n".join([case.sign, *session.scalars(names.order_by(Delivery.id)), letter.body]),
        url=f"/biuro/pisma/{letter.id}", breadcrumb=(message("search.place.cases"), case.sign),
        readers=readable_by("cases.view", case.path), type="letter", year=written.year,
        signature=f"{case.sign}.{letter.number}" if letter.number else "", date=written,
    )  # fmt: skip
    return Entry(doc)
