"""Pages of forms: the list of services and a service's card; the other pages hang on the same blueprint."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from forms import queries, views_filling, views_sent
from forms.blueprint import blueprint
from portal.web import context
from portal.web.rights import right

__all__ = ["blueprint", "card", "index", "views_filling", "views_sent"]


@blueprint.get("/formularze/")
@right("public")
def index() -> Answer:
    with context.reading() as session:
        return render_template("forms/index.html", forms=queries.published(session))


@blueprint.get("/formularze/<slug>")
@right("public")
def card(slug: str) -> Answer:
    actor = context.actor()
    with context.reading() as session:
        live = queries.live(session, slug)
        drafts = queries.drafts(session, actor.user_id, live.form.id) if actor.user_id else []
    return render_template("forms/card.html", live=live, drafts=drafts)
