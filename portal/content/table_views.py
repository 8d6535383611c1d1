"""Every place's list for machines: ``/aktualnosci/lista.csv``, ``/bip/uchwaly/lista.json?zakres=wszystko``."""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.content import paths, queries, tabled
from portal.content.workflow import WITHDRAWN
from portal.core.errors import NotFound
from portal.web import context, tables
from portal.web.rights import right

blueprint = Blueprint("content_tables", __name__)
EVERYTHING = "wszystko"


@blueprint.get("/lista.<kind>", defaults={"path": ""})
@blueprint.get("/<path:path>/lista.<kind>")
@right("public")
def listed(path: str, kind: str) -> Response:
    """What a place of the portal lists; with ``zakres=wszystko`` all under it."""
    return _table(paths.clean(path), kind)


@blueprint.get("/bip/lista.<kind>", defaults={"path": ""})
@blueprint.get("/bip/<path:path>/lista.<kind>")
@right("public")
def listed_in_bulletin(path: str, kind: str) -> Response:
    """The same for a section of the Bulletin, with the marks of the law."""
    return _table(paths.clean(f"/bip/{path}"), kind)


def _table(path: str, kind: str) -> Response:
    below = request.args.get("zakres") == EVERYTHING
    reading, base = context.program().database.reading, context.settings().public_url
    with reading() as session:
        page = queries.page_at(session, path)
    if kind not in tables.KINDS or page is None or not page.public or page.row.state == WITHDRAWN:
        raise NotFound("content.unknown")
    name = paths.name_of(path) or "lista"
    return tables.respond(
        kind, tabled.columns(page, below=below), tabled.table(reading, page, base, below=below), name=name
    )
