"""Who exists: podmioty, the systems acting for them, and their boxes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from eoffice.sandbox.refusals import Refusal
from eoffice.sandbox.store import Store

ROLES: Final = ("skrytka", "doreczyciel", "pull", "obslugaUpp", "ZarzadzanieDokumentami", "FileRepo", "tpSigning5")
UPP_MODES: Final = ("answer", "queue", "never")
COLLECT_MODES: Final = ("auto", "hand", "self", "never")
"""How a recipient collects: by itself after a delay, on the web page, by its own ``odbierz``, or never."""


@dataclass(frozen=True, slots=True)
class Podmiot:
    """A person (kind F) or an organisation (kind P)."""

    id: str
    kind: str
    short_name: str
    name: str
    nip: str | None
    pesel: str | None
    regon: str | None
    consent: bool

    @property
    def full_name(self) -> str:
        """As receipts and pages call it."""
        return f"{self.short_name} {self.name}" if self.kind == "F" else self.name


@dataclass(frozen=True, slots=True)
class System:
    """A registered IT system: whose it is, for whom it may act, which services it may call."""

    name: str
    podmiot: str
    acts_for: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Box:
    """A box and its settings, as the podmiot's administrator made them."""

    address: str
    name: str
    podmiot: str
    upp: str
    signature_required: bool
    templates: frozenset[str]
    collect: str
    collect_after_ms: int


def podmiot(store: Store, identifier: str) -> Podmiot:
    """Raises ``Refusal`` when there is none."""
    row = store.reading().execute("SELECT * FROM podmiot WHERE id = ?", (identifier,)).fetchone()
    if row is None:
        raise Refusal("unknown_podmiot", podmiot=identifier)
    return _podmiot(row)


def podmioty(store: Store) -> list[Podmiot]:
    """All of them, organisations first."""
    rows = store.reading().execute("SELECT * FROM podmiot ORDER BY kind DESC, rowid")
    return [_podmiot(row) for row in rows]


def system_of(store: Store, fingerprint: str) -> System | None:
    """The system a certificate is registered for."""
    row = (
        store.reading()
        .execute(
            "SELECT s.* FROM system s JOIN certificate c ON c.system = s.name WHERE c.fingerprint = ?", (fingerprint,)
        )
        .fetchone()
    )
    if row is None:
        return None
    return System(
        row["name"], row["podmiot"], frozenset(json.loads(row["acts_for"])), frozenset(json.loads(row["roles"]))
    )


def box(store: Store, address: str) -> Box:
    """Raises ``Refusal`` when there is none at that address."""
    row = store.reading().execute("SELECT * FROM box WHERE address = ?", (address,)).fetchone()
    if row is None:
        raise Refusal("unknown_box", address=address)
    return _box(row)


def boxes(store: Store) -> list[Box]:
    """All boxes in the order they were made."""
    return [_box(row) for row in store.reading().execute("SELECT * FROM box ORDER BY rowid")]


def put_podmiot(store: Store, facts: dict[str, Any]) -> None:
    """Add or change a podmiot; ``facts`` are its columns. Raises ``ValueError`` for a wrong kind."""
    if facts.get("kind") not in {"P", "F"}:
        raise ValueError("kind")
    values = {name: facts.get(name) for name in ("id", "kind", "short_name", "name", "nip", "pesel", "regon")}
    if not all(isinstance(values[name], str) and values[name] for name in ("id", "short_name", "name")):
        raise ValueError("id, short_name, name")
    with store.writing() as db:
        db.execute(
            "INSERT INTO podmiot (id, kind, short_name, name, nip, pesel, regon)"
            " VALUES (:id, :kind, :short_name, :name, :nip, :pesel, :regon) ON CONFLICT (id) DO UPDATE SET"
            " kind = :kind, short_name = :short_name, name = :name, nip = :nip, pesel = :pesel, regon = :regon",
            values,
        )


def put_system(store: Store, name: str, podmiot_id: str, acts_for: list[str], roles: list[str] | None = None) -> None:
    """Add or change a system. Raises ``ValueError`` for an unknown role."""
    granted = list(ROLES if roles is None else roles)
    if not name or not set(granted) <= set(ROLES):
        raise ValueError("roles")
    with store.writing() as db:
        db.execute(
            "INSERT INTO system (name, podmiot, acts_for, roles) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT (name) DO UPDATE SET podmiot = ?2, acts_for = ?3, roles = ?4",
            (name, podmiot_id, json.dumps(acts_for), json.dumps(granted)),
        )


def put_certificate(store: Store, system: str, fingerprint: str, pem: str) -> None:
    """Register a certificate for a system (moving it, if it was another's)."""
    with store.writing() as db:
        db.execute(
            "INSERT INTO certificate (fingerprint, system, pem) VALUES (?1, ?2, ?3)"
            " ON CONFLICT (fingerprint) DO UPDATE SET system = ?2",
            (fingerprint, system, pem),
        )


def put_box(store: Store, facts: dict[str, Any]) -> None:
    """Add a box or change its settings; what ``facts`` leaves out stays. Raises ``ValueError``."""
    row = store.reading().execute("SELECT * FROM box WHERE address = ?", (facts["address"],)).fetchone()
    values = {**_BOX_DEFAULTS, **(dict(row) if row else {}), **facts}
    if isinstance(values["templates"], list):
        values["templates"] = json.dumps(values["templates"])
    if values["upp"] not in UPP_MODES or values["collect"] not in COLLECT_MODES:
        raise ValueError("upp, collect")
    if values["address"].count("/") != 2 or not values["address"].startswith("/"):
        raise ValueError("address")
    with store.writing() as db:
        db.execute(
            "INSERT INTO box (address, name, podmiot, upp, signature_required, templates, collect,"
            " collect_after_ms) VALUES (:address, :name, :podmiot, :upp, :signature_required, :templates,"
            " :collect, :collect_after_ms) ON CONFLICT (address) DO UPDATE SET name = :name,"
            " podmiot = :podmiot, upp = :upp, signature_required = :signature_required,"
            " templates = :templates, collect = :collect, collect_after_ms = :collect_after_ms",
            values,
        )


_BOX_DEFAULTS: dict[str, Any] = {
    "upp": "answer",
    "signature_required": 0,
    "templates": "[]",
    "collect": "auto",
    "collect_after_ms": 1000,
}


def _podmiot(row: sqlite3.Row) -> Podmiot:
    return Podmiot(
        row["id"],
        row["kind"],
        row["short_name"],
        row["name"],
        row["nip"],
        row["pesel"],
        row["regon"],
        bool(row["consent"]),
    )


def _box(row: sqlite3.Row) -> Box:
    return Box(
        row["address"],
        row["name"],
        row["podmiot"],
        row["upp"],
        bool(row["signature_required"]),
        frozenset(json.loads(row["templates"])),
        row["collect"],
        row["collect_after_ms"],
    )
