"""The simulated Profil Zaufany: one page where a person presses "Podpisz" or "Anuluj"."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, request
from werkzeug import Response as Reply

from eoffice.sandbox import directory
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.pages import own_forms_only, page
from eoffice.sandbox.refusals import Refusal
from eoffice.sandbox.services import signing
from eoffice.sandbox.texts import say

pz = Blueprint("pz", __name__, url_prefix="/pz/podpis")
pz.before_request(own_forms_only)


def _sandbox() -> Sandbox:
    found: Sandbox = current_app.extensions["sandbox"]
    return found


@pz.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    return page("error", status=404, message=refusal.message)


@pz.get("/<token>")
def _show(token: str) -> Response:
    session = signing.find(_sandbox(), token)
    people = [one for one in directory.podmioty(_sandbox().store) if one.kind == "F" and one.pesel]
    origins = {
        f"{part.scheme}://{part.netloc}" for part in map(urlsplit, (session["success_url"], session["failure_url"]))
    }
    return page(
        "pz",
        targets=" ".join(sorted(origins)),
        session=session,
        people=people,
        forms=signing.FORMS,
        size=len(session["content"]),
    )


@pz.post("/<token>")
def _act(token: str) -> Reply:
    session = signing.find(_sandbox(), token)
    if "cancel" in request.form:
        return redirect(signing.cancel(_sandbox(), session), 303)
    person = directory.podmiot(_sandbox().store, request.form.get("person", ""))
    form = request.form.get("form", signing.FORMS[0])
    if form not in signing.FORMS or not person.pesel:
        abort(400, say("bad_value", name="form"))
    return redirect(signing.finish(_sandbox(), session, person, form), 303)
