"""The demo gmina: everything is there, by the right people, in the order of time, and nothing waits for the outside."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.pl import pesel

from bip.models import AvailableDay, BulletinCheckpoint, BulletinDue, JournalReview, TermFact
from eoffice.cases.models import Case, JrwaClass
from eoffice.citizen import matters
from eoffice.desk import work
from eoffice.dispatch.models import Letter
from eoffice.intake.models import Message
from eoffice.register.models import Entry
from forms import queries as forms
from forms import shipped
from portal.accounts import actions as accounts
from portal.accounts.models import Group, User
from portal.commands import played, seed
from portal.commands.opened import opened
from portal.content import paced
from portal.content.models import Item, ItemVersion
from portal.content.personal import review
from portal.content.workflow import ARCHIVED, PUBLISHED, RETIRED, WITHDRAWN
from portal.core import actors, clock, documents, events
from portal.core.actors import Actor
from portal.core.db import Base
from portal.core.events import Event
from portal.core.outbox import DUE, Job
from portal.core.program import Program
from portal.core.settings import Settings
from portal.town import PASSWORD, logins, office, town
from tests.commands.conftest import NewTown

PEOPLE = [person["login"] for person in (*town()["staff"], *town()["citizens"])]


def person(session: Session, login: str) -> Actor:
    return actors.user(session.scalars(select(User.id).where(User.login == login)).one())


def heaps(program: Program, login: str) -> dict[str, int]:
    """What waits for somebody on the desk, and how much."""
    with program.database.reading() as session:
        return {heap.name: heap.count for heap in work.today(session, person(session, login))}


def test_the_log_of_events_is_whole_and_every_document_as_it_was(filled: Program) -> None:
    with filled.database.reading() as session:
        assert events.broken_link(session) is None
        assert list(documents.damaged(session, filled.blobs)) == []


def test_the_log_of_events_runs_in_the_order_of_time(filled: Program) -> None:
    with filled.database.reading() as session:
        moments = list(session.scalars(select(Event.at).order_by(Event.seq)))

    assert moments == sorted(moments)
    assert moments[-1] <= clock.now()


@pytest.mark.parametrize("login", PEOPLE)
def test_everybody_can_log_in(filled: Program, login: str) -> None:
    with filled.database.transaction() as session:
        assert accounts.authenticate(session, login, PASSWORD).login == login


def test_visitors_are_offered_the_citizens_and_one_of_each_trade() -> None:
    offered = [login.about for login in logins()]

    assert len(offered) == 7
    assert {login.login for login in logins()} <= set(PEOPLE)


def test_eight_services_are_offered_each_with_a_rule_the_office_can_follow(filled: Program) -> None:
    with filled.database.reading() as session:
        offered = [form.slug for form in forms.published(session)]
        classes = set(session.scalars(select(JrwaClass.symbol).where(JrwaClass.is_end)))
        departments = set(session.scalars(select(Group.symbol).where(Group.kind == "department")))

    assert offered == list(town()["forms"])
    assert sorted(offered) == list(shipped.slugs())
    assert len(offered) == 8
    assert all(rule["symbol"] in classes and rule["department"] in departments for rule in town()["forms"].values())


def test_the_head_finds_work_of_every_sort_on_the_desk(filled: Program) -> None:
    found = heaps(filled, "kierownik")

    assert found.keys() >= {"late", "approval", "new", "at_counter", "aside"}
    assert found["late"] >= 2


def test_the_clerk_and_the_mail_room_find_theirs(filled: Program) -> None:
    assert heaps(filled, "referent").keys() >= {"late", "returned", "mine"}
    assert heaps(filled, "kancelaria").keys() >= {"new", "aside"}


@pytest.mark.parametrize(("login", "now"), [("jan.kowalski", "answer"), ("anna.nowak", "counter")])
def test_each_citizen_sees_one_matter_of_their_own(filled: Program, login: str, now: str) -> None:
    with filled.database.reading() as session:
        user_id = person(session, login).user_id
        assert user_id is not None
        found = matters.of_user(session, user_id)

    assert [row.now for row in found.cases] == [now]


def test_cases_of_many_classes_are_under_way_and_some_have_ended(filled: Program) -> None:
    with filled.database.reading() as session:
        states = list(session.scalars(select(Case.state)))
        symbols = set(session.scalars(select(Case.symbol)))
        letters = set(session.scalars(select(Letter.state)))

    assert states.count("ended") == 2
    assert len(symbols) >= 6
    assert letters >= {"draft", "awaiting_approval", "returned", "delivered"}


def test_one_item_nobody_could_read_lies_aside(filled: Program) -> None:
    with filled.database.reading() as session:
        aside = list(session.scalars(select(Message).where(Message.state == "set_aside")))

    assert [message.problem.partition(".")[0] for message in aside] == ["unreadable"]


def test_nothing_waits_for_the_outside(filled: Program) -> None:
    with filled.database.reading() as session:
        due = set(session.scalars(select(Job.topic).where(Job.state == DUE)))
        unconfirmed = session.scalar(select(func.count(Message.id)).where(Message.acknowledged_at.is_(None)))

    # All of it our own worker's: words to search by, pictures in several sizes, files to look through, later ends.
    assert due <= {"search.index", "search.read", "content.render_image", "content.expire", "personal.check"}
    assert "content.render_image" in due
    assert unconfirmed == 0


def test_people_did_what_is_theirs(filled: Program) -> None:
    with filled.database.reading() as session:
        mail_room = person(session, played.MAIL_ROOM).user_id
        paper = select(Entry.registered_by).where(Entry.register == "RPW", Entry.channel == "counter")
        stamped = set(session.scalars(paper))
        own = session.scalar(select(func.count(Letter.id)).where(Letter.author_id == Letter.approver_id))

    assert stamped == {mail_room}
    assert own == 0


def test_the_bulletin_was_entered_by_its_editor_who_decided_on_every_name_in_it(filled: Program) -> None:
    with filled.database.reading() as session:
        live = select(ItemVersion).join(Item, Item.live_version_id == ItemVersion.id).where(Item.path.like("/bip/%"))
        versions = list(session.scalars(live))
        open_ones = [
            version.title
            for version in versions
            if review.review(session, session.get_one(Item, version.item_id), version).undecided
        ]

    assert len(versions) > 90
    assert {(version.author, version.published_by) for version in versions} == {("Ewa Maj", "Ewa Maj")}
    assert open_ones == []


def test_the_town_has_lived_for_months_and_everything_was_done_in_its_time(filled: Program) -> None:
    with filled.database.reading() as session:
        states = set(session.scalars(select(Item.state).where(Item.path.like("/bip/%"))))
        days = {clock.local(moment).date() for moment in session.scalars(select(Item.published_at))}
        reviewed = session.scalar(select(func.count(JournalReview.day))) or 0
        looked = session.scalar(select(func.count(AvailableDay.day)).where(AvailableDay.failed == 0)) or 0
        signed = session.scalar(select(func.count(BulletinCheckpoint.id))) or 0
        late = list(session.scalars(select(TermFact.item_id).where(TermFact.act == "late")))
        waiting = set(session.scalars(select(BulletinDue.kind).where(BulletinDue.due <= clock.today())))

    assert states == {PUBLISHED, RETIRED, WITHDRAWN, ARCHIVED}
    assert len(days) > 20
    assert clock.today() not in days
    assert (reviewed >= paced.OPENED - 1, looked > 30, signed > 15) == (True, True, True)
    assert (late, waiting) == ([], {"also"})


def test_filling_again_changes_nothing(filled: Program, filled_settings: Settings) -> None:
    before = _counts(filled)

    assert not seed.seed(filled_settings)

    assert _counts(filled) == before


def _counts(program: Program) -> dict[str, int]:
    with program.database.reading() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_every_pesel_has_its_check_digit() -> None:
    senders = [matter["from"] for matter in office()]
    given = [one["pesel"] for one in (*town()["citizens"], *senders) if "pesel" in one]

    assert given
    assert all(pesel.is_valid(number) for number in given)


def test_only_acts_there_are_stand_in_the_courses() -> None:
    assert {step["act"] for matter in office() for step in matter["course"]} == played.ACTS.keys()


def test_at_the_turn_of_the_year_the_numbers_begin_anew(new_town: NewTown) -> None:
    settings = new_town("january")
    with clock.frozen(datetime(2027, 1, 11, 7, 30, tzinfo=clock.WARSAW)):
        assert seed.seed(settings)
        with opened(settings) as program, program.database.reading() as session:
            series = session.execute(
                select(Entry.year, func.min(Entry.number), func.max(Entry.number), func.count())
                .where(Entry.register == "RPW")
                .group_by(Entry.year)
                .order_by(Entry.year)
            ).all()
            late = session.scalars(select(Case.sign).where(Case.state == "in_progress", Case.due_on < clock.today()))

            assert [(row[0], row[1]) for row in series] == [(2026, 1), (2027, 1)]
            assert all(last == count for _, _, last, count in series)
            assert len(late.all()) >= 2
            assert events.broken_link(session) is None
