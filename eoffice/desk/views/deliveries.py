"""A person's word on deliveries: another way, handed over, once more, settled, presumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eoffice.desk.acting import act
from eoffice.desk.views.base import DESK, blueprint
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch import deliveries, queries
from portal.core.errors import Invalid
from portal.web import context


@blueprint.post("/przesylki/<int:delivery_id>/sposob")
@DESK
def choose_way(delivery_id: int) -> ResponseReturnValue:
    """Another way than the one chosen for the recipient."""
    channel = request.form.get("channel", "")
    return _on(delivery_id, lambda session: dispatch.choose_way(
        session, context.actor(), delivery_id=delivery_id, channel=channel), "desk.done.way")  # fmt: skip


@blueprint.post("/przesylki/<int:delivery_id>/ponow")
@DESK
def retry_delivery(delivery_id: int) -> ResponseReturnValue:
    """Send once more what failed or is uncertain."""
    return _on(delivery_id, lambda session: deliveries.decide(
        session, context.actor(), delivery_id=delivery_id, again=True), "desk.done.retried")  # fmt: skip


@blueprint.post("/przesylki/<int:delivery_id>/zamknij")
@DESK
def settle_delivery(delivery_id: int) -> ResponseReturnValue:
    """Nothing more is awaited."""

    def work(session: Session) -> object:
        if queries.locked_delivery(session, delivery_id).state in ("failed", "uncertain"):
            return deliveries.decide(session, context.actor(), delivery_id=delivery_id, again=False)
        return deliveries.settle(session, context.actor(), delivery_id=delivery_id)

    return _on(delivery_id, work, "desk.done.settled")


@blueprint.post("/przesylki/<int:delivery_id>/wydano")
@DESK
def hand_over(delivery_id: int) -> ResponseReturnValue:
    """Collected at the counter."""
    return _on(delivery_id, lambda session: deliveries.handed_over(
        session, context.actor(), delivery_id=delivery_id, on=_day()), "desk.done.handed_over")  # fmt: skip


@blueprint.post("/przesylki/<int:delivery_id>/uznaj")
@DESK
def accept_proof(delivery_id: int) -> ResponseReturnValue:
    """Take a doubtful proof for good."""
    return _on(delivery_id, lambda session: deliveries.accept_proof(
        session, context.actor(), delivery_id=delivery_id, on=_day()), "desk.done.proof")  # fmt: skip


@blueprint.post("/przesylki/<int:delivery_id>/okienko")
@DESK
def divert_delivery(delivery_id: int) -> ResponseReturnValue:
    """Lay it out at the counter instead."""
    return _on(delivery_id, lambda session: deliveries.divert(
        session, context.actor(), delivery_id=delivery_id), "desk.done.diverted")  # fmt: skip


@blueprint.post("/przesylki/<int:delivery_id>/domniemanie")
@DESK
def presume_delivery(delivery_id: int) -> ResponseReturnValue:
    """Take the computed day as the day of delivery."""
    return _on(delivery_id, lambda session: deliveries.presume(
        session, context.actor(), delivery_id=delivery_id), "desk.done.presumed")  # fmt: skip


def _on(delivery_id: int, work: Callable[[Session], object], done: str) -> ResponseReturnValue:
    with context.reading() as session:
        letter_id = queries.delivery(session, delivery_id).letter_id
    return act(work, done=done, to=url_for("desk.letter", letter_id=letter_id))


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise Invalid("delivery.date") from None
