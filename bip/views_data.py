"""The Bulletin as data: the catalogue of its sets, and the list of exclusions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template

from bip import catalogue, exclusions, rdf
from bip.frame import bulletin
from bip.types import ROOT
from portal.content import queries, tabled
from portal.content.models import ItemVersion
from portal.content.page_cache import public_page
from portal.content.tabled import Reading
from portal.core.errors import NotFound
from portal.web import context, tables
from portal.web.rights import right

blueprint = Blueprint("bip_data", __name__)
EXCLUSIONS = (
    "item", "address", "title", "version", "published_at", "number", "scope", "basis", "basis_address", "made_by",
    "interest",
)  # fmt: skip


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


@blueprint.get("/bip/wylaczenia.<kind>")
@right("public")
def withheld(kind: str) -> Response:
    """Every exclusion of openness in force (UDIP art. 8 ust. 5), with its basis."""
    reading, base = context.program().database.reading, context.settings().public_url
    with reading() as session:
        root = queries.page_at(session, ROOT)
    if kind not in tables.KINDS or root is None or not root.public:
        raise NotFound("content.unknown")
    return tables.respond(kind, EXCLUSIONS, _withheld(reading, root, base), name="wylaczenia")


def _withheld(reading: Reading, root: queries.PageData, base: str) -> Iterator[dict[str, Any]]:
    has_some = ItemVersion.fields[exclusions.FIELD].as_string().is_not(None)
    for row in tabled.rows(reading, root, below=True, only=has_some):
        for one in exclusions.of_fields(dict(row.fields)):
            yield {
                "item": row.id, "address": base + row.path, "title": row.title, "version": row.number,
                "published_at": row.version_published_at.isoformat(), "number": one.number, "scope": one.scope,
                "basis": one.why.basis, "basis_address": one.why.address, "made_by": one.made_by,
                "interest": one.interest,
            }  # fmt: skip
