"""One party as the office knows it: who they are, where they can be reached, and their matters one may see."""

from __future__ import annotations

from flask import redirect, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from eoffice.cases.models import Case
from eoffice.desk import scope
from eoffice.desk.views.base import DESK, blueprint
from eoffice.parties import queries
from eoffice.register.models import Entry
from portal.web import context

_MOST = 50


@blueprint.get("/interesanci/<int:party_id>")
@DESK
def party(party_id: int) -> str | Response:
    """The party; one merged into another leads to that other."""
    with context.reading() as session:
        found, actor = queries.party(session, party_id), context.actor()
        if found.id != party_id:
            return redirect(f"/biuro/interesanci/{found.id}", 301)
        same = queries.same_as(session, found.id)
        cases = select(Case).where(
            Case.party_id.in_(same), scope.seen(session, actor, Case.department_id, "cases.view")
        )
        entries = select(Entry).where(Entry.party_id.in_(same), scope.seen(session, actor, Entry.department_id))
        return render_template(
            "desk/party.html",
            party=found,
            identifiers=queries.identifiers(session, found.id),
            addresses=queries.addresses(session, found.id),
            cases=session.scalars(cases.order_by(Case.id.desc()).limit(_MOST)).all(),
            entries=session.scalars(entries.order_by(Entry.id.desc()).limit(_MOST)).all(),
        )
