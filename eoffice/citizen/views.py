"""The citizen's pages: my matters, one of my cases, and the public view of a case by its number and access code."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from eoffice.cases import access, queries
from eoffice.cases.models import Case
from eoffice.citizen import course, matters
from eoffice.citizen.course import Course
from eoffice.citizen.present import shown
from portal.accounts.models import Group, User
from portal.core import clock
from portal.core.documents import Document
from portal.core.errors import NotFound
from portal.web import context, limits
from portal.web.download import send_document
from portal.web.forms import Form
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("citizen", __name__)

TRIES, TRIES_OF_CASE = limits.Rule(10, 600), limits.Rule(200, 600)
"""Wrong codes within ten minutes from one address, and for one case from everywhere: forty bits hold for ever at
this pace, and nobody can lock a neighbour out of their own case."""
OPEN_FOR = timedelta(minutes=30)
_OPENED = "case_view"


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    """A step must show at once, and nobody else's browser may keep what a party saw."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


@blueprint.get("/moje/")
@right("citizen")
def mine() -> str:
    """My matters: what I sent and what became of it, a sentence each."""
    with context.reading() as session:
        found = matters.of_user(session, _user())
    return render_template("citizen/mine.html", matters=found)


@blueprint.get("/moje/sprawy/<sign>")
@right("citizen")
def my_case(sign: str) -> str:
    """One of my cases."""
    with context.reading() as session:
        found, told = _own(session, sign)
        return render_template(
            "citizen/case.html", case=found, course=told, steps=shown(told, found),
            department=session.get_one(Group, found.department_id),
            in_charge=session.get(User, found.assignee_id) if found.assignee_id else None,
            code=access.access_code(context.settings().secret_key, found), related=queries.related(session, found),
        )  # fmt: skip


@blueprint.get("/moje/sprawy/<sign>/pliki/<int:document_id>")
@right("citizen")
def my_file(sign: str, document_id: int) -> Response:
    """A letter or a receipt of my case."""
    with context.reading() as session:
        _, told = _own(session, sign)
        if document_id not in course.documents(told):
            raise NotFound("document.unknown")
        document = session.get_one(Document, document_id)
    return send_document(document, context.blobs().get(document.sha256))


class Lookup(Form):
    """The number of a case and its access code."""

    sign = StringField(validators=[DataRequired("citizen.sign_missing"), Length(max=80)])
    code = StringField(validators=[DataRequired("citizen.code_missing"), Length(max=20)])


@blueprint.get("/sprawa")
@right("public")
def look_up() -> str:
    """Ask for the number and the code."""
    return render_template("citizen/look_up.html", form=Lookup())


@blueprint.post("/sprawa")
@right("public")
def open_view() -> ResponseReturnValue:
    """Open the public view for a while; the code never stands in an address."""
    form = Lookup()
    if not form.validate_on_submit():
        return render_template("citizen/look_up.html", form=form), 422
    found = _looked_up(form.sign.data or "", form.code.data or "")
    if found is None:
        form.form_errors.append(message("citizen.no_such_case"))
        return render_template("citizen/look_up.html", form=form), 422
    until = (clock.now() + OPEN_FOR).timestamp()
    cookie[_OPENED] = {"case": found.id, "version": found.code_version, "until": until}
    return redirect(url_for("citizen.public_case"))


@blueprint.get("/sprawa/stan")
@right("public")
def public_case() -> ResponseReturnValue:
    """The course of the case without any personal data."""
    with context.reading() as session:
        found = _opened(session)
        if found is None:
            flash(message("citizen.view_closed"), "info")
            return redirect(url_for("citizen.look_up"))
        told = course.of_case(session, found, mine=None)
        department = session.get_one(Group, found.department_id)
        steps = shown(told, found)
        return render_template("citizen/public.html", case=found, course=told, steps=steps, department=department)


@blueprint.post("/sprawa/zamknij")
@right("public")
def close_view() -> ResponseReturnValue:
    """Forget the case in this browser."""
    cookie.pop(_OPENED, None)
    return redirect(url_for("citizen.look_up"))


def _looked_up(sign: str, code: str) -> Case | None:
    """The case, counted as a try first: attempts made side by side cannot slip through together."""
    subject = "".join(sign.split()).casefold()
    by_address, *by_case = limits.of_request("case-code", subject or "-")
    with context.transaction() as session:
        tries = limits.take(session, TRIES, [by_address]) + limits.take(session, TRIES_OF_CASE, by_case)
    with context.reading() as session:
        found = access.find_case(session, context.settings().secret_key, sign, code)
    if found is not None:
        with context.transaction() as session:
            limits.give_back(session, tries)
    return found


def _opened(session: Session) -> Case | None:
    """The case this browser opened, unless its time ran out or its code was replaced."""
    seen = cookie.get(_OPENED)
    if not isinstance(seen, dict) or seen.get("until", 0) < clock.now().timestamp():
        return None
    found = session.get(Case, seen.get("case"))
    return found if found is not None and found.code_version == seen.get("version") else None


def _user() -> int:
    return context.actor().user_id or 0


def _own(session: Session, sign: str) -> tuple[Case, Course]:
    """My case by its sign. Another's does not exist for me: ``NotFound``."""
    found = queries.by_sign(session, sign)
    if not queries.is_party(session, found.id, _user()):
        raise NotFound("case.unknown")
    return found, course.of_case(session, found, mine=queries.parties_of_user(session, _user()))
