"""The control interface of tests and demonstrations: JSON below ``/sandbox/api``.

Only from the same machine, and only with the header ``X-Sandbox: 1`` (so no web page can reach it). Bodies are
JSON objects. A wrong one gets 400 ``{"error": ...}``, a thing that is not there 404.

==========================================  =================================================================
``POST /reset``                             the first day again (keys stay); ``{}``
``GET /boxes``                              all boxes, their settings, ``waiting``
``POST /boxes``                             add or change: ``address`` and any of ``name``, ``podmiot``, ``upp``
                                            (answer, queue, never), ``signature_required``, ``templates`` (list
                                            of namespaces), ``collect`` (auto, hand, self, never),
                                            ``collect_after_ms``
``GET /queue?box=&all=1``                   unconfirmed (or all) entries of a box, oldest first
``GET /sent?podmiot=``                      the folder SENT
``GET /orders``                             delivery orders with state waiting, collected, refused or lapsed
``POST /orders/<id>/collect``, ``/refuse``  the recipient signs the UPD, or refuses
``POST /send``                              put a letter into a box: ``podmiot`` (sender), ``box``, and either
                                            ``title``, ``text`` or ``content`` (base64); optional ``name``,
                                            ``type``, ``reply_to``, ``test``, ``upp`` (true: issue one),
                                            ``count`` (that many letters, numbered in the title)
``GET /documents/<id>``                     ``name``, ``type``, ``content`` (base64), ``sha256``
``GET /counts``                             how often each document was accepted, by operation and SHA-256, file
                                            name, sender's own mark: proves that nothing was doubled
``GET /calls?limit=``                       the last calls since the start, newest first, with their outcome
``GET /faults``, ``POST``, ``DELETE``       misbehaviours (``operation``, ``kind``, ``count``, ``params``), see
                                            ``eoffice.sandbox.misbehaviour``; DELETE takes ``?id=`` or all
``POST /clock``                             ``advance_ms`` or ``days``; ``GET`` tells ``now`` in ms
``POST /rotate``                            a new certificate for answers, in ``server/cert.pem``
``POST /podmioty``                          ``id``, ``kind``, ``short_name``, ``name``, ``nip|pesel|regon``; with
                                            ``system`` a system and its key in ``clients/<id>/`` are made too
``POST /systems``                           ``name``, ``podmiot``, ``acts_for`` (list), ``roles`` (list)
``POST /certificates``                      ``system``, ``pem``: register a client's own certificate
``POST /files``                             a big file: ``podmiot``, ``name``, ``mime``, ``content``; gives
                                            ``id`` and ``url``
==========================================  =================================================================
"""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from typing import Any

from cryptography import x509
from flask import Blueprint, Response, abort, current_app, jsonify, request

from eoffice.sandbox import clock, deliveries, directory, identity, letters, lodging, mail, misbehaviour
from eoffice.sandbox.guard import loopback
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.mail import File, Sender
from eoffice.sandbox.refusals import Refusal
from eoffice.sandbox.services import files

api = Blueprint("api", __name__, url_prefix="/sandbox/api")

_LIMIT = 20_000
_BATCH = 500


def sandbox() -> Sandbox:
    """The sandbox of the running application."""
    found: Sandbox = current_app.extensions["sandbox"]
    return found


@api.before_request
def _only_here() -> None:
    """Loopback, a loopback Host (no DNS rebinding), and a header no form can send."""
    if request.headers.get("X-Sandbox") != "1" or not loopback():
        abort(403)


@api.errorhandler(Refusal)
def _refused(refusal: Refusal) -> tuple[Response, int]:
    return jsonify(error=refusal.code), 404


@api.errorhandler(ValueError)
@api.errorhandler(KeyError)
@api.errorhandler(TypeError)
@api.errorhandler(sqlite3.IntegrityError)
def _wrong(error: Exception) -> tuple[Response, int]:
    return jsonify(error=f"{type(error).__name__}: {error}"), 400


def _body() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise TypeError("a JSON object is expected")
    return body


def _plain(rows: list[sqlite3.Row]) -> list[dict[str, Any]]:
    """Rows as JSON can carry them; bytes are left out."""
    return [{key: row[key] for key in row.keys() if not isinstance(row[key], bytes)} for row in rows]  # noqa: SIM118


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError) as cause:
        raise ValueError("content is not base64") from cause


@api.post("/reset")
def _reset() -> Response:
    sandbox().reset()
    return jsonify({})


@api.get("/boxes")
def _boxes() -> Response:
    deliveries.settle(sandbox())
    store = sandbox().store
    query = (
        "SELECT b.*, (SELECT count(*) FROM queued q WHERE q.box = b.address AND q.confirmed_at IS NULL) AS waiting"
        " FROM box b ORDER BY b.rowid"
    )
    boxes = _plain(mail.rows(store, query))
    return jsonify([{**box, "templates": json.loads(box["templates"])} for box in boxes])


@api.post("/boxes")
def _set_box() -> Response:
    directory.put_box(sandbox().store, _body())
    return jsonify({})


@api.get("/queue")
def _queue() -> Response:
    deliveries.settle(sandbox())
    every = bool(request.args.get("all"))
    query = (
        "SELECT q.*, d.name, d.type, d.sha256 FROM queued q JOIN document d ON d.id = q.document"
        " WHERE q.box = ? AND (? OR q.confirmed_at IS NULL) ORDER BY q.seq LIMIT ?"
    )
    return jsonify(_plain(mail.rows(sandbox().store, query, (request.args["box"], every, _LIMIT))))


@api.get("/sent")
def _sent() -> Response:
    query = (
        "SELECT s.*, d.sha256 FROM stored s JOIN document d ON d.id = s.document"
        " WHERE s.folder = 'SENT' AND (?1 IS NULL OR s.podmiot = ?1) ORDER BY s.document LIMIT ?2"
    )
    return jsonify(_plain(mail.rows(sandbox().store, query, (request.args.get("podmiot"), _LIMIT))))


@api.get("/orders")
def _orders() -> Response:
    deliveries.settle(sandbox())
    return jsonify(_plain(mail.rows(sandbox().store, "SELECT * FROM delivery ORDER BY id LIMIT ?", (_LIMIT,))))


@api.post("/orders/<int:number>/<any(collect, refuse):act>")
def _settle_order(number: int, act: str) -> Response:
    deliveries.find(sandbox(), number)
    done = (deliveries.collect if act == "collect" else deliveries.refuse)(sandbox(), number)
    return jsonify(done=done)


@api.post("/send")
def _send() -> Response:
    body = _body()
    store, now = sandbox().store, sandbox().clock.now()
    box = directory.box(store, body["box"])
    sender = directory.podmiot(store, body["podmiot"])
    count = int(body.get("count", 1))
    if not 0 < count <= _LIMIT:
        raise ValueError("count")

    def letter(number: int) -> File:
        if "content" in body:
            content = _decoded(body["content"])
            return File(str(body.get("name", "pismo.xml")), str(body.get("type", "application/xml")), content)
        title = str(body["title"]) + (f" {number}" if count > 1 else "")
        recipient = directory.podmiot(store, box.podmiot)
        return letters.write(sender, recipient, title, str(body.get("text", "")), now)

    reply_to = body.get("reply_to", f"/{sender.id}/domyslna")
    return jsonify(documents=_put(box, sender.id, [letter] * count, reply_to, body))


def _put(box: directory.Box, podmiot: str, makers: list[Any], reply_to: str, body: dict[str, Any]) -> list[int]:
    """Queue the letters in batches of one commit each; their identifiers."""
    sender, made = Sender(podmiot, login=podmiot), []
    test = bool(body.get("test"))
    for first in range(0, len(makers), _BATCH):
        with sandbox().store.writing() as db:
            for number, make in enumerate(makers[first : first + _BATCH], first + 1):
                file, now = make(number), sandbox().clock.now()
                if body.get("upp"):
                    parcel = lodging.Submission(file, sender, box, reply_to, "web", test=test)
                    made.append(lodging.lodge(sandbox(), parcel).document)
                else:
                    made.append(mail.keep(db, file, now))
                    mail.enqueue(db, box.address, made[-1], sender, now, reply_to=reply_to, test=test)
    return made


@api.get("/documents/<int:number>")
def _document(number: int) -> Response:
    found = mail.rows(sandbox().store, "SELECT * FROM document WHERE id = ?", (number,))
    if not found:
        abort(404)
    facts = _plain(found)[0]
    return jsonify({**facts, "content": base64.b64encode(found[0]["content"]).decode()})


@api.get("/counts")
def _counts() -> Response:
    """``by_content`` (SHA-256), ``by_name`` (file name) and ``by_mark``: operation → key → times accepted."""
    keys = {"by_content": "d.sha256", "by_name": "s.name", "by_mark": "s.mark"}
    query = (
        "SELECT s.operation, {0} AS key, count(*) AS times FROM stored s JOIN document d ON d.id = s.document"
        " WHERE s.folder = 'SENT' AND {0} <> '' GROUP BY s.operation, {0}"
    )
    found: dict[str, dict[str, dict[str, int]]] = {}
    for name, column in keys.items():
        counts = found.setdefault(name, {})
        for row in mail.rows(sandbox().store, query.format(column)):
            counts.setdefault(row["operation"], {})[row["key"]] = row["times"]
    return jsonify(found)


@api.get("/calls")
def _calls() -> Response:
    limit = min(int(request.args.get("limit", 100)), _LIMIT)
    return jsonify(sandbox().journal.newest(limit))


@api.get("/faults")
def _faults() -> Response:
    rules = misbehaviour.listed(sandbox().store)
    return jsonify([{name: getattr(rule, name) for name in rule.__slots__} for rule in rules])


@api.post("/faults")
def _order_fault() -> Response:
    body = _body()
    params = body.get("params") or {}
    if not isinstance(params, dict):
        raise TypeError("params")
    number = misbehaviour.put(
        sandbox().store, str(body["operation"]), str(body["kind"]), int(body.get("count", 1)), params
    )
    return jsonify(id=number)


@api.delete("/faults")
def _call_off_faults() -> Response:
    number = request.args.get("id", type=int)
    misbehaviour.remove(sandbox().store, number)
    return jsonify({})


@api.get("/clock")
def _clock() -> Response:
    return jsonify(now=sandbox().clock.now())


@api.post("/clock")
def _advance() -> Response:
    body = _body()
    step = int(body.get("advance_ms", 0)) + int(body.get("days", 0)) * clock.DAY_MS
    now = sandbox().clock.advance(step)
    deliveries.settle(sandbox())
    return jsonify(now=now)


@api.post("/rotate")
def _rotate() -> Response:
    return jsonify(fingerprint=identity.fingerprint(sandbox().keys.rotate().certificate))


@api.post("/podmioty")
def _set_podmiot() -> Response:
    body = _body()
    directory.put_podmiot(sandbox().store, body)
    if body.get("system"):
        acts_for = body.get("acts_for", [body["id"]])
        directory.put_system(sandbox().store, str(body["system"]), body["id"], acts_for)
        sandbox().register(body["id"], str(body["system"]))
    return jsonify({})


@api.post("/systems")
def _set_system() -> Response:
    body = _body()
    directory.put_system(
        sandbox().store, str(body["name"]), str(body["podmiot"]), list(body["acts_for"]), body.get("roles")
    )
    return jsonify({})


@api.post("/certificates")
def _set_certificate() -> Response:
    body = _body()
    pem = str(body["pem"])
    certificate = x509.load_pem_x509_certificate(pem.encode())
    directory.put_certificate(sandbox().store, str(body["system"]), identity.fingerprint(certificate), pem)
    return jsonify(fingerprint=identity.fingerprint(certificate))


@api.post("/files")
def _put_file() -> Response:
    body = _body()
    owner = directory.podmiot(sandbox().store, body["podmiot"]).id
    file = File(str(body["name"]), str(body.get("mime", "application/octet-stream")), _decoded(body["content"]))
    identifier = files.keep(sandbox(), file, owner)
    return jsonify(id=identifier, url=f"{request.host_url.rstrip('/')}{files.SERVLET}{identifier}")
