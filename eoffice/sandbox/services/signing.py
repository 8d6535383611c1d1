"""TpSigning5: a document is sent to be signed in the browser, and fetched when it is.

The address returned by ``addDocumentToSigning`` is also the identifier of the signing session. The person acts
on the page ``eoffice.sandbox.pz``.
"""

from __future__ import annotations

import base64
import secrets
import sqlite3
from urllib.parse import urlsplit

from lxml import etree

from eoffice.sandbox import mail, roles, xades
from eoffice.sandbox.call import Call, Operation, child_bytes, child_text, only
from eoffice.sandbox.directory import Podmiot
from eoffice.sandbox.envelope import answer_root
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.names import SIGNING, q
from eoffice.sandbox.refusals import BadRequest, Refusal
from eoffice.sandbox.xml import add

PAGE = "pz/podpis/"
FORMS = ("EPSignature", "PodpisZP", "qualified", "foreign", "tampered")
"""How to sign: the two claimed roles, the person's own qualified-like key, a role under a key that is not the
ministry's, and a document whose content was changed before signing (the last two must be refused)."""


def _open(call: Call) -> etree._Element:
    only(call.payload, "doc", "successURL", "failureURL", "additionalInfo")
    content = child_bytes(call.payload, "doc")
    mail.well_formed(content)
    urls = [_return_address(child_text(call.payload, name)) for name in ("successURL", "failureURL")]
    token = secrets.token_urlsafe(24)
    with call.sandbox.store.writing() as db:
        db.execute(
            "INSERT INTO signing (token, system, content, success_url, failure_url, info) VALUES (?, ?, ?, ?, ?, ?)",
            (token, call.system.name, content, *urls, child_text(call.payload, "additionalInfo", required=False)),
        )
    root = answer_root(SIGNING, "addDocumentToSigningResponse")
    add(root, "addDocumentToSigningReturn", f"{call.base_url}{PAGE}{token}")
    return root


def _return_address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as cause:
        raise BadRequest("signing_url") from cause
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise BadRequest("signing_url")
    return url


def _fetch(call: Call) -> etree._Element:
    only(call.payload, "id")
    session = find(call.sandbox, child_text(call.payload, "id").rpartition("/")[2])
    if session["system"] != call.system.name:
        raise Refusal("unknown_signing")
    if session["state"] != "signed":
        raise Refusal("signing_unfinished")
    root = answer_root(SIGNING, "getSignedDocumentResponse")
    add(root, "getSignedDocumentReturn", base64.b64encode(session["signed"]).decode())
    return root


def find(sandbox: Sandbox, token: str) -> sqlite3.Row:
    """The session of that token. Raises ``Refusal``."""
    found = mail.rows(sandbox.store, "SELECT * FROM signing WHERE token = ?", (token,))
    if not found:
        raise Refusal("unknown_signing")
    return found[0]


def finish(sandbox: Sandbox, session: sqlite3.Row, person: Podmiot, form: str) -> str:
    """The person signs; the address to go back to. A session already closed is left as it is."""
    signed = _signed(sandbox, session["content"], person, form)
    return _end(sandbox, session, "signed", signed)


def cancel(sandbox: Sandbox, session: sqlite3.Row) -> str:
    """The person will not sign; the address to go back to."""
    return _end(sandbox, session, "cancelled", None)


def _end(sandbox: Sandbox, session: sqlite3.Row, state: str, signed: bytes | None) -> str:
    with sandbox.store.writing() as db:
        db.execute(
            "UPDATE signing SET state = ?, signed = ? WHERE token = ? AND state = 'open'",
            (state, signed, session["token"]),
        )
    ended = find(sandbox, session["token"])
    return str(ended["success_url"] if ended["state"] == "signed" else ended["failure_url"])


def _signed(sandbox: Sandbox, content: bytes, person: Podmiot, form: str) -> bytes:
    now, keys = sandbox.clock.now(), sandbox.keys
    if form == "qualified":
        return xades.sign(content, keys.client(person.id), now)
    if form == "tampered":
        root = mail.well_formed(content)
        root.set("changed", "yes")
        content = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    role = roles.podpis_zp(person) if form == "PodpisZP" else roles.ep_signature(person, now)
    signer = keys.stranger if form == "foreign" else keys.ministry
    return xades.sign(content, signer, now, role=role, parallel=True)


OPERATIONS = {
    q(SIGNING, "addDocumentToSigning"): Operation("addDocumentToSigning", "tpSigning5", _open),
    q(SIGNING, "getSignedDocument"): Operation("getSignedDocument", "tpSigning5", _fetch),
}
