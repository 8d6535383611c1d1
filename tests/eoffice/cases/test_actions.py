"""Acts on cases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases import queries
from eoffice.cases.models import Case
from eoffice.register.models import Entry
from portal.core import clock, events
from portal.core.actors import ANONYMOUS
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from tests.eoffice import office
from tests.eoffice.office import Office


@pytest.fixture
def town(database: Database) -> Office:
    return office.make(database)


def open_case(session: Session, town: Office, **given: Any) -> Case:
    facts: dict[str, Any] = {
        "entry_id": town.entry_id, "department_id": town.department_id, "symbol": "6131", "title": "Wycinka dębu",
    }  # fmt: skip
    return cases.open_case(session, town.clerk, **(facts | given))


def test_a_case_gets_its_sign_its_term_and_its_party(database: Database, town: Office) -> None:
    with clock.frozen(datetime(2026, 11, 23, 9, tzinfo=UTC)), database.transaction() as session:
        session.get_one(Entry, town.entry_id).received_on = date(2026, 11, 20)
        case = open_case(session, town)
        assert (case.sign, case.state) == ("OSR.6131.1.2026", "open")
        assert case.due_on == date(2026, 12, 21)
        assert queries.party_ids(session, case.id) == {town.party_id}
        entry = session.get_one(Entry, town.entry_id)
        assert (entry.state, entry.case_id) == ("in_case", case.id)


def test_numbers_run_by_department_class_and_year(database: Database, town: Office) -> None:
    with clock.frozen(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)), database.transaction() as session:
        signs = [open_case(session, town, entry_id=None).sign for _ in range(2)]
        signs.append(open_case(session, town, entry_id=None, symbol="6232").sign)
    with clock.frozen(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)), database.transaction() as session:
        signs.append(open_case(session, town, entry_id=None).sign)
    assert signs == ["OSR.6131.1.2026", "OSR.6131.2.2026", "OSR.6232.1.2026", "OSR.6131.1.2027"]


@pytest.mark.parametrize("symbol", ["61", "9999", ""])
def test_only_an_end_class_takes_cases(database: Database, town: Office, symbol: str) -> None:
    with database.transaction() as session, pytest.raises(Invalid) as caught:
        open_case(session, town, symbol=symbol)
    assert caught.value.code == "case.class"


def test_an_entry_is_put_into_one_case_only(database: Database, town: Office) -> None:
    with database.transaction() as session:
        open_case(session, town)
    with database.transaction() as session, pytest.raises(Conflict) as caught:
        open_case(session, town)
    assert caught.value.code == "entry.in_case"
    with database.reading() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_another_departments_clerk_and_nobody_open_no_case_here(database: Database, town: Office) -> None:
    for actor in (town.stranger, town.citizen, ANONYMOUS):
        with database.transaction() as session, pytest.raises(Forbidden):
            cases.open_case(session, actor, entry_id=town.entry_id, department_id=town.department_id,
                            symbol="6131", title="x")  # fmt: skip


def test_a_second_letter_joins_the_case_and_brings_its_sender_in(database: Database, town: Office) -> None:
    with database.transaction() as session:
        case = open_case(session, town)
        other = office.add_party(session, "Jan Sąsiad", box="")
        entry = office.add_entry(session, other, "Sprzeciw sąsiada")
        cases.join_entry(session, town.clerk, case_id=case.id, entry_id=entry.id)
        assert queries.party_ids(session, case.id) == {town.party_id, other}
        assert [element.kind for element in queries.elements(session, case.id)] == ["entry", "entry"]


def test_waiting_for_the_party_moves_the_term(database: Database, town: Office) -> None:
    with database.transaction() as session, clock.frozen(datetime(2026, 5, 4, 9, tzinfo=UTC)):
        case = open_case(session, town, due_on=date(2026, 6, 1))
        cases.await_party(session, town.clerk, case_id=case.id)
    with database.transaction() as session, clock.frozen(datetime(2026, 5, 13, 9, tzinfo=UTC)):
        case = cases.party_answered(session, town.clerk, case_id=case.id)
        assert (case.state, case.due_on, case.paused_on) == ("in_progress", date(2026, 6, 10), None)


def test_a_term_is_extended_only_forward(database: Database, town: Office) -> None:
    with database.transaction() as session:
        case = open_case(session, town, due_on=date(2026, 6, 1))
        with pytest.raises(Invalid):
            cases.extend_term(session, town.clerk, case_id=case.id, due_on=date(2026, 5, 1))
        assert cases.extend_term(session, town.clerk, case_id=case.id, due_on=date(2026, 8, 3)).due_on == date(
            2026, 8, 3
        )


def test_an_ended_case_takes_nothing_more_and_ends_its_entries(database: Database, town: Office) -> None:
    with database.transaction() as session:
        case = open_case(session, town)
        cases.end_case(session, town.clerk, case_id=case.id, outcome="granted")
        assert case.ended_at is not None
        assert session.get_one(Entry, town.entry_id).state == "ended"
        with pytest.raises(Conflict) as caught:
            cases.note(session, town.clerk, case_id=case.id, text="Za późno")
    assert caught.value.code == "case.ended"


def test_an_ended_case_goes_on_under_a_new_sign_and_both_know_the_other(database: Database, town: Office) -> None:
    with database.transaction() as session:
        old = open_case(session, town)
        cases.end_case(session, town.clerk, case_id=old.id, outcome="refused")
        new = cases.resume_case(session, town.clerk, case_id=old.id)
        assert (old.state, new.number) == ("resumed", 2)
        assert queries.related(session, old) == [new]
        assert queries.related(session, new) == [old]
        assert queries.party_ids(session, new.id) == {town.party_id}
        with pytest.raises(Conflict):
            cases.resume_case(session, town.clerk, case_id=old.id)


def test_the_metryka_tells_who_did_what_and_when(database: Database, town: Office) -> None:
    with database.transaction() as session:
        case = open_case(session, town)
        cases.note(session, town.clerk, case_id=case.id, text="Rozmowa z wnioskodawczynią")
        cases.end_case(session, town.clerk, case_id=case.id, outcome="granted")
    with database.reading() as session:
        acts = queries.metryka(session, queries.by_sign(session, case.sign))
        assert [act.event.verb for act in acts] == ["case.opened", "case.begun", "case.noted", "case.ended"]
        assert {act.user_id for act in acts} == {town.clerk.user_id}


def test_events_of_a_case_hold_no_personal_data(database: Database, town: Office) -> None:
    with database.transaction() as session:
        case = open_case(session, town)
        cases.note(session, town.clerk, case_id=case.id, text="Anna Nowak prosi o termin")
    with database.reading() as session:
        told = str([(item.verb, item.data, item.refs) for item in session.scalars(select(events.Event))])
    assert "Nowak" not in told
    assert "85021412345" not in told


def test_an_unknown_case_is_not_found(database: Database, town: Office) -> None:
    with database.transaction() as session, pytest.raises(NotFound):
        cases.note(session, town.clerk, case_id=999, text="x")
