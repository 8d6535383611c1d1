"""Forms and their service cards as search finds them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.models import Form, FormVersion
from forms.schema import FormDefinition
from search.index import PUBLIC, Doc
from search.sources import Entry, source


def _keys(session: Session) -> Iterable[str]:
    return [str(number) for number in session.scalars(select(Form.id).where(Form.live_version_id.is_not(None)))]


def _at(session: Session, path: str) -> str | None:
    slug = path.removeprefix("/formularze/")
    number = session.scalar(select(Form.id).where(Form.slug == slug)) if slug != path else None
    return str(number) if number else None


@source("form", keys=_keys, at=_at)
def read(session: Session, key: str) -> Entry | None:
    """The published version of a form; ``None`` when it has none."""
    query = select(Form.slug, Form.title, FormVersion.definition).join(
        FormVersion, FormVersion.id == Form.live_version_id
    )
    row = session.execute(query.where(Form.id == int(key))).first()
    if row is None:
        return None
    definition = FormDefinition.from_data(row.definition)
    said = (definition.summary, definition.basis, definition.fee, definition.term, *definition.needed)
    return Entry(
        Doc(
            key="", kind="form", title=row.title, body="\n".join([*filter(None, said), *definition.next_steps]),
            url=f"/formularze/{row.slug}", readers=frozenset({PUBLIC}), type="form",
        )
    )  # fmt: skip
