"""The HTTP server: the services on ePUAP's own paths, their WSDLs, the control interface, the page."""

from __future__ import annotations

import json
import logging
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from flask import Flask, Response, abort, request
from waitress import wasyncore
from waitress.channel import ClientDisconnected
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

from eoffice.sandbox import dispatch, envelope, wsdl
from eoffice.sandbox.api import api
from eoffice.sandbox.catalogue import SERVICES
from eoffice.sandbox.dispatch import Reply, Service
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.pages import page
from eoffice.sandbox.pz import pz
from eoffice.sandbox.refusals import BadRequest
from eoffice.sandbox.texts import say
from eoffice.sandbox.web import web
from eoffice.sandbox.xml import MESSAGE_BYTES

_THREADS = 8
_HTTP_BYTES = 64 * 1024 * 1024
"""What waitress takes in at most; the services' own, smaller limit is answered with a fault."""

logger = logging.getLogger(__name__)


def create_app(data_dir: Path) -> Flask:
    """The WSGI application over the state in ``data_dir`` (made when missing).

    ``app.extensions["sandbox"]`` is its ``hub.Sandbox``; close it when done.
    """
    app = Flask(__name__, static_folder=None)
    sandbox = Sandbox(Path(data_dir))
    app.extensions["sandbox"] = sandbox
    for path, service in SERVICES.items():
        _mount(app, sandbox, path, service)
    for blueprint in (api, web, pz):
        app.register_blueprint(blueprint)
    for status in (400, 403, 404, 405, 413, 500):
        app.register_error_handler(status, _error_page)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    return app


def _error_page(error: HTTPException) -> Response:
    """A sentence for people; the details of a broken program go to the log only."""
    code = error.code or 500
    if request.path.startswith("/sandbox/api"):
        return Response(json.dumps({"error": error.name}), code, mimetype="application/json")
    return page("error", status=code, message=say(f"http_{code}"))


def _mount(app: Flask, sandbox: Sandbox, path: str, service: Service) -> None:
    """The service itself by POST; by GET its description, at all the addresses clients know for it."""

    def endpoint() -> Response:
        return _respond(_handle(sandbox, service))

    def description(name: str = service.wsdl) -> Response:
        if name not in wsdl.FILES:
            abort(404)
        content = wsdl.read(name, request.host_url.rstrip("/") + path)
        return Response(content, content_type=dispatch.XML_TYPE)

    app.add_url_rule(path, path, endpoint, methods=["POST"])
    app.add_url_rule(path, f"{path}?wsdl", description, methods=["GET"])
    for folder in ("/wsdl/", "/WEB-INF/wsdl/"):
        app.add_url_rule(f"{path}{folder}<name>", f"{path}{folder}", description, methods=["GET"])


def _handle(sandbox: Sandbox, service: Service) -> Reply:
    """Refuse by size and type before reading, then hand the bytes over."""
    code = ""
    if (request.content_length or 0) > MESSAGE_BYTES:
        code = "too_large"
    elif request.mimetype not in {"text/xml", "application/soap+xml"} or request.content_encoding:
        code = "content_type"
    if code:
        return Reply(500, envelope.fault(BadRequest(code), service.fault_namespace))
    return dispatch.handle(sandbox, service, request.get_data(), request.host_url)


def _respond(reply: Reply) -> Response:
    if reply.cut:
        body = reply.body[: len(reply.body) // 2] if reply.cut == "half" else b""
        response = Response(_broken_off(body), reply.status, content_type=reply.type)
        response.content_length = len(reply.body) or 1
        return response
    return Response(reply.body, reply.status, content_type=reply.type)


def _broken_off(body: bytes) -> Iterator[bytes]:
    """Give ``body`` (perhaps nothing, not even headers), then let waitress close the connection."""
    if body:
        yield body
    raise ClientDisconnected


class Running:
    """A server that listens. ``port`` is the real one when 0 was asked for."""

    def __init__(self, data_dir: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        """Raises ``OSError`` when the port is taken."""
        app = create_app(data_dir)
        self.sandbox: Sandbox = app.extensions["sandbox"]
        self._sockets: dict[int, object] = {}
        try:
            self._server = create_server(
                app,
                map=self._sockets,
                host=host,
                port=port,
                threads=_THREADS,
                max_request_body_size=_HTTP_BYTES,
                channel_timeout=60,
                ident="sandbox",
                clear_untrusted_proxy_headers=True,
            )
        except OSError:
            self.sandbox.close()
            raise
        self.port = int(self._server.effective_port)

    def run(self) -> None:
        """Serve until ``stop`` or an interrupt; finishes requests under way."""
        try:
            self._server.run()
        finally:
            self._close_sockets()
            self._server.task_dispatcher.shutdown()
            self.sandbox.close()

    def stop(self) -> None:
        """End ``run``; callable from another thread."""
        self._server.trigger.pull_trigger(self._close_sockets)

    def _close_sockets(self) -> None:
        """In the server's own loop: without sockets it has nothing to wait for and ends."""
        wasyncore.close_all(self._sockets, ignore_all=True)


def serve(data_dir: Path, host: str = "127.0.0.1", port: int = 8091) -> None:
    """Serve until SIGTERM or SIGINT. Raises ``OSError`` when the port is taken."""
    running = Running(data_dir, host, port)
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _interrupt)
    logger.info("sandbox at http://%s:%s, data in %s", host, running.port, data_dir)
    running.run()


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)
