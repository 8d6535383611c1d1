"""What was in another Bulletin before: when it ended there by the law, so that no term begins anew here."""

from __future__ import annotations

from datetime import datetime

from bip import terms
from portal.content.models import Item, ItemVersion


def over(item: Item, version: ItemVersion, first: datetime) -> datetime | None:
    """When the rule of its type ended an item that was first made public at ``first``; ``None`` when none does."""
    there = Item(type=item.type, published_at=first)
    last = terms.last_day(there, version.fields, terms.rule_of(there))
    return terms.midnight_after(last) if last is not None else None
