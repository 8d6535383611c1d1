"""One signed call: build, sign, send, look for a fault, verify, hand over the verified payload.

All that can go wrong is said here in the three words of ``portal.core.errors``, with one question deciding
between them: may the work have been done although we do not know it? For calls that must not be repeated
(``nadaj``, ``dorecz``) every answer we cannot believe is ``Uncertain``; for the others it is ``Temporary`` when
a later try may see another answer, and ``Permanent`` when an operator must look first. A broken or foreign
signature on a repeatable call is ``Permanent``: this attempt ends with a code the operator sees, nothing read
from the answer is used, and the next regular poll asks again by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, NoReturn

from lxml import etree

from eoffice.channels.epuap import faults, mtom, transport, verification, wsse
from eoffice.channels.epuap.envelopes import Envelopes, shipped
from eoffice.channels.epuap.options import EpuapOptions
from eoffice.channels.epuap.xmldsig import BadSignature
from portal.core import clock
from portal.core.errors import OutsideError, Permanent, Temporary, Uncertain
from portal.core.xml import UnsafeXml

log = logging.getLogger(__name__)

OK: Final = 200
_FORBIDDEN: Final = frozenset({401, 403})
_TRY_LATER: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Operation:
    """What is fixed about a call. ``answer`` is the tag of the only child of the answer's Body."""

    service: str
    name: str
    answer: str
    repeatable: bool = True
    files: bool = False
    """Whether the answer may be as large as a file rather than an ordinary answer."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it went over the wire, for the archive: offices need it to prove what they sent and got.

    ``response`` is empty when none came whole; ``outcome`` is ``ok`` or the code of the error. Personal data is
    inside both messages; keys are not.
    """

    operation: str
    url: str
    request: bytes = field(repr=False)
    response: bytes = field(repr=False)
    status: int
    started: datetime
    ended: datetime
    outcome: str


Recorder = Callable[[Exchange], None]


class SoapClient:
    """Calls operations of one office's account. Safe for several threads; keys are read at the first call."""

    def __init__(
        self,
        options: EpuapOptions,
        *,
        record: Recorder | None = None,
        envelopes: Envelopes | None = None,
        ids: wsse.Ids = wsse.random_id,
    ) -> None:
        self.options = options
        self._record = record
        self._envelopes = envelopes or shipped()
        self._ids = ids
        self._transport = transport.Transport(options.timeouts, options.ca_file)

    def close(self) -> None:
        """Let idle connections go."""
        self._transport.close()

    def call(
        self, operation: Operation, body: Mapping[str, object], headers: Mapping[str, object] | None = None
    ) -> etree._Element:
        """The verified payload of the answer. Raises ``Temporary``, ``Permanent`` or ``Uncertain``."""
        request, http_headers = self._request(operation, body, headers or {})
        started = clock.now()
        answer = transport.Answer(0, "", b"")
        outcome = "unexpected"
        try:
            answer = self._post(operation, request, http_headers)
            payload = self._payload(operation, answer)
        except OutsideError as error:
            outcome = error.code
            raise
        else:
            outcome = "ok"
            return payload
        finally:
            self._archive(operation, request, answer, started, outcome)

    @cached_property
    def identity(self) -> wsse.Identity:
        """The office's key and certificate. Raises ``Permanent`` until both files can be read."""
        try:
            return wsse.Identity.load(self.options.key_file, self.options.certificate_file)
        except (OSError, ValueError) as cause:
            raise Permanent(f"the office's key cannot be used: {cause}", code="epuap.key") from cause

    @cached_property
    def pinned(self) -> tuple[bytes, ...]:
        """The server's certificates as DER. Raises ``Permanent`` until all files can be read."""
        try:
            return tuple(verification.certificate_der(path.read_bytes()) for path in self.options.pinned)
        except (OSError, ValueError) as cause:
            raise Permanent(f"a pinned certificate cannot be read: {cause}", code="epuap.pinned") from cause

    def _request(
        self, operation: Operation, body: Mapping[str, object], headers: Mapping[str, object]
    ) -> tuple[bytes, dict[str, str]]:
        try:
            request = self._envelopes.build(operation.service, operation.name, body, headers)
        except ValueError as cause:
            raise Permanent(f"{operation.name}: a value cannot be sent in XML", code="epuap.request") from cause
        # Needed only for the answer, but a call whose answer could not be believed must not leave at all.
        _ = self.pinned
        return wsse.sign(request.envelope, self.identity, self._ids), dict(request.headers)

    def _post(self, operation: Operation, request: bytes, headers: dict[str, str]) -> transport.Answer:
        limits = self.options.limits
        headers |= {"Accept": "text/xml, multipart/related", "User-Agent": "Wrota"}
        try:
            return self._transport.post(
                self.options.url(operation.service),
                request,
                headers,
                limit=limits.file if operation.files else limits.answer,
                repeatable=operation.repeatable,
            )
        except transport.NotSent as cause:
            raise Temporary(f"{operation.name}: no connection ({cause})", code="epuap.connect") from cause
        except transport.AnswerTooLarge as cause:
            unbelievable(operation, "the answer is too large", "epuap.too_large", Permanent, cause)
        except transport.AnswerLost as cause:
            unbelievable(operation, f"no answer ({cause})", "epuap.lost", Temporary, cause)

    def _payload(self, operation: Operation, answer: transport.Answer) -> etree._Element:
        """Fault first, then HTTP status, then the signature, and only then a look at what was said."""
        if answer.status in _FORBIDDEN:
            raise Permanent(f"{operation.name}: this system has no right to it", code="epuap.unauthorized")
        tree = self._tree(operation, answer)
        fault = faults.find(tree) if tree is not None else None
        if fault is not None:
            _fault(operation, fault)
        if answer.status != OK or tree is None:
            _bad_status(operation, answer.status)
        try:
            body = verification.verified_body(tree, self.pinned)
        except BadSignature as cause:
            reason = f"the answer's signature is not ePUAP's ({cause.code})"
            unbelievable(operation, reason, f"epuap.signature.{cause.code}", Permanent, cause)
        if [child.tag for child in body] != [operation.answer]:
            unbelievable(operation, "another answer than asked for", "epuap.answer", Permanent)
        return body[0]

    def _tree(self, operation: Operation, answer: transport.Answer) -> etree._ElementTree | None:
        """The parsed answer; ``None`` when it is no XML but its HTTP status says enough."""
        try:
            return mtom.parse(answer.content_type, answer.body, max_envelope=self.options.limits.answer)
        except (UnsafeXml, mtom.BadMultipart) as cause:
            if answer.status != OK:
                return None
            # An error page of something in between is likelier than an attack, and it goes away.
            hostile = isinstance(cause, UnsafeXml) and cause.reason in {"doctype", "too_large"}
            kind = Permanent if hostile else Temporary
            unbelievable(operation, f"the answer cannot be read ({cause})", "epuap.malformed", kind, cause)

    def _archive(
        self, operation: Operation, request: bytes, answer: transport.Answer, started: datetime, outcome: str
    ) -> None:
        if self._record is None:
            return
        exchange = Exchange(
            operation=operation.name,
            url=self.options.url(operation.service),
            request=request,
            response=answer.body,
            status=answer.status,
            started=started,
            ended=clock.now(),
            outcome=outcome,
        )
        try:
            self._record(exchange)
        except Exception:
            # The call is over and cannot be undone: a full archive must not turn its result into an error.
            log.exception("the exchange %s could not be recorded", operation.name)


def unbelievable(
    operation: Operation, reason: str, code: str, otherwise: type[OutsideError], cause: Exception | None = None
) -> NoReturn:
    """The request went out and we cannot tell from the answer what came of it."""
    kind = otherwise if operation.repeatable else Uncertain
    raise kind(f"{operation.name}: {reason}", code=code) from cause


def _fault(operation: Operation, fault: faults.Fault) -> NoReturn:
    code = f"epuap.fault.{fault.number}" if fault.number else "epuap.fault"
    reason = f"{operation.name}: {fault.text or 'refused without a reason'}"
    if fault.refused:
        raise Permanent(reason, code=code)
    raise (Temporary if operation.repeatable else Uncertain)(reason, code=code)


def _bad_status(operation: Operation, status: int) -> NoReturn:
    """4xx means not done; 5xx and what should not happen at all mean nobody knows."""
    code = f"epuap.http.{status}"
    reason = f"{operation.name}: HTTP status {status}"
    if status in _TRY_LATER:
        raise Temporary(reason, code=code)
    if 400 <= status < 500:
        raise Permanent(reason, code=code)
    if 300 <= status < 400:
        unbelievable(operation, f"redirected (HTTP status {status}), which is not followed", code, Permanent)
    unbelievable(operation, f"HTTP status {status}", code, Temporary)
