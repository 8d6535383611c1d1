"""A process of its own that gives numbers in a register, some of its acts failing: ``python -m tests.core.numbers``."""

from __future__ import annotations

import random
import sys

from sqlalchemy import create_engine

from eoffice.register import actions
from portal import models
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.db import Database, engine_options, prepare
from portal.core.errors import Conflict


def run(url: str, entries: int, seed: int) -> None:
    """Register ``entries`` items, and as many acts that fail after their number was given."""
    assert models.MODULES
    dice = random.Random(seed)
    database = Database(prepare(create_engine(url, **engine_options(url)), writing=True))
    made = 0
    while made < entries:
        try:
            with database.transaction() as session:
                actions.register_incoming(
                    session, SYSTEM, title="Pismo", party=None, party_name="X", channel="epuap",
                    received_on=clock.today(),
                )  # fmt: skip
                if dice.random() < 0.5:
                    raise Conflict("changed.my.mind")
            made += 1
        except Conflict:
            continue
    database.dispose()


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
