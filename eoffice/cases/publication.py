"""From the case to the Bulletin in one act: what the case knows is not typed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import actions as bip
from eoffice.cases import queries
from eoffice.parties import queries as parties
from portal.accounts import policy
from portal.content.models import Item
from portal.content.personal import detect, review
from portal.content.personal.detect import Found, Known
from portal.core import events
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.errors import Invalid

PERSON = "person"


def known_parties(session: Session, case_id: int) -> list[Known]:
    """What the case knows of its parties, for the proposal."""
    found = []
    for party in queries.parties(session, case_id):
        identifiers = parties.identifiers(session, party.id).values()
        addresses = [item.value for item in parties.addresses(session, party.id)]
        name = f"{party.first_name} {party.last_name}".strip() or party.name
        found.append(detect.known_of(name, identifiers, addresses, is_person=party.kind == PERSON))
    return found


def findings(session: Session, case_id: int, text: str, officials: Iterable[str] = ()) -> list[Found]:
    """What in ``text`` still looks like personal data of this case's parties or of anybody but the ``officials``."""
    return detect.find(text, known_parties(session, case_id), officials)


def publish_to_bip(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    *,
    case_id: int,
    source: str,
    folder: str,
    type_name: str,
    title: str,
    text: str,
    produced_by: str,
    produced_on: date,
    responsible: str,
    fields: dict[str, object],
    kept: Mapping[str, str] | None = None,
) -> Item:
    """Publish the reviewed, anonymised ``text`` of a decision in the Bulletin (UDIP art. 8); twice is once.

    ``source`` names what it was made from (``letter:7``); ``kept``: words of personal data that stay → reason.
    Raises ``Forbidden``, ``Invalid("bip.still_personal")`` with the words nobody decided on.
    """
    case = queries.locked(session, case_id)
    policy.require(session, actor, "cases.work", path=case.path)
    known = session.scalars(select(Item).where(Item.source == source)).first()
    if known is not None:
        return known
    if not text.strip() or not title.strip():
        raise Invalid("bip.text_empty")
    whole = f"{title}\n{text}"
    found = [whole[one.start : one.end] for one in findings(session, case.id, whole, (produced_by, responsible))]
    said = [review.squeezed(words) for words in kept or {}]
    left = [words for words in found if not any(review.squeezed(words) in one for one in said)]
    if left:
        raise Invalid("bip.still_personal", words=", ".join(dict.fromkeys(left)))
    item = bip.publish_document(
        session, blobs, actor, folder=folder, type=type_name, title=title.strip(), body_html=paragraphs(text),
        documents=[], produced_by=produced_by, produced_on=produced_on, responsible=responsible,
        source=source, fields=fields,
        kept=kept,
    )  # fmt: skip
    refs = [case.ref, source, events.ref("item", item.id)]
    data = {"path": item.path, "kept": len(found)}
    events.record(session, actor, "case.published", refs, audience="public", data=data)
    return item


def paragraphs(text: str) -> str:
    """Plain text as HTML: an empty line parts paragraphs, a line's end stays one."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return "\n".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)
