"""The two registers: numbers, dekretacja, cancelling, lists and the export."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from eoffice.register import actions, queries
from eoffice.register.models import Entry
from eoffice.register.queries import Filter
from portal.core import clock, numbering
from portal.core.actors import SYSTEM, Actor
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from tests.eoffice import office
from tests.eoffice.office import Office

NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
"""Half past midnight on 1 January 2027 in Poland."""


def letter(session: Session, title: str = "Wniosek", on: date | None = None, **more: str) -> Entry:
    return actions.register_incoming(
        session, SYSTEM, title=title, party=None, party_name="Jan Kowalski", channel="epuap",
        received_on=on or clock.today(), **more,
    )  # fmt: skip


@pytest.fixture
def staff(database: Database) -> Office:
    return office.make(database)


@pytest.fixture
def mailroom(database: Database, staff: Office) -> Actor:
    with database.transaction() as session:
        secretary = office.add_user(session, "sekretariat", "Ewa Sekretarz")
        office.grant(session, secretary, "mailroom", "/biuro")
        return secretary


def test_numbers_follow_each_other_and_the_identifier_has_no_slash(database: Database) -> None:
    with database.transaction() as session:
        first, second = letter(session), letter(session)
    assert (second.number, first.number) == (2, 1)
    assert second.identifier == f"RPW-{clock.today().year}-2"
    assert second.printed == f"RPW/2/{clock.today().year}"


def test_an_item_of_old_year_registered_in_new_gets_the_new_years_first_number(database: Database) -> None:
    with database.transaction() as session:
        letter(session, on=date(2026, 1, 2))
        with clock.frozen(NEW_YEAR):
            late = letter(session, on=date(2026, 12, 31))
    assert (late.identifier, late.received_on) == ("RPW-2027-1", date(2026, 12, 31))


def test_a_number_given_in_an_act_that_failed_is_given_again(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as session:
            letter(session)
            raise Conflict("something.else")

    with pytest.raises(Conflict):
        fail()
    with database.transaction() as session:
        assert letter(session).number == 1


def test_incoming_and_outgoing_are_numbered_apart(database: Database) -> None:
    with database.transaction() as session:
        letter(session)
        out = actions.register_outgoing(
            session, SYSTEM, title="Odpowiedź", party=None, party_name="Jan", channel="epuap", others=2
        )
    assert (out.identifier, out.others) == (f"RPWY-{clock.today().year}-1", 2)


@pytest.mark.parametrize(
    "change", [{"title": " "}, {"on": date(2999, 1, 1)}, {"access": "secret"}, {"letter_date": "2026-13"}]
)
def test_a_line_that_says_nothing_or_nonsense_is_refused(database: Database, change: dict[str, str]) -> None:
    with pytest.raises(Invalid), database.transaction() as session:
        letter(session, **change)
    with database.reading() as session:
        assert numbering.last_number(session, "RPW", clock.today().year) == 0


@pytest.mark.parametrize("text", ["2026", "2026-03", "2026-03-02", ""])
def test_the_date_on_a_letter_may_be_partial(database: Database, text: str) -> None:
    with database.transaction() as session:
        assert letter(session, letter_date=text).letter_date == text


def test_a_cancelled_line_stays_with_its_reason_and_number(database: Database) -> None:
    with database.transaction() as session:
        wrong = letter(session)
        actions.cancel(session, SYSTEM, wrong.id, "wpisano dwa razy")
        assert letter(session).number == 2
        with pytest.raises(Conflict):
            actions.cancel(session, SYSTEM, wrong.id, "raz jeszcze")
    assert (wrong.state, wrong.number, wrong.cancel_reason) == ("cancelled", 1, "wpisano dwa razy")


def test_cancelling_needs_a_reason_and_the_whole_offices_right(database: Database, staff: Office) -> None:
    with database.transaction() as session:
        with pytest.raises(Invalid):
            actions.cancel(session, SYSTEM, staff.entry_id, " ")
        with pytest.raises(Forbidden):
            actions.cancel(session, staff.head, staff.entry_id, "bo tak")


def test_the_mailroom_assigns_to_a_department_and_its_head_to_a_clerk(
    database: Database, staff: Office, mailroom: Actor
) -> None:
    with database.transaction() as session:
        actions.assign(session, mailroom, staff.entry_id, department_id=staff.department_id, due_on=date(2026, 4, 1))
        entry = actions.assign(
            session, staff.head, staff.entry_id, department_id=None, assignee_id=staff.clerk.user_id, note="pilne"
        )
        assert (entry.state, entry.assignee_id, entry.due_on) == ("assigned", staff.clerk.user_id, date(2026, 4, 1))
        made = queries.assignments(session, entry.id)
    assert [(one.made_by, one.assignee_id) for one in made] == [
        (mailroom.user_id, None),
        (staff.head.user_id, staff.clerk.user_id),
    ]


def test_a_further_dekretacja_may_shorten_a_term_but_not_lengthen_it(
    database: Database, staff: Office, mailroom: Actor
) -> None:
    with database.transaction() as session:
        actions.assign(session, mailroom, staff.entry_id, department_id=staff.department_id, due_on=date(2026, 4, 1))
        with pytest.raises(Invalid) as refusal:
            actions.assign(session, staff.head, staff.entry_id, department_id=None, due_on=date(2026, 4, 2))
        assert refusal.value.code == "register.term_lengthened"
        entry = actions.assign(session, staff.head, staff.entry_id, department_id=None, due_on=date(2026, 3, 20))
        assert entry.due_on == date(2026, 3, 20)


def test_who_made_a_wrong_dekretacja_corrects_it(database: Database, staff: Office, mailroom: Actor) -> None:
    with database.transaction() as session:
        actions.assign(session, mailroom, staff.entry_id, department_id=staff.department_id, due_on=date(2026, 4, 1))
        entry = actions.assign(
            session, mailroom, staff.entry_id, department_id=staff.other_department_id, due_on=date(2026, 5, 1)
        )
        assert (entry.department_id, entry.due_on) == (staff.other_department_id, date(2026, 5, 1))


def test_a_head_may_not_pass_a_superiors_disposition_to_another_department(
    database: Database, staff: Office, mailroom: Actor
) -> None:
    with database.transaction() as session:
        actions.assign(session, mailroom, staff.entry_id, department_id=staff.department_id)
        with pytest.raises(Forbidden):
            actions.assign(session, staff.head, staff.entry_id, department_id=staff.other_department_id)


def test_an_item_goes_only_to_somebody_in_the_department(database: Database, staff: Office) -> None:
    with database.transaction() as session, pytest.raises(Invalid) as refusal:
        actions.assign(
            session, SYSTEM, staff.entry_id, department_id=staff.department_id, assignee_id=staff.stranger.user_id
        )
    assert refusal.value.code == "register.not_in_department"


def test_another_department_may_not_assign(database: Database, staff: Office) -> None:
    with database.transaction() as session:
        actions.assign(session, SYSTEM, staff.entry_id, department_id=staff.department_id)
        with pytest.raises(Forbidden):
            actions.assign(session, staff.stranger, staff.entry_id, department_id=staff.department_id)


def test_an_item_outside_cases_lies_under_its_class(database: Database) -> None:
    with database.transaction() as session:
        entry = actions.file_outside_cases(session, SYSTEM, letter(session).id, "0150")
        assert (entry.state, entry.filed_under) == ("filed", "0150")
        with pytest.raises(Conflict):
            actions.cancel(session, SYSTEM, entry.id, "za późno")


def test_lists_are_narrowed_and_paged_by_key(database: Database, staff: Office) -> None:
    with database.transaction() as session:
        for number in range(5):
            letter(session, f"Pismo {number}")
        actions.assign(session, SYSTEM, staff.entry_id, department_id=staff.department_id)
    with database.reading() as session:
        mine = queries.listing(session, Filter(department_id=staff.department_id))
        assert [(row.id, row.department) for row in mine.rows] == [(staff.entry_id, "OSR")]
        page = queries.listing(session, Filter(unassigned=True), limit=3)
        rest = queries.listing(session, Filter(unassigned=True), after=page.after, limit=3)
        assert [row.title for row in page.rows + rest.rows] == [f"Pismo {n}" for n in (4, 3, 2, 1, 0)]
        assert queries.count(session, Filter(states=("new",))) == 5
        assert queries.listing(session, Filter(departments=frozenset())).rows == []


def test_a_line_is_found_by_its_printed_form_and_by_words(database: Database) -> None:
    with database.transaction() as session:
        entry = letter(session, "Wniosek o 100% ulgi")
        assert queries.by_identifier(session, entry.printed.lower()).id == entry.id
        assert queries.listing(session, Filter(text="100%")).rows
        assert not queries.listing(session, Filter(text="%ulgi%")).rows
        with pytest.raises(NotFound):
            queries.by_identifier(session, "RPW/9/1999")


def test_the_export_gives_chosen_columns_back_and_no_formula(database: Database) -> None:
    with database.transaction() as session:
        letter(session, "=cmd|' /C calc'!A0")
        actions.cancel(session, SYSTEM, letter(session, "Drugie; pismo").id, "błąd")
    target = io.StringIO(newline="")
    with database.reading() as session:
        year = clock.today().year
        assert queries.export(session, target, Filter(), year, ("number", "title", "state")) == 2
        assert [entry.number for entry in queries.report(session, Filter(), year)] == [1, 2]
        assert queries.gaps(session, "RPW", year) == []
    rows = list(csv.reader(io.StringIO(target.getvalue()), delimiter=";"))
    assert rows == [
        ["number", "title", "state"],
        ["1", "'=cmd|' /C calc'!A0", "new"],
        ["2", "Drugie; pismo", "cancelled"],
    ]


def test_completing_a_line_names_the_fields_that_changed(database: Database) -> None:
    with database.transaction() as session:
        entry = letter(session, "Pismo", sender_sign="AB.1")
        actions.complete(session, SYSTEM, entry.id, title="Wniosek o zaświadczenie", remarks="skan 1 strony")
        assert (entry.title, entry.sender_sign, entry.remarks) == ("Wniosek o zaświadczenie", "AB.1", "skan 1 strony")
