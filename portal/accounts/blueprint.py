"""The blueprint of accounts. Registering it gives the program its users and their rights."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from portal.accounts import sessions

blueprint = Blueprint("accounts", __name__)


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    sessions.init(cast(Flask, state.app))
