"""What was in another Bulletin before: when it ended there by the law, so that no term begins anew here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import object_session

from bip import rules, spans, terms
from portal.content import types
from portal.content.models import Item, ItemVersion


def over(item: Item, version: ItemVersion, first: datetime) -> datetime | None:
    """When the rule of its type ended an item that was first made public at ``first``; ``None`` when none does."""
    there = Item(type=item.type, published_at=first)
    session = object_session(item)
    every = rules.of_type(session, item.type) if session else types.of(item.type).terms
    last = terms.last_day(there, version.fields, rules.in_force(every, first))
    return spans.midnight_after(last) if last is not None else None
