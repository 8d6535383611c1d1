"""What the house knows of a person, so that nobody types it again.

Forms know the account only. Each room above may register what it knows besides (``SOURCES``); what the account
says comes first, then the sources in the order of their registration.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from sqlalchemy.orm import Session

from forms.letter import Contact
from portal.core.registry import Registry

Source = Callable[[Session, int], Contact]

SOURCES: Registry[Source] = Registry("source of facts about people")


def completed(session: Session, user_id: int, account: Contact) -> Contact:
    """``account`` with its empty fields filled from the sources."""
    for _, source in SOURCES.items():
        other = source(session, user_id)
        empty = [field.name for field in dataclasses.fields(Contact) if not getattr(account, field.name)]
        account = dataclasses.replace(account, **{name: getattr(other, name) for name in empty})
    return account
