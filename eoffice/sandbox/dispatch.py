"""From the bytes of a request to the bytes of the answer: parse, authenticate, do, sign, misbehave."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from eoffice.sandbox import directory, envelope, forgeries, misbehaviour, wss
from eoffice.sandbox.call import Call, Operation
from eoffice.sandbox.directory import System
from eoffice.sandbox.envelope import Envelope
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.misbehaviour import Rule
from eoffice.sandbox.names import OBI
from eoffice.sandbox.refusals import BadRequest, NotEntitled, Refusal

logger = logging.getLogger(__name__)

XML_TYPE = "text/xml; charset=utf-8"
_PAUSE = threading.Event()
"""Never set: waiting on it is how a late answer is late."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: ``cut`` is ``lose`` or ``half`` when the connection must break."""

    status: int
    body: bytes
    type: str = XML_TYPE
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """The operations on one address, by the qualified name of the element in the Body."""

    operations: Mapping[str, Operation]
    wsdl: str
    fault_namespace: str = OBI


def handle(sandbox: Sandbox, service: Service, data: bytes, base_url: str) -> Reply:
    """Answer one request. Only programming errors get out of it as exceptions."""
    operation, system = "?", None
    try:
        request = envelope.read(data)
        found = _operation(service, request)
        operation = found.name
        rules = misbehaviour.take(sandbox.store, operation)
        early = _instead(rules)
        if early is not None:
            return early
        system = _admit(sandbox, request, found)
        reply = _perform(sandbox, request, found, system, rules, base_url)
    except NotEntitled as refusal:
        _note(sandbox, operation, system, refusal.code)
        return Reply(401, refusal.message.encode(), "text/plain; charset=utf-8")
    except Refusal as refusal:
        _note(sandbox, operation, system, refusal.code)
        return Reply(500, envelope.fault(refusal, service.fault_namespace))
    return reply


def _operation(service: Service, request: Envelope) -> Operation:
    try:
        return service.operations[request.payload.tag]
    except KeyError as cause:
        raise BadRequest("unknown_operation", name=etree.QName(request.payload).localname) from cause


def _instead(rules: list[Rule]) -> Reply | None:
    """A misbehaviour that takes the place of the work."""
    for rule in rules:
        if rule.kind == "drop":
            return Reply(200, b"", cut="lose")
        if rule.kind == "status":
            return Reply(int(rule.params.get("code", 503)), b"Service Unavailable", "text/plain")
        if rule.kind == "fault":
            return Reply(500, envelope.simulated_fault(rule.params.get("message")))
    return None


def _admit(sandbox: Sandbox, request: Envelope, operation: Operation) -> System:
    def lookup(fingerprint: str) -> System | None:
        return directory.system_of(sandbox.store, fingerprint)

    system = wss.authenticate(request.header, request.body, lookup, datetime.now(UTC))
    if operation.role not in system.roles:
        raise NotEntitled("no_role", service=operation.role)
    return system


def _perform(
    sandbox: Sandbox, request: Envelope, operation: Operation, system: System, rules: list[Rule], base_url: str
) -> Reply:
    kinds = {rule.kind: rule.params for rule in rules}
    payload = operation.handler(Call(sandbox, request, system, frozenset(kinds), base_url))
    _note(sandbox, operation.name, system, "ok")
    if "rotate" in kinds:
        sandbox.keys.rotate()
    if "late" in kinds:
        _PAUSE.wait(int(kinds["late"].get("ms", 1000)) / 1000)
    if "fault_after" in kinds:
        return Reply(500, envelope.simulated_fault(kinds["fault_after"].get("message")))
    body, content_type = forgeries.answer(sandbox.keys, payload, kinds)
    return Reply(200, body, content_type or XML_TYPE, next((cut for cut in ("lose", "half") if cut in kinds), ""))


def _note(sandbox: Sandbox, operation: str, system: System | None, outcome: str) -> None:
    """Keep what was asked and what came of it."""
    name = system.name if system else None
    sandbox.journal.write(sandbox.clock.now(), operation, name, outcome)
    logger.info("%s by %s: %s", operation, name, outcome)
