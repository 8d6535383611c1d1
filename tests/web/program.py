"""A small program: everything of ``portal.web`` and ``portal.accounts``, and a few pages to meet errors on."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from flask import Blueprint, Flask, abort, jsonify, render_template, render_template_string, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, DecimalField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

import portal.accounts.views
from portal.accounts import actions
from portal.accounts.models import User
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, Temporary
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web import setup
from portal.web.folders import TEMPLATES
from portal.web.forms import Form
from portal.web.rights import right

PASSWORD = "kasztan-rower-lampa-7"
_PAGE = '{% extends "LAYOUT" %}{% block title %}Start{% endblock %}{% block content %}<h1>Start</h1>{% endblock %}'
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ERRORS = {
    "forbidden": Forbidden(), "not-found": NotFound(), "conflict": Conflict(), "invalid": Invalid(),
    "outside": Temporary("away"),
}  # fmt: skip


class Everything(Form):
    """One field of each kind, some of them wrong."""

    title = StringField(validators=[DataRequired("Wpisz tytuł pisma.")])
    amount = DecimalField(validators=[Optional()])
    text = TextAreaField()
    department = SelectField(choices={"": "Wybierz", "OR": "Wydział Organizacyjny"})
    delivery = RadioField(
        choices={"epuap": "przez ePUAP", "post": "pocztą"}, validators=[DataRequired("Wybierz sposób.")]
    )
    agreed = BooleanField(validators=[DataRequired("Zaznacz zgodę.")])
    file = FileField()


def _pages() -> Blueprint:
    pages = Blueprint("pages", __name__, template_folder="pages")

    @pages.get("/czesci/<layout>")
    @right("public")
    def parts(layout: str) -> str:
        form = Everything(data={"text": "Proszę o zaświadczenie."})
        form.validate()
        return render_template("parts.html", layout=f"{layout}.html", form=form, now=clock.now())

    @pages.get("/")
    @right("public")
    def home() -> str:
        return render_template_string(_PAGE.replace("LAYOUT", "layout.html"))

    @pages.get("/szczera/<kind>")
    @right("public")
    def failing(kind: str) -> str:
        raise ERRORS[kind]

    @pages.get("/zepsuta")
    @right("public")
    def broken() -> str:
        raise RuntimeError("PESEL 44051401359 was typed")

    @pages.get("/kod/<int:status>")
    @right("public")
    def status(status: int) -> str:
        abort(status)

    @pages.get("/api/kod/<int:status>")
    @right("public")
    def api_status(status: int) -> str:
        abort(status)

    @pages.get("/moje/")
    @right("citizen")
    def mine() -> str:
        return "mine"

    @pages.route("/biuro/", methods=["GET", "POST"])
    @right("desk.view", path="/biuro", below=True)
    def desk() -> str:
        return render_template_string(_PAGE.replace("LAYOUT", "layout_desk.html"))

    @pages.get("/biuro/<symbol>/")
    @right("desk.view", path=lambda arguments: f"/biuro/{arguments['symbol']}")
    def department(symbol: str) -> str:
        return symbol

    @pages.get("/zapomniana")
    def silent() -> str:
        return "nobody said who may read this"

    @pages.post("/echo")
    @right("public")
    def echo() -> ResponseReturnValue:
        return jsonify(request.form.to_dict())

    return pages


def make_app(database: Database, folder: Path, **settings: object) -> Flask:
    """The program on ``database``; ``settings`` replace the defaults."""
    chosen = dataclasses.replace(Settings(data_dir=folder, secret_key="k" * 32), **settings)  # type: ignore[arg-type]
    app = Flask("portal", template_folder=str(TEMPLATES), static_folder=None)
    setup.init(app, Program(chosen, database, FolderBlobStore(folder / "blobs"), Ports()))
    app.register_blueprint(portal.accounts.views.blueprint)
    app.register_blueprint(_pages())
    return app


def add_user(database: Database, login: str, kind: str = "citizen", **grants: str) -> User:
    """A person with our password; ``grants`` are role=path."""
    with database.transaction() as session:
        user = actions.create_user(session, SYSTEM, login=login, name=login.title(), kind=kind, password=PASSWORD)
        for role, path in grants.items():
            actions.grant(session, SYSTEM, path=path, principal=f"user:{user.id}", role=role)
    return user


def token(client: FlaskClient, path: str = "/logowanie") -> str:
    """A CSRF token of the client's session."""
    found = TOKEN.search(client.get(path).text)
    assert found is not None
    return found[1]


def log_in(client: FlaskClient, login: str, password: str = PASSWORD, **more: str) -> int:
    """Log in as a browser would; the status of the answer."""
    data = {"csrf_token": token(client), "login": login, "password": password, **more}
    return client.post("/logowanie", data=data).status_code
