"""The states of letters and deliveries as data."""

from __future__ import annotations

from portal.core.workflow import Transition, Workflow

EDITABLE = ("draft", "returned")
"""States in which the author may change a letter."""

LETTER = Workflow(
    name="letter",
    states=(*EDITABLE, "awaiting_approval", "approved", "sealed", "sending", "sent", "delivered", "withdrawn"),
    initial="draft",
    transitions=(
        Transition("submit", EDITABLE, "awaiting_approval", "letters.write"),
        Transition("withdraw", EDITABLE, "withdrawn", "letters.write"),
        Transition("return", ("awaiting_approval",), "returned", "letters.approve"),
        Transition("approve", ("awaiting_approval",), "approved", "letters.approve"),
        Transition("seal", ("approved",), "sealed"),
        Transition("send", ("sealed",), "sending", "dispatch.send"),
        Transition("handed", ("sending",), "sent"),
        Transition("delivered", ("sending", "sent"), "delivered"),
    ),
)

GOING = ("waiting", "failed", "uncertain")
"""On its way out, or stuck there."""
ARRIVED = ("delivered", "presumed")
CLOSED = (*ARRIVED, "settled")
PROVABLE = (*GOING, "handed", "no_proof", "doubtful", "presumed", "settled", "to_hand")
"""A genuine proof is believed whatever we thought before: the other side knows better than we do."""

DELIVERY = Workflow(
    name="delivery",
    states=("planned", *PROVABLE, "delivered"),
    initial="planned",
    transitions=(
        Transition("queue", ("planned",), "waiting", "dispatch.send"),
        Transition("lay_out", ("planned",), "to_hand", "dispatch.send"),
        Transition("hand", GOING, "handed"),
        Transition("fail", ("waiting",), "failed"),
        Transition("lose", ("waiting",), "uncertain"),
        Transition("retry", ("failed", "uncertain"), "waiting", "dispatch.send"),
        Transition("settle", (*GOING, "no_proof", "doubtful", "to_hand"), "settled", "dispatch.send"),
        Transition("doubt", (*GOING, "handed", "no_proof"), "doubtful"),
        Transition("prove", PROVABLE, "delivered"),
        Transition("lapse", ("handed",), "no_proof"),
        Transition("divert", ("failed", "uncertain", "no_proof"), "to_hand", "dispatch.send"),
        Transition("presume", ("no_proof",), "presumed", "dispatch.send"),
    ),
)
