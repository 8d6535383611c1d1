"""Programs with tokens, and the document every answer is held against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from portal.accounts import tokens
from portal.content.api import views
from portal.core.actors import Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.conftest import People, add_person, people, site
from tests.content.web import make_app

__all__ = ["People", "add_person", "people", "site"]


def give_token(database: Database, person: Actor, *scopes: str, path: str = "/") -> str:
    """A token of ``person``, as it is said once."""
    with database.transaction() as session:
        return tokens.issue(session, person, name="próba", scopes=scopes, path=path, days=30).text


@dataclass
class Api:
    """A program's calls. Each answer is checked against the OpenAPI document."""

    client: FlaskClient
    document: dict[str, Any]
    token: str = ""

    def with_token(self, token: str) -> Api:
        return Api(self.client, self.document, token)

    def call(self, method: str, url: str, **given: Any) -> TestResponse:
        headers = dict(given.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = self.client.open(url, method=method, headers=headers, **given)
        self._check(method.lower(), answer)
        return answer

    def get(self, url: str, **given: Any) -> TestResponse:
        return self.call("GET", url, **given)

    def act(
        self, url: str, data: dict[str, Any] | None = None, *, etag: str = "", method: str = "POST"
    ) -> TestResponse:
        return self.call(method, url, json=data or {}, headers={"If-Match": etag} if etag else {})

    def _check(self, method: str, answer: TestResponse) -> None:
        if answer.status_code in (301, 304):
            return
        adapter = self.client.application.url_map.bind("localhost")
        try:
            rule, _ = adapter.match(answer.request.path, method=method.upper(), return_rule=True)
            address = views.describe._ARGUMENT.sub(r"{\2}", rule.rule)
        except Exception:  # noqa: BLE001 - an address of nobody is answered with a problem
            address = ""
        known = self.document["paths"].get(address, {}).get(method, {}).get("responses", {})
        described = known.get(str(answer.status_code)) or self.problem
        kind = answer.content_type.partition(";")[0]
        if kind in ("application/json", "application/problem+json"):
            schema = described["content"][kind]["schema"] | {"components": self.document["components"]}
            Draft202012Validator(schema).validate(answer.json)

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["paths"]["/api/v1/items"]["get"]["responses"]["default"]
        return found


@pytest.fixture
def app(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> Flask:
    return make_app(site, blobs, tmp_path)


@pytest.fixture
def api(app: Flask) -> Api:
    client = app.test_client()
    return Api(client, client.get("/api/v1/openapi.json").get_json(force=True))
