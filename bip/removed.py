"""What an editor takes out of a text as personal data, noted as an exclusion of openness (UDIP art. 5(2), 8(5))."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from bip import exclusions
from bip.exclusions import FIELD, Exclusion
from portal.content import acts
from portal.content.models import Item
from portal.content.personal.detect import MARK
from portal.content.personal.review import Finding
from portal.core.actors import Actor
from portal.web.texts import message

GROUND = "privacy"


def note(
    session: Session, actor: Actor, item: Item, body: str, fields: dict[str, Any], removed: Sequence[Finding]
) -> tuple[str, dict[str, Any]]:
    """The body with a bar after the block that lost its first words, and the fields with the exclusion's facts."""
    known = exclusions.of_fields(fields)
    number = exclusions.next_number(session, item.id)
    kinds = dict.fromkeys(message(f"hidden.{one.kind}") for one in removed if one.place == "body")
    one = Exclusion(
        number=number,
        ground=GROUND,
        scope=message("bip.removed.scope", kinds=list(kinds)),
        made_by=acts.name_of(session, actor),
        interest=message("bip.removed.interest"),
        basis=exclusions.grounds()[GROUND].basis,
        address=exclusions.grounds()[GROUND].address,
    )
    at = body.find("</p>", max(0, body.find(MARK)))
    at = len(body) if at < 0 else at + len("</p>")
    bar = f"<p>[wyłączenie {number}]</p>"
    return body[:at] + bar + body[at:], fields | {FIELD: [row.stored() for row in [*known, one]]}
