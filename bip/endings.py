"""What happens when the planned end of a publication comes: archive, withdraw, keep or leave to decide, by its rule."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bip import rules
from portal.content import acts, publication
from portal.content.models import Item
from portal.core.actors import Actor
from portal.web.texts import message


def end(session: Session, actor: Actor, item: Item) -> bool:
    """Do what the rule of ``item`` says; ``False`` leaves it to be archived.

    What has no rule, or one that keeps it without a term, ends only where an editor asked: in the archive.
    """
    term = rules.of_item(item)
    act = term.get("at_end")
    if act == "withdraw":
        publication.withdraw(session, actor, item.id, reason=message("bip.term_ended", basis=term["basis"]))
    elif act == "decide":
        acts.changed(session, actor, item, "term_to_decide", visible=False)
    return act in ("withdraw", "decide")
