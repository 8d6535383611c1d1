"""Reads of letters and deliveries."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.dispatch.models import Delivery, Letter
from portal.core.errors import NotFound


def locked_letter(session: Session, letter_id: int) -> Letter:
    """The letter, locked until the transaction ends. Raises ``NotFound``."""
    letter = session.get(Letter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound("letter.unknown")
    return letter


def letter(session: Session, letter_id: int) -> Letter:
    """The letter. Raises ``NotFound``."""
    found = session.get(Letter, letter_id)
    if found is None:
        raise NotFound("letter.unknown")
    return found


def letters(session: Session, case_id: int) -> list[Letter]:
    """The letters of a case in the order they were begun."""
    return list(session.scalars(select(Letter).where(Letter.case_id == case_id).order_by(Letter.id)))


def locked_delivery(session: Session, delivery_id: int) -> Delivery:
    """The delivery, locked until the transaction ends. Raises ``NotFound``."""
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound("delivery.unknown")
    return delivery


def deliveries(session: Session, letter_id: int) -> list[Delivery]:
    """The recipients of a letter, in the order they were named."""
    return list(session.scalars(select(Delivery).where(Delivery.letter_id == letter_id).order_by(Delivery.id)))


def delivery(session: Session, delivery_id: int) -> Delivery:
    """The delivery. Raises ``NotFound``."""
    found = session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound("delivery.unknown")
    return found
