"""How much may be sent where: told by the address before a byte is stored, and in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel

from portal.app import create_app
from portal.commands import wire
from portal.core.settings import Settings


@pytest.mark.parametrize(
    ("path", "megabytes", "taken"),
    [("/redakcja/strona/1/wgraj", 24, True), ("/redakcja/strona/1/wgraj", 26, False),
     ("/redakcja/przenoszenie/import", 400, True), ("/redakcja/przenoszenie/import", 600, False)],
)  # fmt: skip
def test_an_address_takes_as_much_as_it_needs_and_says_when_it_is_too_much(
    tmp_path: Path, path: str, megabytes: int, taken: bool
) -> None:
    settings = Settings(data_dir=tmp_path)
    wire.install(create_app(settings), settings)
    parser = HTTPChannel.parser_class(Adjustments(max_request_body_size=settings.upload_limit_mb * wire.MEGABYTE))
    parser.received(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {megabytes * wire.MEGABYTE}\r\n\r\n".encode())
    assert (parser.error is None) == taken
    if not taken:
        assert "Za duży plik" in parser.error.to_response()[2].decode()
