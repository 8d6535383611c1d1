"""What can go wrong, in the product's own words.

Two families. A ``DomainError`` is a refusal that a person can understand and act upon: its text is
shown to them. An ``OutsideError`` says how another system failed us: the adapter decides whether trying
again may help (``Temporary``) or not (``Permanent``), and nobody above guesses.
"""

from __future__ import annotations


class DomainError(Exception):
    """A business refusal. ``code`` names a sentence in the translation files; ``details`` fill it in.

    Actions raise it without knowing who will read it: the web shows the sentence, the API the code.
    """

    code = "domain.refused"

    def __init__(self, code: str | None = None, **details: object) -> None:
        self.code = code or type(self).code
        self.details = details
        super().__init__(self.code, details)


class Forbidden(DomainError):
    """The actor may not do this here."""

    code = "domain.forbidden"


class NotFound(DomainError):
    """There is no such thing, or the actor may not know that there is."""

    code = "domain.not_found"


class Conflict(DomainError):
    """Somebody else was first, or the state does not allow it any more."""

    code = "domain.conflict"


class Invalid(DomainError):
    """What was given cannot be accepted; ``details`` may map field names to codes."""

    code = "domain.invalid"


class OutsideError(Exception):
    """Another system failed us. ``reason`` is for operators and holds no personal data."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        self.reason = reason
        self.code = code
        super().__init__(reason)


class Temporary(OutsideError):
    """Trying again later may help: no connection, a timeout, a server that is restarting."""


class Permanent(OutsideError):
    """Trying the same again will not help: refused, not allowed, malformed."""


class Uncertain(OutsideError):
    """The call left and its answer never came: it may or may not have been done.

    Only for calls that must not be repeated blindly (ARCHITECTURE, the outbox, rule 5).
    """
