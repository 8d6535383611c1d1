"""The Bulletin as data: its sections with the marks of the law, exclusions, and a catalogue that others can read."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, URIRef
from rdflib.compare import isomorphic

from bip import actions, exclusions
from bip.exclusions import Exclusion
from portal.content import actions as content
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.web import make_app


@pytest.fixture
def visitor(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def publish(database: Database, blobs: FolderBlobStore, title: str) -> int:
    with database.transaction() as session:
        return actions.publish_document(
            session, blobs, SYSTEM, folder="/bip/ogloszenia", type="announcement", title=title, produced_by="Jan Nowak",
            body_html="<p>Treść</p>", produced_on=date(2026, 11, 2), source=f"test:{title}",
        ).id  # fmt: skip


def test_a_section_is_a_table_with_the_marks_of_the_law(
    visitor: FlaskClient, bulletin: Database, blobs: FolderBlobStore
) -> None:
    publish(bulletin, blobs, "Przetarg")
    [row] = csv.DictReader(io.StringIO(visitor.get("/bip/ogloszenia/lista.csv").text.removeprefix("\ufeff")))
    assert (row["produced_by"], row["produced_on"], row["publisher"]) == (
        "Jan Nowak",
        "2026-11-02",
        "Urząd Gminy Wrotkowo",
    )
    assert row["published_at"].startswith("20")
    assert len((visitor.get("/bip/lista.json?zakres=wszystko").json or {})["rows"]) == 2


def test_exclusions_in_force_are_listed_with_their_basis(
    visitor: FlaskClient, bulletin: Database, blobs: FolderBlobStore
) -> None:
    publish(bulletin, blobs, "Bez wyłączeń")
    with bulletin.transaction() as session:
        ground = next(iter(exclusions.grounds().values()))
        one = Exclusion(1, ground.code, "akapit drugi", "Anna Nowak", "strona postępowania")
        item = content.create_item(
            session, SYSTEM, "/bip/ogloszenia", "announcement", "Z wyłączeniem", body="<p>A</p><p>[wyłączenie 1]</p>",
            fields={"publisher": "U", "produced_by": "J", "produced_on": "2026-11-02"},
        )  # fmt: skip
        exclusions.set_exclusions(session, SYSTEM, item.id, [one], expected=None)
        content.publish(session, SYSTEM, item.id)
    [row] = (visitor.get("/bip/wylaczenia.json").json or {})["rows"]
    assert (row["item"], row["scope"], row["basis"]) == (item.id, "akapit drugi", ground.basis)
    assert "akapit drugi" in visitor.get("/bip/wylaczenia.csv").text


def graph(visitor: FlaskClient, kind: str, form: str) -> Graph:
    return Graph().parse(data=visitor.get(f"/bip/katalog.{kind}").text, format=form)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # the library's own JSON-LD parser
def test_the_catalogue_says_the_same_in_all_its_forms(visitor: FlaskClient) -> None:
    turtle = graph(visitor, "ttl", "turtle")
    assert len(turtle) > 50
    assert isomorphic(turtle, graph(visitor, "rdf", "xml"))
    assert isomorphic(turtle, graph(visitor, "jsonld", "json-ld"))


NEEDED = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset, DCTERMS.language),
    DCAT.Dataset: (
        DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint, DCAT.distribution,
        DCTERMS.accrualPeriodicity, DCAT.theme, DCTERMS.accessRights,
    ),
    DCAT.Distribution: (DCAT.accessURL, DCTERMS.format, DCAT.mediaType, DCTERMS.rights),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL, DCAT.endpointDescription),
    FOAF.Agent: (FOAF.name,),
}  # fmt: skip
"""What DCAT-AP 3 asks of each class, and what it recommends that we can say."""


def test_everything_dcat_ap_asks_for_is_said_and_every_reference_leads_somewhere(visitor: FlaskClient) -> None:
    found = graph(visitor, "ttl", "turtle")
    for kind, properties in NEEDED.items():
        subjects = set(found.subjects(RDF.type, kind))
        assert subjects, kind
        assert {(s, p) for s in subjects for p in properties if found.value(s, p) is None} == set()
    for prop in (DCAT.dataset, DCAT.distribution, DCTERMS.publisher, DCAT.contactPoint, DCAT.accessService):
        assert {o for o in found.objects(None, prop) if found.value(o, RDF.type) is None} == set()


def test_every_distribution_can_be_had_at_its_address(visitor: FlaskClient) -> None:
    addresses = set(graph(visitor, "ttl", "turtle").objects(None, DCAT.accessURL))
    assert len(addresses) == 14
    for address in addresses:
        assert isinstance(address, URIRef)
        local = str(address).replace("http://127.0.0.1:8000", "")
        assert visitor.get(local).status_code == 200, local


def test_people_find_the_sets_on_one_page(visitor: FlaskClient) -> None:
    page = visitor.get("/bip/dane").text
    assert "/bip/ogloszenia/lista.csv?zakres=wszystko" in page
    assert "/bip/katalog.rdf" in page
