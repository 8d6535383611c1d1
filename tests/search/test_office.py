"""What clerks find, and who does not: entries, cases, parties and letters of the demo gmina, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from eoffice.cases.models import Case
from eoffice.parties import actions as parties
from eoffice.parties.models import Party
from eoffice.register.models import Entry
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.commands import migrate, seed
from portal.commands.opened import opened
from portal.core import actors
from portal.core.actors import SYSTEM
from portal.core.outbox import DUE, Job
from portal.core.program import Program
from portal.core.settings import Settings
from search import actions, sources
from search.index import FACETS, Query, SearchIndex
from tests.search.engines import ENGINES, opener

LOGINS = ("", "jan.kowalski", "redaktor", "kancelaria", "referent", "skarbnik", "podatki", "planista")
EVERYWHERE = {"kancelaria", "referent"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The demo gmina, filled once."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("office"))
    migrate.migrate(settings)
    seed.seed(settings)
    with opened(settings) as program:
        yield program


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, office: Program, tmp_path: Path) -> Iterator[SearchIndex]:
    index = opener(request.param, request, tmp_path)()
    actions.rebuild(office.database, index)
    yield index
    index.close()


def tokens(office: Program, login: str) -> frozenset[str]:
    with office.database.reading() as session:
        found = session.scalars(select(User.id).where(User.login == login)).first()
        return sources.readers(session, actors.user(found) if found else actors.ANONYMOUS)


def first(office: Program, index: SearchIndex, login: str, text: str) -> str:
    hits = index.search(Query(text, tokens(office, login))).hits
    return hits[0].key if hits else ""


def test_a_clerk_finds_a_case_by_its_sign_and_an_entry_by_its_number_first(office: Program, index: SearchIndex) -> None:
    with office.database.reading() as session:
        case, entry = session.scalars(select(Case)).first(), session.scalars(select(Entry)).first()
    assert case is not None
    assert entry is not None
    assert first(office, index, "referent", case.sign) == f"case:{case.id}"
    assert first(office, index, "kancelaria", entry.printed) == f"entry:{entry.id}"


def test_a_clerk_finds_by_the_name_of_a_sender_in_any_form(office: Program, index: SearchIndex) -> None:
    with office.database.reading() as session:
        jan = session.scalars(select(Party).where(Party.last_name == "Kowalski")).one()
    found = {hit.key for hit in index.search(Query("Kowalskiego", tokens(office, "referent"), size=50)).hits}
    assert f"party:{jan.id}" in found
    assert any(key.startswith(("entry:", "case:")) for key in found)


def test_everybody_finds_departments_and_people_with_posts(office: Program, index: SearchIndex) -> None:
    page = index.search(Query("referat gospodarki komunalnej", tokens(office, "")))
    assert page.hits[0].type == "department"
    assert index.search(Query("Zielińska podinspektor", tokens(office, ""))).hits[0].url.startswith("/wydzialy#osoba-")


def test_nobody_finds_or_counts_what_they_may_not_open(office: Program, index: SearchIndex) -> None:
    with office.database.reading() as session:
        places = {f"case:{case.id}": case.path for case in session.scalars(select(Case))}
    departments = {"skarbnik": "/biuro/FN", "podatki": "/biuro/FN", "planista": "/biuro/PP"}
    for login in LOGINS:
        page = index.search(Query("", tokens(office, login), size=100))
        seen = {hit.key for hit in page.hits if hit.kind == "case"}
        if login in EVERYWHERE:
            allowed = set(places)
        else:
            allowed = {key for key, path in places.items() if path == departments.get(login)}
        assert seen <= allowed, login
        by_case = index.search(Query("", tokens(office, login), size=100, page=1)).facets["type"]
        counted = dict(by_case)
        assert counted.get("case", 0) == len(allowed), login
        if login in ("", "jan.kowalski", "redaktor"):
            assert not {"entry", "case", "party", "letter"} & set(counted), login
        for name in FACETS:
            assert sum(count for _, count in page.facets.get(name, ())) <= page.total


def test_no_name_of_a_party_comes_out_of_the_public_index(office: Program, index: SearchIndex) -> None:
    page = index.search(Query("Kowalski Jan", tokens(office, "")))
    assert not {hit.kind for hit in page.hits} & {"party", "entry", "case", "letter"}
    assert all("Kowalsk" not in s.title for s in index.suggest("Kowal", Query("").now))


def test_whatever_happens_to_a_thing_it_is_indexed_anew_once(office: Program) -> None:
    def asked() -> list[str]:
        with office.database.reading() as session:
            jobs = session.scalars(select(Job).where(Job.topic == "search.index", Job.state == DUE)).all()
            return [f"{job.payload['kind']}:{job.payload['key']}" for job in jobs]

    before = asked()
    with office.database.transaction() as session:
        party = session.scalars(select(Party).where(Party.last_name == "Kowalski")).one()
        parties.rename(session, SYSTEM, party.id, name="Jan Nowy", first_name="Jan", last_name="Nowy")
        user = session.scalars(select(User).where(User.login == "referent")).one()
        accounts.set_active(session, SYSTEM, user.id, active=False)
    new = asked()[len(before) :]
    assert sorted(new) == [f"party:{party.id}", f"user:{user.id}"]
    with office.database.reading() as session:
        assert sources.load(session, "user", str(user.id)).doc is None
