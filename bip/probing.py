"""The port Probe: does a public address show the version that should stand? And the recurring job that asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import requests

OTHER_VERSION = "other_version"
TIMEOUT_SECONDS = 15
_LONGEST = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should stand: the item, its path, the mark of its version (``data-version`` on its page)."""

    item_id: int
    path: str
    mark: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found; ``failure`` is empty, an HTTP status, ``other_version``, ``timeout`` or ``unreachable``."""

    wanted: Wanted
    failure: str


class Probe(Protocol):
    """Looks at the site as any visitor does."""

    def look(self, address: str, mark: str) -> str:
        """Empty when ``address`` shows the version ``mark``, else the code of what went wrong; never raises."""


class HttpProbe:
    """By HTTP GET, without cookies, with a time limit."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        self._timeout = timeout

    def look(self, address: str, mark: str) -> str:
        headers = {"User-Agent": "Wrota-BIP", "Cache-Control": "no-cache", "DNT": "1"}
        try:
            with requests.get(address, headers=headers, timeout=self._timeout, stream=True) as answer:
                if answer.status_code != requests.codes.ok:
                    return str(answer.status_code)
                body = answer.raw.read(_LONGEST, decode_content=True)
        except requests.Timeout:
            return "timeout"
        except (requests.RequestException, OSError):
            return "unreachable"
        return "" if f'data-version="{mark}"'.encode() in body else OTHER_VERSION
