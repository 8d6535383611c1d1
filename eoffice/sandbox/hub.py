"""One running sandbox: its store, clock and keys, and the world it starts with."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from eoffice.sandbox import directory, identity
from eoffice.sandbox.clock import Clock
from eoffice.sandbox.journal import Journal
from eoffice.sandbox.keyring import Keyring
from eoffice.sandbox.store import Store

_WORLD = Path(__file__).with_name("default_world.json")


class Sandbox:
    """Everything the services share. Opening the same folder again finds the same state and keys."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir = data_dir
        self.store = Store(data_dir / "sandbox.sqlite3")
        self.clock = Clock(self.store)
        self.keys = Keyring(data_dir)
        self.journal = Journal()
        for own in ("answers", "seal", "ministry", "stranger"):
            getattr(self.keys, own)
        if not self.store.reading().execute("SELECT 1 FROM podmiot").fetchone():
            self._found()

    def reset(self) -> None:
        """Back to the first day: all state gone, the default world again, all keys kept."""
        with self.store.writing():
            self.store.clear()
            self.journal.clear()
            self._found()

    def close(self) -> None:
        """Close the files."""
        self.store.close()

    def register(self, podmiot: str, system: str) -> None:
        """Make sure the podmiot has a key on disk and register its certificate for the system.

        A person's certificate names the person the way qualified ones do (PESEL as ``PNOPL-``).
        """
        who = directory.podmiot(self.store, podmiot)
        person = {NameOID.GIVEN_NAME: who.short_name, NameOID.SURNAME: who.name}
        if who.pesel:
            person[NameOID.SERIAL_NUMBER] = f"PNOPL-{who.pesel}"
        own = self.keys.client(podmiot, who.full_name, person if who.kind == "F" else None)
        pem = own.certificate.public_bytes(Encoding.PEM).decode()
        directory.put_certificate(self.store, system, identity.fingerprint(own.certificate), pem)

    def _found(self) -> None:
        world = json.loads(_WORLD.read_text(encoding="utf-8"))
        with self.store.writing():
            for facts in world["podmioty"]:
                directory.put_podmiot(self.store, facts)
                directory.put_system(self.store, facts["system"], facts["id"], facts["acts_for"])
                self.register(facts["id"], facts["system"])
            for facts in world["boxes"]:
                directory.put_box(self.store, facts)
