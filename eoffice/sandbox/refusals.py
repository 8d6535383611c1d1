"""The three ways the sandbox says no, as ePUAP does: a fault with ``Wyjatek``, a security fault, HTTP 401."""

from __future__ import annotations

from eoffice.sandbox.texts import say


class Refusal(Exception):
    """A service will not do what was asked. ``code`` names the message; it becomes ``obi:Wyjatek``."""

    number = 2

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.message = say(code, **values)
        super().__init__(self.message)


class BadRequest(Refusal):
    """The message is not one this service understands (fault code Client)."""

    number = 1


class SecurityRefusal(Refusal):
    """WS-Security failed: a fault without detail. ``fault`` is a wsse fault code (WSS 1.0 section 12)."""

    def __init__(self, code: str, fault: str = "InvalidSecurity") -> None:
        self.fault = fault
        super().__init__(code)


class NotEntitled(Refusal):
    """The system has no right to act for that podmiot or to use that service: HTTP 401."""
