"""Composition of effects: how each topic of the outbox is carried out here, and the jobs that always stand."""

from __future__ import annotations

import itertools

from sqlalchemy.orm import Session

import bip.copy_effects
import bip.effects
import bip.scrubbing
import bip.stamping
import bip.sweeping
import eoffice.dispatch.effects
import eoffice.intake.effects
import portal.content.effects
import portal.content.exchange.effects
import portal.content.media_effects
import portal.content.personal.effects
import search.effects
import search.upkeep
from bip import checkpoints
from eoffice.dispatch.sealing import Office
from portal import searched
from portal.channels import BOXES
from portal.core.outbox import Effect, Effects
from portal.core.program import Program
from portal.core.registry import Registry
from portal.core.settings import Settings

SEARCHED = searched.SOURCES
"""What can be found."""


def collect(program: Program) -> Effects:
    """Every effect of this installation."""
    settings, blobs = program.settings, program.blobs
    effects: Effects = Registry[Effect[object, object]]("effect")
    for effect in itertools.chain(
        search.effects.effects(program),
        portal.content.effects.effects(),
        portal.content.exchange.effects.effects(program),
        portal.content.personal.effects.effects(blobs),
        portal.content.media_effects.effects(blobs),
        bip.effects.effects(lambda: checkpoints.log_key(settings.data_dir / bip.effects.LOG_KEY)),
        [bip.effects.probing(settings.public_url, settings.probe_minutes)],
        [bip.effects.finding()],
        [bip.effects.accepting(settings.public_url)],
        [bip.sweeping.effect()],
        [bip.scrubbing.effect(program.database, blobs)],
        [bip.stamping.effect(settings)],
        bip.copy_effects.effects(program, lambda: checkpoints.log_key(settings.data_dir / bip.effects.LOG_KEY)),
        eoffice.intake.effects.effects(blobs, settings),
        eoffice.dispatch.effects.effects(blobs, _office(settings), _reply_to(settings)),
    ):
        effects.register(effect.topic, effect)
    return effects


def standing_jobs(session: Session, program: Program) -> None:
    """Make sure that the recurring jobs and the search index exist; called at each start of a worker."""
    settings = program.settings
    search.upkeep.ensure(session, program)
    bip.effects.ensure(session, settings.probe_minutes, stamped=bool(settings.timestamp_url))
    if settings.bulletin_copies:
        bip.copy_effects.ensure(session)
    portal.content.exchange.effects.ensure(session)
    for channel in settings.channel_names:
        eoffice.intake.effects.ensure_polling(
            session, channel, BOXES[channel](settings), every=settings.epuap_poll_seconds
        )


def _office(settings: Settings) -> Office:
    return Office(settings.office_name, settings.town_place, settings.public_url, settings.secret_key)


def _reply_to(settings: Settings) -> dict[str, str]:
    """Where the proofs of deliveries come back to, per channel."""
    return {"epuap": settings.epuap_box}
