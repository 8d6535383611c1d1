"""The sandbox's page for people: boxes and queues, a letter by hand, deliveries, misbehaviours. No scripts."""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from werkzeug import Response as Reply
from werkzeug.datastructures import FileStorage

from eoffice.sandbox import clock, deliveries, directory, letters, lodging, mail, misbehaviour
from eoffice.sandbox.catalogue import OPERATIONS, SERVICES
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.letters import Attachment
from eoffice.sandbox.mail import File, Sender
from eoffice.sandbox.pages import own_forms_only, page, secured
from eoffice.sandbox.reading import readable
from eoffice.sandbox.refusals import Refusal
from eoffice.sandbox.services import files
from eoffice.sandbox.texts import render

web = Blueprint("web", __name__)
web.before_request(own_forms_only)

_EMBEDDED = 3_500_000
"""What offices accept inside a letter; bigger attachments travel as links to the file service."""
_SHOWN = 100
_FIELDS = ("sender", "box", "title", "text")


def _sandbox() -> Sandbox:
    found: Sandbox = current_app.extensions["sandbox"]
    return found


@web.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    return page("error", status=422 if request.method == "POST" else 404, message=refusal.message)


@web.get("/style.css")
def style() -> Response:
    """The one style sheet."""
    return secured(Response(render("style.css"), mimetype="text/css"))


@web.get("/")
def index() -> Response:
    """All boxes and how many documents wait in each."""
    deliveries.settle(_sandbox())
    store = _sandbox().store
    boxes = [
        (box, directory.podmiot(store, box.podmiot), mail.waiting(store, box.address)) for box in directory.boxes(store)
    ]
    calls = _sandbox().journal.newest(10)
    return page("index", boxes=boxes, calls=calls, rules=misbehaviour.listed(store))


@web.get("/skrytka")
def box() -> Response:
    """One box: its queue, what was taken from it, what its owner has sent."""
    deliveries.settle(_sandbox())
    store = _sandbox().store
    chosen = directory.box(store, request.args.get("adres", ""))
    query = (
        "SELECT q.*, d.name, d.type FROM queued q JOIN document d ON d.id = q.document WHERE q.box = ?"
        " AND (q.confirmed_at IS NULL) = ? ORDER BY q.seq {} LIMIT ?"
    )
    return page(
        "box",
        box=chosen,
        owner=directory.podmiot(store, chosen.podmiot),
        waiting=mail.rows(store, query.format(""), (chosen.address, 1, _SHOWN)),
        total=mail.waiting(store, chosen.address),
        taken=mail.rows(store, query.format("DESC"), (chosen.address, 0, _SHOWN)),
        sent=mail.rows(
            store,
            "SELECT * FROM stored WHERE podmiot = ? AND folder = 'SENT' ORDER BY document DESC LIMIT ?",
            (chosen.podmiot, _SHOWN),
        ),
    )


@web.get("/dokument/<int:number>")
def document(number: int) -> Response:
    """A document readable by a person, whatever its template."""
    row = _document(number)
    return page("document", document=row, size=len(row["content"]), read=readable(row["content"]))


@web.get("/dokument/<int:number>/plik")
def raw(number: int) -> Response:
    """The very bytes, always as a download."""
    row = _document(number)
    return _download(row["name"] or "dokument.xml", row["content"])


@web.get("/dokument/<int:number>/zalacznik/<int:position>")
def attachment(number: int, position: int) -> Response:
    """One embedded attachment, always as a download."""
    found = readable(_document(number)["content"])
    if found is None or position >= len(found.files) or isinstance(found.files[position][2], str):
        abort(404)
    name, _, data = found.files[position]
    return _download(name, data if isinstance(data, bytes) else b"")


def _document(number: int) -> sqlite3.Row:
    found = mail.rows(_sandbox().store, "SELECT * FROM document WHERE id = ?", (number,))
    if not found:
        raise Refusal("unknown_document", id=number)
    return found[0]


def _download(name: str, content: bytes) -> Response:
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return secured(response)


@web.get("/list")
def letter_form() -> Response:
    """An empty form for a letter."""
    return _letter_page(dict.fromkeys(_FIELDS, ""), [])


@web.post("/list")
def send_letter() -> Reply:
    """Send the letter the way ePUAP's own form would: as the chosen podmiot, with a UPP."""
    values = {name: request.form.get(name, "").strip() for name in _FIELDS}
    wrong = [name for name in ("title", "text") if not values[name]]
    if wrong:
        return _letter_page(values, wrong, 422)
    store, now = _sandbox().store, _sandbox().clock.now()
    sender, target = directory.podmiot(store, values["sender"]), directory.box(store, values["box"])
    recipient = directory.podmiot(store, target.podmiot)
    attached = _attachments(request.files.getlist("files"), sender.id)
    file = letters.write(sender, recipient, values["title"], values["text"], now, attached)
    reply_to = next((one.address for one in directory.boxes(store) if one.podmiot == sender.id), "")
    parcel = lodging.Submission(
        file, Sender(sender.id, login=sender.id), target, reply_to, "web", test="test" in request.form
    )
    lodging.check(file, target)
    done = lodging.lodge(_sandbox(), parcel)
    return redirect(url_for("web.sent", number=done.document), 303)


@web.get("/wyslano/<int:number>")
def sent(number: int) -> Response:
    """What became of the letter: its identifier and its receipt."""
    found = mail.rows(_sandbox().store, "SELECT * FROM stored WHERE document = ?", (number,))
    if not found:
        raise Refusal("unknown_document", id=number)
    return page("sent", row=found[0])


def _letter_page(values: dict[str, str], wrong: list[str], status: int = 200) -> Response:
    store = _sandbox().store
    return page(
        "letter",
        status=status,
        values=values,
        wrong=wrong,
        senders=sorted(directory.podmioty(store), key=lambda one: one.kind),
        boxes=[(one, directory.podmiot(store, one.podmiot)) for one in directory.boxes(store)],
    )


def _attachments(uploads: list[FileStorage], owner: str) -> list[Attachment]:
    """Inside the letter if they all fit, else as links to the file service."""
    given = [
        File(upload.filename, upload.mimetype or "application/octet-stream", upload.read())
        for upload in uploads
        if upload.filename
    ]
    if sum(len(file.content) for file in given) <= _EMBEDDED:
        return [letters.embedded(file) for file in given]
    base = request.host_url.rstrip("/") + files.SERVLET
    return [Attachment(file.name, file.type, base + files.keep(_sandbox(), file, owner), "URI") for file in given]


@web.get("/doreczenia")
def delivery_list() -> Response:
    """Delivery orders, newest first, with the buttons of the recipient."""
    deliveries.settle(_sandbox())
    query = (
        "SELECT v.*, d.name AS document_name FROM delivery v JOIN document d ON d.id = v.document"
        " ORDER BY v.id DESC LIMIT ?"
    )
    return page("deliveries", orders=mail.rows(_sandbox().store, query, (_SHOWN,)))


@web.post("/doreczenia/<int:number>")
def settle_delivery(number: int) -> Reply:
    """The recipient signs the UPD or refuses."""
    deliveries.find(_sandbox(), number)
    act = deliveries.refuse if "refuse" in request.form else deliveries.collect
    act(_sandbox(), number)
    return redirect(url_for("web.delivery_list"), 303)


@web.get("/zaklocenia")
def fault_list() -> Response:
    """The misbehaviours ordered now, the form for another, the clock."""
    return _fault_page([])


@web.post("/zaklocenia")
def change_faults() -> Reply:
    """Order or call off a misbehaviour, move the clock, rotate the certificate."""
    form, store = request.form, _sandbox().store
    if "remove" in form:
        misbehaviour.remove(store, form.get("remove", type=int))
    elif "days" in form:
        _sandbox().clock.advance(max(0, min(form.get("days", 0, type=int), 365)) * clock.DAY_MS)
    elif "rotate" in form:
        _sandbox().keys.rotate()
    else:
        try:
            misbehaviour.put(
                store,
                form.get("operation", ""),
                form.get("kind", ""),
                form.get("count", 0, type=int),
                _params(form.get("kind", ""), form.get("param", type=int)),
            )
        except ValueError:
            return _fault_page(["count"], 422)
    return redirect(url_for("web.fault_list"), 303)


def _params(kind: str, value: int | None) -> dict[str, object]:
    name = {"late": "ms", "status": "code", "wrapped": "variant"}.get(kind)
    return {name: value} if name and value is not None else {}


def _fault_page(wrong: list[str], status: int = 200) -> Response:
    return page(
        "faults",
        status=status,
        wrong=wrong,
        rules=misbehaviour.listed(_sandbox().store),
        operations=OPERATIONS,
        kinds=sorted(misbehaviour.KINDS),
        now=_sandbox().clock.now(),
        certificate=_sandbox().keys.answers.certificate,
    )


@web.get("/polaczenie")
def connection() -> Response:
    """How somebody else's client reaches this server: addresses, podmioty, files."""
    store = _sandbox().store
    systems = mail.rows(store, "SELECT * FROM system ORDER BY rowid")
    return page(
        "connection",
        systems=[(row, json.loads(row["acts_for"])) for row in systems],
        boxes=directory.boxes(store),
        services=[(path, service.wsdl) for path, service in SERVICES.items()],
        folder=_sandbox().data_dir.resolve(),
        base=request.host_url.rstrip("/"),
    )
