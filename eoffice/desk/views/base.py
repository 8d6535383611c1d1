"""The blueprint, its menu, and what every page of the desk is given."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from portal.accounts import policy
from portal.web import navigation, rights
from portal.web.navigation import Entry

blueprint = Blueprint("desk", __name__, url_prefix="/biuro")

DESK = rights.right("desk.view", path=policy.OFFICE, below=True)
"""Whoever works anywhere in the office; each page and act asks for more by itself."""

MENU = (
    Entry("desk.today", "desk.today", icon="check2-square", order=10),
    Entry("desk.entries", "desk.entries", icon="inbox", order=20),
    Entry("desk.cases", "desk.cases", icon="folder2-open", order=30),
    Entry("desk.letters", "desk.letters", icon="envelope", order=40),
    Entry("desk.registers", "desk.incoming", icon="journal-text", order=50),
    Entry("desk.messages", "desk.messages", icon="exclamation-diamond", order=60, permission="intake.manage",
          path=policy.OFFICE, below=True),
    Entry("desk.jobs", "desk.jobs", icon="arrow-repeat", order=70, permission="jobs.manage", path=policy.OFFICE,
          below=True),
)  # fmt: skip


@blueprint.record_once
def _menu(state: BlueprintSetupState) -> None:
    navigation.add(cast(Flask, state.app), "desk", *MENU)


@blueprint.context_processor
def _names() -> dict[str, Any]:
    return {"KINDS": STATE_KINDS}


STATE_KINDS = {
    "new": "new", "assigned": "progress", "in_case": "done", "filed": "done", "ended": "off", "cancelled": "off",
    "open": "new", "in_progress": "progress", "awaiting_party": "waiting", "decided": "done", "resumed": "off",
    "draft": "progress", "returned": "wrong", "awaiting_approval": "waiting", "approved": "progress",
    "sealed": "new", "sending": "waiting", "sent": "waiting", "delivered": "done", "withdrawn": "off",
    "planned": "off", "waiting": "waiting", "handed": "waiting", "failed": "wrong", "uncertain": "wrong",
    "no_proof": "late", "doubtful": "wrong", "presumed": "done", "settled": "off", "to_hand": "new",
    "due": "waiting", "done": "done", "set_aside": "wrong", "proof": "wrong",
}  # fmt: skip
"""Which shape a state's word has."""
