"""How much may be sent where, and by whom: told by the address before a byte is stored, and in words."""

from __future__ import annotations

from pathlib import Path

import pytest
import waitress
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from portal.app import create_app
from portal.commands import wire
from portal.core.settings import Settings
from portal.web import uploads

BULK, IMPORT = "/redakcja/strona/1/wgraj", "/redakcja/przenoszenie/import"


@pytest.mark.parametrize(
    ("path", "megabytes", "passed", "taken"),
    [(BULK, 24, "", True), (BULK, 26, "", False), (IMPORT, 400, "of a person", True),
     (IMPORT, 600, "of a person", False), (IMPORT, 26, "", False),
     (IMPORT, 26, "forged", False), (BULK, 26, "of a person", False)],
)  # fmt: skip
def test_an_address_takes_as_much_as_it_needs_from_whom_it_knows_and_says_when_it_is_too_much(
    tmp_path: Path, path: str, megabytes: int, passed: str, taken: bool
) -> None:
    settings = Settings(data_dir=tmp_path)
    app = create_app(settings)
    with app.test_request_context():
        text = uploads.large_pass(1)
    query = {"": "", "of a person": f"?przepustka={text}", "forged": f"?przepustka={text[:-3]}abc"}[passed]
    limit = Adjustments(max_request_body_size=settings.upload_limit_mb * wire.MEGABYTE)
    parser = wire.channel(app, settings).parser_class(limit)
    head = f"POST {path}{query} HTTP/1.1\r\nHost: a\r\nContent-Length: {megabytes * wire.MEGABYTE}\r\n\r\n"
    parser.received(head.encode())
    assert (parser.error is None) == taken
    if not taken:
        assert "Za duży plik" in parser.error.to_response()[2].decode()


def test_only_the_servers_of_this_program_are_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    app, known = create_app(settings), dict[int, object]()
    server = waitress.create_server(app, map=known, listen="127.0.0.1:0 127.0.0.1:0")
    wire.install(server, app, settings)
    classes = {getattr(one, "channel_class", None) for one in known.values()} - {None}
    server.close()
    assert len(classes) == 1
    assert HTTPChannel not in classes
    assert HTTPChannel.parser_class is HTTPRequestParser
