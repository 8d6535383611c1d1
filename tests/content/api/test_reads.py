"""Reading content as data: by path and number, lists by key, versions, files, what is refused."""

from __future__ import annotations

from openapi_spec_validator import validate

from portal.content import actions
from portal.content.api import describe
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.api.conftest import Api


def grow(database: Database, count: int) -> list[int]:
    made = []
    for number in range(count):
        with database.transaction() as session:
            item = actions.create_item(session, SYSTEM, "/urzad", "page", f"Strona {number}", name=f"s{number}")
            actions.publish(session, SYSTEM, item.id)
            made.append(item.id)
    return made


def test_the_document_is_valid_openapi_and_names_every_route(api: Api) -> None:
    validate(api.document)
    app = api.client.application
    rules = {
        describe._ARGUMENT.sub(r"{\2}", r.rule)
        for r in app.url_map.iter_rules()
        if r.endpoint.startswith("content_api.")
    }
    assert rules - set(api.document["paths"]) == {"/api/v1/openapi.json"}
    with app.app_context():
        assert {one.name for _, _, one in describe.routes(app)} >= {"item", "create", "publish", "upload"}


def test_the_document_says_with_which_statuses_an_act_is_refused(api: Api) -> None:
    paths = api.document["paths"]
    assert set(paths["/api/v1/items/{item_id}/publish"]["post"]["responses"]) == {
        "200", "401", "403", "404", "409", "413", "422", "428", "429", "default",
    }  # fmt: skip
    assert set(paths["/api/v1/items"]["get"]["responses"]) == {"200", "401", "422", "429", "default"}
    told = paths["/api/v1/items"]["post"]["responses"]["409"]
    assert told["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_an_item_is_found_by_path_and_by_number_and_after_a_move(api: Api, site: Database) -> None:
    [number] = grow(site, 1)
    by_path = api.get("/api/v1/paths/urzad/s0").json
    assert by_path == api.get(f"/api/v1/items/{number}").json
    with site.transaction() as session:
        actions.rename(session, SYSTEM, number, "nowa")
    moved = api.get("/api/v1/paths/urzad/s0")
    assert moved.status_code == 301
    assert moved.location.endswith("/api/v1/paths/urzad/nowa")


def test_lists_are_read_to_their_end_by_key_and_nothing_comes_twice(api: Api, site: Database) -> None:
    made = grow(site, 7)
    url, seen = "/api/v1/items?below=/urzad&type=page&limit=3", []
    while url:
        part = api.get(url).json or {}
        seen += [row["id"] for row in part["items"]]
        url = part["next"].removeprefix("http://localhost")
    assert seen == made[::-1]
    folder = (api.get("/api/v1/paths/urzad").json or {})["id"]
    first = api.get(f"/api/v1/items/{folder}/children?limit=4").json or {}
    rest = api.get(first["next"].removeprefix("http://localhost")).json or {}
    assert [row["id"] for row in first["items"] + rest["items"]] == made


def test_items_are_narrowed_by_day_and_type(api: Api, site: Database) -> None:
    grow(site, 1)
    assert (api.get("/api/v1/items?type=news").json or {})["items"] == []
    assert (api.get("/api/v1/items?until=2020-01-01").json or {})["items"] == []
    assert len((api.get("/api/v1/items?since=2020-01-01&type=page,news").json or {})["items"]) == 1


def test_a_tree_says_where_it_is_not_complete(api: Api, site: Database) -> None:
    grow(site, 2)
    shallow = api.get("/api/v1/items/1/tree?depth=1").json or {}
    assert [(one["item"]["path"], one["complete"]) for one in shallow["children"]] == [("/urzad", False)]
    deep = api.get("/api/v1/items/1/tree?depth=2").json or {}
    assert len(deep["children"][0]["children"]) == 2


def test_versions_and_files_are_given_with_who_and_when(api: Api, site: Database, blobs: FolderBlobStore) -> None:
    with site.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=b"tresc", name="a.txt", origin="content")
        item = actions.create_item(
            session, SYSTEM, "/urzad", "page", "Z plikiem", files=[actions.Attachment(file.id, "Plik")]
        )
        actions.publish(session, SYSTEM, item.id)
        actions.save_draft(session, SYSTEM, item.id, expected=None, title="Robocza")
    base = f"/api/v1/items/{item.id}"
    assert [row["number"] for row in (api.get(f"{base}/versions").json or {})["versions"]] == [1]
    assert (api.get(f"{base}/versions/1").json or {})["files"][0]["sha256"] == file.sha256
    assert api.get(f"{base}/versions/2").status_code == 404
    assert api.get(f"{base}/files/{file.id}").data == b"tresc"
    assert len((api.get(f"{base}/files").json or {})["files"]) == 1


def test_a_collection_gives_what_it_finds(api: Api, site: Database) -> None:
    [number] = grow(site, 1)
    with site.transaction() as session:
        fields = {"collect_type": "page", "collect_under": "/urzad", "collect_limit": "5"}
        item = actions.create_item(session, SYSTEM, "/", "collection", "Zbiór", fields=fields)
        actions.publish(session, SYSTEM, item.id)
    assert [row["id"] for row in (api.get(f"/api/v1/items/{item.id}/collected").json or {})["items"]] == [number]
    assert api.get(f"/api/v1/items/{number}/collected").status_code == 404


def test_a_caller_that_has_it_already_is_told_so_until_anything_public_changes(api: Api, site: Database) -> None:
    [number] = grow(site, 1)
    etag = api.get(f"/api/v1/items/{number}").headers["ETag"]
    assert api.get(f"/api/v1/items/{number}", headers={"If-None-Match": etag}).status_code == 304
    grow_other = api.get("/api/v1/items/1").headers["ETag"]
    with site.transaction() as session:
        actions.withdraw(session, SYSTEM, number, reason="błąd")
    assert api.get("/api/v1/items/1", headers={"If-None-Match": grow_other}).status_code == 200


def test_refusals_are_problem_documents_with_sentences(api: Api) -> None:
    wrong = api.get("/api/v1/items?limit=0&kolor=1&since=wczoraj")
    assert wrong.status_code == 422
    assert wrong.content_type == "application/problem+json"
    problem = wrong.json or {}
    assert problem["code"] == "api.bad_query"
    assert {error["pointer"] for error in problem["errors"]} == {"/limit", "/kolor", "/since"}
    for url in ("/api/v1/items?after=zmyslony", "/api/v1/items/1/tree?depth=99"):
        assert api.get(url).status_code == 422
    assert api.get("/api/v1/items/999999").status_code == 404
    assert api.get("/api/v1/nic").content_type == "application/problem+json"


def test_any_site_may_read_in_a_visitors_browser_and_no_site_may_act(api: Api) -> None:
    assert api.get("/api/v1/items").headers["Access-Control-Allow-Origin"] == "*"
    asked = api.client.options("/api/v1/items", headers={"Origin": "https://inny.example"})
    assert "Access-Control-Allow-Methods" not in asked.headers
    assert "Access-Control-Allow-Credentials" not in asked.headers


def test_people_find_every_address_on_one_page(api: Api) -> None:
    page = api.client.get("/dla-programow").text
    assert "/api/v1/items/&lt;item_id&gt;/publish" in page
    assert "Wysłanie do akceptacji" in page
