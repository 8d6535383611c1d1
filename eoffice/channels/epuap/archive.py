"""The archive of exchanges: what was sent to ePUAP and what came back, kept as evidence.

Senders distrust status displays, and an office must be able to show when a letter left and what was answered.
One line per call goes into the file of its day (UTC); the messages lie beside it under their SHA-256. A look into
a queue that was empty is not written: there are forty thousand a day and they prove nothing.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Final

from eoffice.channels.epuap.soap import Exchange
from portal.core.blobs import FolderBlobStore

_LOOKS: Final = frozenset({"oczekujaceDokumenty", "pobierzNastepny"})
_DOCUMENT: Final = b"zawartosc"
_OWNER_ONLY: Final = 0o600


class ExchangeArchive:
    """A ``Recorder`` writing into ``folder``; safe for threads and for several processes on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._messages = FolderBlobStore(folder / "messages")
        self._lock = threading.Lock()
        folder.chmod(0o700)

    def __call__(self, exchange: Exchange) -> None:
        """Keep ``exchange``: messages first, line second, so that a line never names what is not there."""
        if _is_empty_look(exchange):
            return
        line = {
            "operation": exchange.operation,
            "url": exchange.url,
            "started": exchange.started.isoformat(),
            "ended": exchange.ended.isoformat(),
            "status": exchange.status,
            "outcome": exchange.outcome,
            "request": self._messages.put(exchange.request),
            "response": self._messages.put(exchange.response) if exchange.response else "",
        }
        self._append(self._folder / f"{exchange.started:%Y-%m-%d}.jsonl", json.dumps(line).encode() + b"\n")

    def _append(self, path: Path, line: bytes) -> None:
        with self._lock:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
            try:
                os.write(handle, line)
                os.fsync(handle)
            finally:
                os.close(handle)


def _is_empty_look(exchange: Exchange) -> bool:
    return exchange.outcome == "ok" and exchange.operation in _LOOKS and _DOCUMENT not in exchange.response
