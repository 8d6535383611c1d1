"""The Bulletin as data: the catalogue of its sets."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from bip import catalogue, rdf
from bip.frame import bulletin
from portal.content.page_cache import public_page
from portal.core.errors import NotFound
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("bip_data", __name__)


@blueprint.get("/bip/dane")
@right("public")
def data() -> str:
    """What can be taken for re-use, for people."""
    with context.reading() as session:
        return render_template("bip/data.html", **bulletin(session), sets=catalogue.datasets(session))


@blueprint.get("/bip/katalog.<kind>")
@right("public")
def catalogue_file(kind: str) -> Response:
    """The catalogue of data (DCAT-AP) as ``rdf``, ``ttl`` or ``jsonld``."""
    return _catalogue(kind)


def _render_catalogue(kind: str) -> Response:
    settings = context.settings()
    if kind not in ("rdf", "ttl", "jsonld"):
        raise NotFound("content.unknown")
    with context.reading() as session:
        said = list(catalogue.statements(session, settings.public_url, office=settings.office_name))
    if kind == "rdf":
        return Response(rdf.rdf_xml(said), content_type="application/rdf+xml; charset=utf-8")
    if kind == "ttl":
        return Response(rdf.turtle(said), content_type="text/turtle; charset=utf-8")
    return Response(rdf.json_ld(said), content_type="application/ld+json; charset=utf-8")


_catalogue = public_page(_render_catalogue)
