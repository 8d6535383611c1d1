"""Composition: the only place, with ``portal.cli``, that knows everybody.

``build`` opens the database, the files and the ports; ``create_app`` puts the pages on top.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

import bip.views
import eoffice.citizen.views
import eoffice.desk.views
import eoffice.parties.facts
import forms.views
import portal.accounts.directory
import portal.accounts.views
import portal.content.api.views
import portal.content.views
import search.views
from bip import probing, reading, stamping
from bip.shelf import FolderShelf, Shelf
from portal import channels, models, searched, town
from portal.accounts import demo as demo_logins
from portal.content import outside, scanning
from portal.content.exchange import fetching
from portal.core import settings as settings_module
from portal.core.blobs import BlobStore, FolderBlobStore
from portal.core.db import Base, Database, engine_options, prepare
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.settings import Settings
from portal.core.worker import HueyBell, install_bell
from portal.keys import secret_key
from portal.web import health, setup
from portal.web.folders import TEMPLATES
from search import follow, upkeep

BLUEPRINTS = (
    portal.accounts.views.blueprint,
    portal.accounts.directory.blueprint,
    search.views.blueprint,
    forms.views.blueprint,
    eoffice.citizen.views.blueprint,
    eoffice.desk.views.blueprint,
    *portal.content.api.views.blueprints,
    bip.views.blueprint,
    portal.content.views.blueprint,
)
"""In the order of their claim on addresses: the tree of pages takes whatever nobody else asked for."""


KNOWN = (eoffice.parties.facts, searched)
"""What fills in forms beforehand and what can be found: importing these registers their sources."""


def create_app(settings: Settings | None = None) -> Flask:
    """The web program. Raises ``BadSettings``."""
    settings = settings or settings_module.load()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings = dataclasses.replace(settings, secret_key=secret_key(settings))
    app = Flask("portal", template_folder=str(TEMPLATES), static_folder=None)
    app.config["SECRET_KEY"] = settings.secret_key
    database = _database(app, settings)
    follow.install(database)
    scanning.install(database, settings)
    program = Program(settings, database, _blobs(settings), _ports(settings))
    setup.init(app, program)
    program.ports.bind_later(reading.Reader, "default", lambda: reading.OwnReader(app.wsgi_app))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.demo:
        demo_logins.install(app, town.logins())
    health.watch(app, lambda: upkeep.condition(program))
    install_bell(HueyBell(settings.data_dir / "worker"))
    return app


def _database(app: Flask, settings: Settings) -> Database:
    """Flask-SQLAlchemy owns the engines; sessions are opened by ``Database``, so that views never commit."""
    url, read_url = settings.database, settings.database_read_url or settings.database
    app.config["SQLALCHEMY_ENGINES"] = {}
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    app.config["SQLALCHEMY_BINDS"] = {"read": {"url": read_url, **engine_options(read_url)}}
    extension = SQLAlchemy(metadata=Base.metadata)
    extension.init_app(app)
    with app.app_context():
        write, read = extension.engines[None], extension.engines["read"]
    return Database(prepare(write, writing=True), prepare(read, writing=False))


def _blobs(settings: Settings) -> BlobStore:
    return FolderBlobStore(settings.data_dir / "documents")


def _ports(settings: Settings) -> Ports:
    ports = Ports()
    channels.bind(ports, settings)
    scanning.bind(ports, settings)
    hosts = [name.strip() for name in settings.import_hosts.split(",") if name.strip()]
    ports.bind_later(fetching.Fetching, "default", lambda: fetching.HttpFetching(hosts))
    ports.bind_later(outside.Prober, "default", outside.HttpProber)
    ports.bind_later(probing.Probe, "default", probing.HttpProbe)
    ports.bind_later(Shelf, "default", lambda: FolderShelf(Path(settings.bulletin_copies)))
    ports.bind_later(
        stamping.TimeStamper, "default",
        lambda: stamping.HttpTimeStamper(settings.timestamp_url, settings.timestamp_credentials),
    )  # fmt: skip
    return ports


__all__ = ["create_app", "models"]
