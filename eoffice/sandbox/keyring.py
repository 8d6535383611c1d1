"""The server's own keys: answers, receipts, Profil Zaufany, and every simulated person's key."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from eoffice.sandbox import identity
from eoffice.sandbox.identity import Identity, Subject

_ANSWERS = "ePUAP-SANDBOX-WS-Sign"


class Keyring:
    """All identities below the data folder, loaded at first use and kept."""

    def __init__(self, data_dir: Path) -> None:
        self._server = data_dir / "server"
        self._clients = data_dir / "clients"
        self._lock = threading.Lock()
        self._loaded: dict[str, Identity] = {}

    @property
    def answers(self) -> Identity:
        """Signs the SOAP answers (``server/cert.pem``)."""
        return self._get("", _ANSWERS)

    @property
    def seal(self) -> Identity:
        """ePUAP's seal on receipts of submission (``server/seal-cert.pem``)."""
        return self._get("seal", "ePUAP-SANDBOX-Pieczec")

    @property
    def ministry(self) -> Identity:
        """The seal of the simulated Profil Zaufany (``server/pz-cert.pem``)."""
        return self._get("pz", "PZ-SANDBOX-Minister")

    @property
    def stranger(self) -> Identity:
        """A key nobody trusts, for answers that must be refused."""
        return self._get("stranger", "Nobody")

    def client(self, podmiot: str, common_name: str = "", more: Subject | None = None) -> Identity:
        """A podmiot's own key (``clients/<podmiot>/``), made if missing. Raises ``ValueError`` on a bad name."""
        if not podmiot.isalnum():
            raise ValueError("podmiot")
        with self._lock:
            known = self._loaded.get(f"client/{podmiot}")
            if known is None:
                known = identity.ensure(self._clients / podmiot, "", common_name or podmiot, with_p12=True, more=more)
                self._loaded[f"client/{podmiot}"] = known
            return known

    def rotate(self) -> Identity:
        """Replace the key and certificate of answers; the old certificate stays as ``previous-cert.pem``."""
        with self._lock:
            shutil.copyfile(self._server / "cert.pem", self._server / "previous-cert.pem")
            for name in ("key.pem", "cert.pem"):
                (self._server / name).unlink()
            fresh = identity.ensure(self._server, "", _ANSWERS)
            self._loaded["server/"] = fresh
            return fresh

    def _get(self, stem: str, common_name: str) -> Identity:
        with self._lock:
            known = self._loaded.get(f"server/{stem}")
            if known is None:
                known = identity.ensure(self._server, stem, common_name)
                self._loaded[f"server/{stem}"] = known
            return known
