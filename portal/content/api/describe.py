"""Each route says here what it takes and gives; the OpenAPI 3.1 document is made of that and of nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from portal.content.api import schema
from portal.core.errors import Invalid
from portal.web import once
from portal.web.texts import known, message

_MARK = "__operation__"
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
_REF = "#/components/schemas/{model}"
JSON, PROBLEM = "application/json", "application/problem+json"

View = TypeVar("View", bound=Callable[..., Any])
Asked = TypeVar("Asked", bound=BaseModel)
Model = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Operation:
    """What one route does. ``answer`` ``None``: bytes of a file. ``writes``: a token with a scope is needed."""

    name: str
    answer: Model | None
    query: Model | None = None
    body: Model | None = None
    status: int = 200
    writes: bool = False
    matches: bool = False
    """Whether ``If-Match`` must say which state the caller saw."""
    media: str = JSON
    once: bool = False
    """Whether ``Idempotency-Key`` may say that it is asked for again."""


def operation(name: str, answer: Model | None, **facts: Any) -> Callable[[View], View]:
    """Describe a view. Its sentence is ``api.<name>`` in messages.json."""
    made = Operation(name, answer, **facts)

    def mark(view: View) -> View:
        setattr(view, _MARK, made)
        return view

    return mark


def operation_of(view: object) -> Operation | None:
    """What the view was described as."""
    return getattr(view, _MARK, None)


def routes(app: Flask) -> list[tuple[str, str, Operation]]:
    """Every described route: address, method in small letters, operation."""
    found = []
    for rule in app.url_map.iter_rules():
        known_as = operation_of(app.view_functions[rule.endpoint])
        if known_as is not None:
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found += [(rule.rule, method.lower(), known_as) for method in methods]
    return sorted(found, key=lambda row: (row[0], row[1]))


def asked(model: type[Asked]) -> Asked:
    """The query of this request, checked. Raises ``Invalid("api.bad_query")``."""
    return _checked(model, request.args.to_dict(), "api.bad_query")


def sent(model: type[Asked]) -> Asked:
    """The JSON body of this request, checked. Raises ``Invalid("api.bad_body")``."""
    given = request.get_json(force=True, silent=True)
    if not isinstance(given, dict):
        raise Invalid("api.no_json")
    return _checked(model, given, "api.bad_body")


def _checked(model: type[Asked], given: dict[str, Any], code: str) -> Asked:
    try:
        return model.model_validate(given)
    except ValidationError as wrong:
        raise Invalid(code, errors=[_problem(error) for error in wrong.errors(include_url=False)]) from wrong


def _problem(error: Any) -> dict[str, str]:
    code = f"api.wrong.{error['type']}"
    sentence = message(code if known(code) else "api.wrong", **{k: str(v) for k, v in error.get("ctx", {}).items()})
    return {"pointer": "/" + "/".join(str(part) for part in error["loc"]), "detail": sentence}


def document(base: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of this program."""
    paths: dict[str, dict[str, Any]] = {}
    found = routes(current_app)
    for rule, method, one in found:
        paths.setdefault(_ARGUMENT.sub(r"{\2}", rule), {})[method] = _described(rule, one)
    models = {model for _, _, one in found for model in (one.answer, one.body) if model} | {schema.Problem}
    _, definitions = models_json_schema([(model, _mode(model)) for model in sorted(models, key=lambda m: m.__name__)],
                                        ref_template=_REF)  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": message("api.title"), "version": "1.0.0", "description": message("api.about")},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": message("api.token")}},
        },
    }


def json_text(base: str) -> str:
    """``document`` as JSON."""
    return json.dumps(document(base), ensure_ascii=False)


def _mode(model: Model) -> Any:
    return "validation" if issubclass(model, schema.Given) else "serialization"


def _refused(rule: str, one: Operation) -> list[int]:
    """With which statuses the operation refuses, as programs should expect them."""
    found = [401, 429]
    found += [404] if "<" in rule else []
    found += [403, 409, 413, 422] if one.writes else []
    found += [422] if one.query and not one.writes else []
    return sorted(found + ([428] if one.matches else []))


def _refusal(code: str) -> dict[str, Any]:
    return {"description": message(code), "content": {PROBLEM: {"schema": _ref(schema.Problem)}}}


def _described(rule: str, one: Operation) -> dict[str, Any]:
    answer = _ref(one.answer) if one.answer else {}
    media = one.media if one.answer else "application/octet-stream"
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": message(f"api.{one.name}"),
        "parameters": [*_places(rule), *_arguments(one)],
        "responses": {
            str(one.status): {"description": message("api.answer"), "content": {media: {"schema": answer}}},
            **{str(status): _refusal(f"api.refusal.{status}") for status in _refused(rule, one)},
            "default": _refusal("api.refusal"),
        },
        "security": [{"token": []}] if one.writes else [{}, {"token": []}],
    }
    if one.body:
        kind = "multipart/form-data" if one.body is schema.Upload else JSON
        described["requestBody"] = {"required": True, "content": {kind: {"schema": _ref(one.body)}}}
    return described


def _ref(model: Model) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model.__name__)}


def _places(rule: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
        for kind, name in _ARGUMENT.findall(rule)
    ]


def _arguments(one: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if one.query:
        fields = one.query.model_json_schema()["properties"]
        found += [{"name": name, "in": "query", "required": False, "schema": field} for name, field in fields.items()]
    if one.matches:
        found.append(_header("If-Match", "api.if_match", required=True))
    if one.once:
        found.append(_header("Idempotency-Key", "api.once", required=False, maxLength=once.LONGEST))
    return found


def _header(name: str, about: str, *, required: bool, **schema: Any) -> dict[str, Any]:
    return {
        "name": name, "in": "header", "required": required, "description": message(about),
        "schema": {"type": "string", **schema},
    }  # fmt: skip
