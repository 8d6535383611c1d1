"""The worker that gets killed: the real effects over the real ePUAP adapter, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import create_engine

from eoffice.channels.epuap.channel import EpuapChannel
from eoffice.channels.epuap.document_signature import XmlVerifier
from eoffice.channels.epuap.envelopes import Envelopes
from eoffice.channels.epuap.options import EpuapOptions, Timeouts
from eoffice.channels.port import Channel
from eoffice.dispatch import effects as dispatch
from eoffice.dispatch.sealing import Office
from eoffice.intake import effects as intake
from portal import models
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database, engine_options, prepare
from portal.core.outbox import Effect, Effects, Job
from portal.core.ports import Ports
from portal.core.registry import Registry
from portal.core.settings import Settings
from portal.core.signatures import Verifier
from portal.core.worker import HueyBell, Presence, Worker
from tests.faults import controls

PODMIOT = "gminaWrotkowo"
BOX = f"/{PODMIOT}/SkrytkaESP"
GRACE = timedelta(seconds=0.5)
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Config:
    """Where everything is; ``design`` is the right one or the name of a control."""

    database: str
    folder: Path
    sandbox: str
    design: str = "right"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def sandbox_data(self) -> Path:
        return self.folder / "sandbox"

    def to_json(self) -> str:
        return json.dumps({name: str(getattr(self, name)) for name in self.__dataclass_fields__})

    @classmethod
    def from_json(cls, text: str) -> Config:
        facts = json.loads(text)
        return cls(facts["database"], Path(facts["folder"]), facts["sandbox"], facts["design"])


@dataclass(frozen=True)
class Target:
    """Where the process kills itself; an empty topic: nowhere, somebody else will."""

    topic: str = ""
    point: str = ""


def open_database(url: str) -> Database:
    assert models.MODULES
    options = engine_options(url, pool_size=2)
    return Database(
        prepare(create_engine(url, **options), writing=True),
        prepare(create_engine(url, **options), writing=False),
    )


def ports(config: Config, envelopes: Envelopes) -> Ports:
    """The adapter as composed for a town, with short patience."""
    client = config.sandbox_data / "clients" / PODMIOT
    certificate = config.sandbox_data / "server" / "cert.pem"
    options = EpuapOptions(
        base_url=config.sandbox, podmiot=PODMIOT, box_name="SkrytkaESP", box_address=BOX,
        key_file=client / "key.pem", certificate_file=client / "cert.pem", pinned=(certificate,),
        store_is_complete=True, timeouts=Timeouts(connect=5, read=3, total=6),
    )  # fmt: skip
    trusted = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
    made = Ports()
    made.bind(Channel, "epuap", EpuapChannel(options, envelopes=envelopes))
    made.bind(Verifier, "default", XmlVerifier(frozenset({trusted})))
    return made


def effects(config: Config, database: Database, midway: Callable[[], None]) -> Effects:
    """What the worker can do; a control replaces the way of receiving."""
    blobs = FolderBlobStore(config.blobs)
    office = Office("Urząd Gminy", "Wrotkowo", "http://127.0.0.1", "secret")
    made: list[Effect[Any, Any]] = intake.effects(blobs, Settings(epuap_box=BOX))
    made += dispatch.effects(blobs, office, {"epuap": BOX})
    wrong = controls.DESIGNS.get(config.design)
    if wrong is not None:
        poll = wrong(database, blobs, midway)
        made = [effect for effect in made if effect.topic != poll.topic] + [poll]
    registry: Effects = Registry("effect")
    for effect in made:
        registry.register(effect.topic, effect)
    return registry


def die() -> None:
    """As a power cut would: nothing is flushed, nobody says goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


def work(config: Config, envelopes: Envelopes, target: Target) -> None:
    """Run a worker until killed."""

    def step(point: str, job: Job) -> None:
        if (job.topic, point) == (target.topic, target.point):
            die()

    def midway() -> None:
        if target.point == controls.MIDWAY:
            die()

    database = open_database(config.database)
    worker = Worker(
        database, effects(config, database, midway), ports(config, envelopes),
        Presence(config.folder / "workers"), lease=LEASE, grace=GRACE, step=step,
    )  # fmt: skip
    worker.run(HueyBell(), threading.Event())
