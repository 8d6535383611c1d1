"""Installs everything of this package into a Flask program."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import flask.templating
from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from werkzeug.local import LocalProxy

from portal.core.program import Program
from portal.core.settings import Settings
from portal.web import (
    assets,
    context,
    errors,
    formats,
    fragments,
    gate,
    health,
    logs,
    navigation,
    once,
    packed,
    phrases,
    redirects,
    rights,
    scheme,
    security,
    texts,
    views,
    widgets,
)

_CENTRAL = (
    navigation.Entry("home", url="/", order=10),
    navigation.Entry("forms", url="/formularze/", order=70),
    navigation.Entry("mine", url="/moje/", order=80),
    navigation.Entry("follow", url="/sprawa", order=90),
)


class Environment(flask.templating.Environment):
    """Flask's own, but a template shares the program's globals as they are, instead of a chain of dictionaries
    looked through anew for every page, include and import. Nobody here gives one template globals of its own."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def _person() -> Any:
    return current_user if current_user and current_user.is_authenticated else None


person = LocalProxy(_person)
"""The logged-in user, asked for only when a page shows them: error pages touch no database."""


def _site(settings: Settings) -> dict[str, object]:
    return {
        "town": settings.town_name,
        "office": settings.office_name,
        "place": settings.town_place,
        "url": settings.public_url,
        "demo": settings.demo,
    }


def _of_the_request() -> dict[str, Any]:
    here = redirects.here()
    return {"scheme": scheme.chosen(), "here": here, "login_at": redirects.login(here), "person": person}


def _templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        site=_site(settings),
        asset=assets.asset,
        icon=assets.icon,
        message=texts.message,
        event_text=texts.event_text,
        may=rights.may,
        menu=navigation.menu,
        once_field=once.field,
        t=phrases.t,
        spoken=phrases.spoken,
        in_language=phrases.in_language,
    )
    app.jinja_env.filters["spoken_address"] = phrases.address
    app.context_processor(_of_the_request)


def init(app: Flask, program: Program) -> None:
    """Install extensions, filters, error pages, headers, rights and the common views.

    Call it on a program with ``folders.TEMPLATES`` and a secret key, before any blueprint is registered.
    Without the blueprint of ``portal.accounts`` only public pages are served. Raises ``BadSettings``.
    """
    settings = program.settings
    texts.installed()
    app.jinja_environment = Environment
    gate.install(app)
    security.configure(app, settings)
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 24 * 3600
    app.extensions[context.EXTENSION] = program
    Bootstrap5(app)
    packed.install(app)
    logs.init(app)
    health.init(app, program.database)
    errors.init(app)
    rights.init(app)
    security.init(app, settings)
    formats.init(app)
    fragments.install(app)
    widgets.init(app)
    _templates(app, settings)
    navigation.add(app, "portal", *_CENTRAL)
    app.register_blueprint(views.blueprint)
