"""A decision's anonymised copy in the Bulletin: who made it, who answers for it and when are known already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from eoffice.cases import publication
from eoffice.cases.models import Case
from eoffice.dispatch import queries
from eoffice.dispatch.models import Letter
from portal.accounts.models import User
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.errors import Conflict

TYPE = "decision"
"""The Bulletin's type of publication for what is decided in cases."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the law wants beside the text (UDIP art. 8(6)), as the case knows it."""

    produced_by: str
    produced_on: date
    responsible: str
    case_sign: str


def facts(session: Session, letter: Letter) -> Facts:
    """The marks of a letter's publication."""
    case = session.get_one(Case, letter.case_id)
    made = clock.local(letter.approved_at or letter.created_at).date()
    return Facts(_person(session, letter.author_id), made, _person(session, letter.approver_id), case.sign)


def publish_letter(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    *,
    letter_id: int,
    folder: str,
    title: str,
    text: str,
    kept: Mapping[str, str] | None = None,
) -> Item:
    """Publish the reviewed copy of an accepted letter; the same letter twice is one publication.

    Raises ``Conflict("letter.not_accepted")``, and what ``cases.publication.publish_to_bip`` raises.
    """
    letter = queries.locked_letter(session, letter_id)
    if letter.document_id is None:
        raise Conflict("letter.not_accepted")
    known = facts(session, letter)
    return publication.publish_to_bip(
        session, blobs, actor, case_id=letter.case_id, source=letter.ref, folder=folder, type_name=TYPE,
        title=title, text=text, produced_by=known.produced_by, produced_on=known.produced_on,
        responsible=known.responsible, kept=kept,
        fields={"case_sign": known.case_sign, "decided_on": known.produced_on.isoformat()},
    )  # fmt: skip


def _person(session: Session, user_id: int | None) -> str:
    user = session.get(User, user_id) if user_id else None
    return ", ".join(part for part in (user.name, user.position) if part) if user else ""
