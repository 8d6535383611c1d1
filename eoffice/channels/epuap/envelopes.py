"""Building SOAP requests with zeep from WSDLs that ship with the product.

zeep only writes here. It never sees a byte that came over the network: answers are parsed by
``portal.core.xml`` and believed only after ``verification``.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import zeep
from lxml import etree
from zeep.transports import Transport as ZeepTransport

WSDL_DIR: Final = Path(__file__).parent / "wsdl"


@dataclass(frozen=True, slots=True)
class Request:
    """An unsigned envelope and the HTTP headers its binding asks for."""

    envelope: etree._Element
    headers: Mapping[str, str]


class _FilesOnly(ZeepTransport):
    """A WSDL may include other files, never other hosts."""

    def _load_remote_data(self, url: str) -> bytes:
        raise ValueError(f"a WSDL asked for {url}")


def _client(wsdl: Path) -> Any:
    make: Any = zeep.Client
    transport: Any = _FilesOnly
    return make(str(wsdl), transport=transport())


class Envelopes:
    """One zeep client per service, made at first use and kept; a second ``wsdl_dir`` is for comparison."""

    def __init__(self, wsdl_dir: Path = WSDL_DIR) -> None:
        self._dir = wsdl_dir
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def build(self, service: str, operation: str, body: Mapping[str, object], headers: Mapping[str, object]) -> Request:
        """The envelope of one call. A header block whose value is ``None`` is left out.

        Raises ``ValueError`` when a value cannot stand in XML or breaks the schema.
        """
        client = self._client(service)
        arguments = dict(body)
        if headers:
            arguments["_soapheaders"] = {name: value for name, value in headers.items() if value is not None}
        try:
            envelope, http = client.service._binding._create(operation, (), arguments, client=client)
        except zeep.exceptions.ValidationError as cause:
            raise ValueError(str(cause)) from cause
        return Request(envelope, dict(http))

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                path = self._dir / f"{service}.wsdl"
                self._clients[service] = _client(path)
            return self._clients[service]


@cache
def shipped() -> Envelopes:
    """The envelopes of our own WSDLs, read once per process."""
    return Envelopes()
