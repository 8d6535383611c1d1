"""What the rules make due is seen in time, done by people with a trace, and worked out anew when the rules change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from bip import dues, duties, following, periods, rule_acts, rules, sweeping, term_acts, terms
from bip.models import BulletinDue
from portal.commands.terms import rebuild
from portal.content import actions, types
from portal.content.editor import lists
from portal.content.models import Item, ItemVersion
from portal.core import clock, outbox
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Invalid
from portal.core.events import Event
from portal.core.outbox import Job
from portal.web import formats
from tests.bip.conftest import People
from tests.bip.test_terms import LAST_DAY, PUBLISHED, due_of, midnight, notice, published
from tests.content.conftest import add_person
from tests.content.test_pages import statements
from tests.content.test_schedule import run
from tests.content.web import log_in, make_app, post

MARKS = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-10-30"}


def by_person(database: Database, person: Actor, kind: str, **fields: str) -> int:
    with clock.frozen(PUBLISHED), database.transaction() as session:
        item = actions.create_item(session, person, "/bip/ogloszenia", kind, "Informacja", fields=MARKS | fields)
        return actions.publish(session, person, item.id).id


@pytest.fixture
def older(bulletin: Database) -> Database:
    """A Bulletin that began before the days of these tests."""
    with bulletin.transaction() as session:
        session.execute(update(Item).where(Item.path == "/bip").values(created_at=datetime(2026, 9, 1, tzinfo=UTC)))
    return bulletin


def kinds_of(database: Database, number: int) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(BulletinDue.kind).where(BulletinDue.item_id == number)))


def mark(database: Database, person: Actor, number: int, act: str, day: date | None = None) -> None:
    with database.transaction() as session:
        term_acts.mark_place(session, person, number, "board", act, day=day)


def test_the_notice_board_is_a_task_until_it_is_ticked_and_taking_it_back_is_another_fact(
    bulletin: Database, people: People
) -> None:
    number = notice(bulletin)
    assert "also" in kinds_of(bulletin, number)
    with clock.frozen(PUBLISHED):
        mark(bulletin, people.editor, number, "posted")
        with pytest.raises(Conflict, match="place_marked"):
            mark(bulletin, people.editor, number, "posted")
        assert kinds_of(bulletin, number) == ["end", "remove"]
        mark(bulletin, people.editor, number, "undone")
    assert "also" in kinds_of(bulletin, number)
    with bulletin.reading() as session:
        told = [(fact.act, fact.author) for fact in term_acts.facts(session, number)]
        assert told == [("posted", "Ewa Redaktor"), ("undone", "Ewa Redaktor")]


def test_the_list_of_the_notice_board_says_what_to_post_and_what_hangs(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    hanging, waiting = notice(bulletin), published(bulletin, "property_list")
    with clock.frozen(PUBLISHED):
        mark(bulletin, people.editor, hanging, "posted")
    with bulletin.reading() as session:
        assert [one.item_id for one in duties.on_board(session, "also")] == [waiting]
        [one] = duties.on_board(session, "remove")
        assert (one.item_id, one.posted, one.due) == (hanging, date(2026, 11, 2), date(2026, 11, 17))
    client = log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.publisher)
    assert f"{waiting}/obowiazki/arkusz" in client.get("/redakcja/biuletyn/terminy/tablica").text


def test_the_sheet_comes_down_after_its_time_on_a_day_that_has_come(bulletin: Database, people: People) -> None:
    number = notice(bulletin)
    with clock.frozen(LAST_DAY + timedelta(days=3)):
        mark(bulletin, people.editor, number, "posted", date(2026, 11, 2))
        assert ("remove", number, date(2026, 11, 17)) in due_of(bulletin)
        for day in (date(2026, 11, 1), date(2026, 12, 1)):
            with pytest.raises(Invalid, match="place_day"):
                mark(bulletin, people.editor, number, "removed", day)
        mark(bulletin, people.editor, number, "removed", date(2026, 11, 17))
    assert kinds_of(bulletin, number) == ["end"]


@pytest.mark.parametrize(
    ("kind", "fields", "last"),
    [
        ("environment", {"produced_on": "2026-10-30"}, date(2026, 11, 2)),
        ("environment", {"produced_on": "2026-12-23"}, date(2026, 12, 28)),
        ("election_notice", {"vote_on": "2027-01-24"}, date(2026, 12, 25)),
        ("planning_consultation", {"starts_on": "2026-12-01"}, date(2026, 12, 1)),
        ("interpellation", {"received_on": "2026-11-09"}, date(2026, 11, 13)),
        ("vacancy", {"produced_on": "2026-10-30"}, None),
    ],
)
def test_the_last_day_to_publish_follows_from_the_rule_and_the_holidays(
    kind: str, fields: dict[str, str], last: date | None
) -> None:
    assert terms.publish_by(fields, rules.in_force(types.of(kind).terms, PUBLISHED)) == last


def test_a_draft_has_its_day_and_one_published_late_says_why(older: Database, people: People) -> None:
    fields = MARKS | {"case_sign": "OS.6220.1.2026"}
    with clock.frozen(PUBLISHED), older.transaction() as session:
        number = actions.create_item(
            session, people.editor, "/bip/ogloszenia", "environment", "Informacja", fields=fields
        ).id
    with clock.frozen(PUBLISHED):
        assert due_of(older) == [("publish", number, date(2026, 11, 2))]
    with clock.frozen(PUBLISHED + timedelta(days=1)), older.transaction() as session:
        actions.publish(session, people.publisher, number)
    assert kinds_of(older, number) == ["also", "end", "explain"]
    with older.transaction() as session:
        with pytest.raises(Invalid, match="reason_missing"):
            term_acts.explain(session, people.editor, number, " ")
        term_acts.explain(session, people.editor, number, "Awaria systemu")
    assert kinds_of(older, number) == ["also", "end"]
    with older.reading() as session:
        assert session.scalar(select(func.count()).where(Event.verb == "bip.published_late")) == 1


def test_what_was_due_before_the_bulletin_began_is_not_late(bulletin: Database, people: People) -> None:
    number = by_person(bulletin, people.publisher, "environment", case_sign="OS.1.2026", produced_on="2026-10-20")
    assert kinds_of(bulletin, number) == ["also", "end"]


def test_what_was_late_stays_on_a_list_with_the_reason(
    older: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    fields = {"case_sign": "OS.6220.1.2026", "produced_on": "2026-10-20"}
    number = by_person(older, people.publisher, "environment", **fields)
    client = log_in(make_app(older, blobs, tmp_path).test_client(), people.publisher)
    here, listed = f"/redakcja/strona/{number}/obowiazki", "/redakcja/biuletyn/terminy/spoznienia"
    assert "czeka na wyjaśnienie" in client.get(listed).text
    assert post(client, here, f"{here}/wyjasnienie", {"powod": "Awaria łącza"}).location == here
    assert "Awaria łącza (Piotr Wydawca" in client.get(listed).text


def test_what_is_published_in_time_is_not_late(older: Database, people: People) -> None:
    number = by_person(older, people.publisher, "environment", case_sign="OS.1.2026")
    assert kinds_of(older, number) == ["also", "end"]


@pytest.mark.parametrize("text", ["do końca miesiąca", "2026-11-31", "12.12.2026"])
def test_a_day_nobody_can_read_is_refused_instead_of_skipping_the_ten_days(bulletin: Database, text: str) -> None:
    with pytest.raises(Invalid, match="day_unreadable"):
        published(bulletin, "vacancy", post="inspektor", apply_until=text)


def test_the_form_keeps_what_was_typed_and_says_which_day_cannot_be_read(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    client = log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.editor)
    form = "/redakcja/nowa?typ=vacancy&w=/bip/ogloszenia"
    fields = MARKS | {"post": "inspektor", "apply_until": "do końca miesiąca"}
    typed = {"title": "Nabór"} | {f"pole-{name}": text for name, text in fields.items()}
    answer = post(client, form, form, typed)
    assert answer.status_code == 422
    assert 'value="inspektor"' in answer.text
    assert 'href="#pole-apply_until"' in answer.text
    with bulletin.reading() as session:
        assert session.scalar(select(func.count()).where(Item.type == "vacancy")) == 0


def test_the_sheet_and_the_duties_are_for_those_who_may_view_drafts_there(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    number = notice(bulletin)
    app = make_app(bulletin, blobs, tmp_path)
    elsewhere = add_person(bulletin, "obcy", "Obcy Redaktor", "editor", "/urzad")
    for door in ("", "/arkusz"):
        address = f"/redakcja/strona/{number}/obowiazki{door}"
        assert app.test_client().get(address).status_code in (302, 303, 401)
        assert log_in(app.test_client(), people.citizen).get(address).status_code == 403
        assert log_in(app.test_client(), elsewhere).get(address).status_code in (403, 404)
        assert log_in(app.test_client(), people.editor).get(address).status_code == 200


def test_an_unreadable_day_that_stands_already_is_reported(bulletin: Database) -> None:
    number = published(bulletin, "vacancy", post="inspektor", apply_until="2026-11-20")
    with bulletin.transaction() as session:
        version = session.get_one(ItemVersion, session.get_one(Item, number).live_version_id)
        version.fields = version.fields | {"apply_until": "wkrótce"}
        following.refresh(session, [number])
    assert "unreadable" in kinds_of(bulletin, number)


def test_quarters_and_years_in_peoples_words_are_known() -> None:
    quarterly = {"quarterly": True, "period_field": "period"}
    words = ("III kwartał 2026", "trzeci kwartał 2026", "za 3 kwartał 2026 r.", "2026, III kw.")
    assert {periods.name_of(quarterly, {"period": text}) for text in words} == {"2026-Q3"}
    assert periods.name_of(quarterly, {"period": "cały 2026"}) == ""
    owed = [(one.name, one.due) for one in periods.owed(quarterly, date(2026, 1, 5))]
    assert owed[-1] == ("2025-Q4", date(2026, 1, 31))
    yearly = {"yearly_by": "05-31", "period_field": "year"}
    assert [one.name for one in periods.owed(yearly, date(2026, 11, 24))] == ["2024", "2025"]


def test_a_publication_of_a_period_is_missed_until_it_is_there_or_somebody_says_why_not(
    older: Database, people: People
) -> None:
    with clock.frozen(PUBLISHED), older.transaction() as session:
        following.sweep(session)
    with clock.frozen(PUBLISHED):
        assert due_of(older) == [("missing", None, date(2026, 10, 31))]
        number = published(older, "budget_execution", period="III kwartał 2026")
        assert due_of(older) == []
    with clock.frozen(datetime(2027, 1, 20, tzinfo=UTC)):
        with older.transaction() as session:
            following.sweep(session)
        assert due_of(older) == [("missing", None, date(2027, 1, 31))]
        with older.transaction() as session:
            term_acts.settle(session, people.publisher, "budget_execution", "2026-Q4", "Połączono z roczną")
        assert due_of(older) == []
    assert number


def decide(database: Database, person: Actor, number: int, act: str, reason: str, until: date | None = None) -> None:
    with database.transaction() as session:
        term_acts.decide(session, person, number, act, reason=reason, until=until)


def test_at_the_end_somebody_decides_with_a_reason(bulletin: Database, people: People) -> None:
    number = published(bulletin, "asset_declaration", person_post="radny", year="2025")
    later = midnight(date(2032, 11, 3))
    with clock.frozen(later):
        run(bulletin, "content.expire")
    with clock.frozen(later + timedelta(days=1)):
        assert ("end", number, date(2032, 11, 2)) in due_of(bulletin)
        with pytest.raises(Invalid, match="reason_missing"):
            decide(bulletin, people.publisher, number, "archive", "")
        decide(bulletin, people.publisher, number, "keep", "Trwa kontrola", date(2033, 2, 1))
        assert due_of(bulletin) == []
    with bulletin.reading() as session:
        assert session.get_one(Item, number).expires_at == midnight(date(2033, 2, 2))
    with clock.frozen(midnight(date(2033, 2, 2))):
        decide(bulletin, people.publisher, number, "archive", "Koniec kontroli")
    with bulletin.reading() as session:
        assert session.get_one(Item, number).state == "archived"


def test_what_has_a_longest_time_is_kept_past_it_only_by_a_decision(bulletin: Database, people: People) -> None:
    number = published(bulletin, "assembly_ban")
    with clock.frozen(PUBLISHED):
        with pytest.raises(Conflict, match="only_withdraw"):
            decide(bulletin, people.publisher, number, "archive", "Koniec")
        decide(bulletin, people.publisher, number, "keep", "Sprawa w sądzie", date(2027, 4, 1))
    with clock.frozen(midnight(date(2027, 3, 1))), bulletin.transaction() as session:
        marks = MARKS | {"case_sign": "SO.1.2026", "produced_by": "Anna Nowak"}
        actions.save_draft(
            session, people.editor, number, expected=None, title="Zakaz", summary="", body="", fields=marks, reason="x"
        )
        assert actions.publish(session, people.publisher, number).expires_at == midnight(date(2027, 4, 2))
    with clock.frozen(midnight(date(2027, 4, 2))):
        run(bulletin, "content.expire")
    with bulletin.reading() as session:
        assert session.get_one(Item, number).state == "withdrawn"


def test_an_early_end_is_a_decision_that_everyone_reads(bulletin: Database, people: People) -> None:
    number = notice(bulletin)
    with clock.frozen(PUBLISHED):
        with pytest.raises(Conflict, match="term_too_early"):
            decide(bulletin, people.publisher, number, "keep", "Dłużej nie trzeba", date(2026, 11, 3))
        decide(bulletin, people.publisher, number, "withdraw", "Dane osobowe")
    assert kinds_of(bulletin, number) == []


def test_what_came_without_an_end_gets_it_once_and_what_somebody_decided_stays(
    bulletin: Database, people: People
) -> None:
    brought, wished = notice(bulletin), notice(bulletin)
    with bulletin.transaction() as session:
        session.get_one(Item, brought).expires_at = None
        session.execute(delete(Job).where(Job.topic == "content.expire"))
        session.execute(delete(BulletinDue))
    with clock.frozen(PUBLISHED + timedelta(days=1)), bulletin.transaction() as session:
        actions.schedule(session, people.publisher, wished, publish_at=None, expires_at=None)
    for _ in range(3):
        with clock.frozen(PUBLISHED + timedelta(days=2)), bulletin.transaction() as session:
            following.start_anew(session)
            following.sweep(session)
    with bulletin.reading() as session:
        assert session.get_one(Item, brought).expires_at == midnight(date(2026, 12, 3))
        assert session.get_one(Item, wished).expires_at is None
        assert session.scalar(select(func.count()).where(Job.topic == "content.expire")) == 1
    assert kinds_of(bulletin, brought) == kinds_of(bulletin, wished) == ["also", "end"]


def test_a_quiet_day_costs_the_same_however_many_items_there_are(bulletin: Database) -> None:
    asked = []
    for _ in range(2):
        for _ in range(5):
            notice(bulletin)
        with bulletin.transaction() as session:
            while following.fill(session):
                pass
        with clock.frozen(PUBLISHED), statements(bulletin) as seen, bulletin.transaction() as session:
            assert not following.sweep(session)
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_a_filling_goes_on_in_parts_until_all_is_seen(bulletin: Database) -> None:
    for _ in range(5):
        notice(bulletin)
    with bulletin.transaction() as session:
        session.execute(delete(BulletinDue))
        sweeping.ensure(session)
    effect = sweeping.effect(batch=2)
    for _ in range(4):
        with bulletin.transaction() as session:
            effect.save(session, {}, True)
    with bulletin.reading() as session:
        assert not following.behind(session)
        assert session.scalar(select(func.count()).where(BulletinDue.kind == "also")) == 5


def test_a_command_works_everything_out_anew(bulletin: Database) -> None:
    number = notice(bulletin)
    with bulletin.transaction() as session:
        session.execute(delete(BulletinDue))
    said: list[str] = []
    assert rebuild(bulletin, said.append) == 1
    assert kinds_of(bulletin, number) == ["also", "end"]
    assert "1" in said[-1]


def test_the_desk_counts_what_is_due_today_and_late(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    notice(bulletin)
    published(bulletin, "interpellation", councillor="Anna Nowak", received_on="2026-10-18")
    app = make_app(bulletin, blobs, tmp_path)
    with app.app_context(), clock.frozen(PUBLISHED), bulletin.reading() as session:
        found = [task.when for task in lists.tasks(session, people.publisher) if "Terminy" in task.title]
        assert found == ["2 terminy dziś, 1 po terminie"]
        assert duties.task(session, people.citizen) is None


def test_the_list_reads_on_page_by_page(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    for _ in range(27):
        notice(bulletin)
    client = log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.publisher)
    first = client.get("/redakcja/biuletyn/terminy?ktore=po-terminie").text
    assert first.count("/obowiazki") == 25
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert client.get(older).text.count("/obowiazki") == 2


def test_places_decisions_and_the_sheet_stand_on_the_items_page(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    number = notice(bulletin)
    client = log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.publisher)
    here = f"/redakcja/strona/{number}/obowiazki"
    assert post(client, here, f"{here}/miejsce", {"miejsce": "board", "co": "posted"}).location == here
    assert "Cofnij ostatnie zaznaczenie" in client.get(here).text
    assert "Wywieszono" in client.get(f"{here}/arkusz").text
    answer = post(client, here, f"{here}/decyzja", {"co": "keep", "powod": "", "do": "2099-01-01"})
    assert answer.location == here
    assert "Podaj powód" in client.get(here).text
    assert "Termin i obowiązki" in client.get(f"/redakcja/strona/{number}").text


def test_everyone_reads_when_a_notice_counts_as_served_where_else_it_stood_and_why_it_stays(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    number = notice(bulletin)
    with clock.frozen(PUBLISHED):
        mark(bulletin, people.editor, number, "posted")
    ban = published(bulletin, "assembly_ban")
    with clock.frozen(PUBLISHED):
        decide(bulletin, people.publisher, ban, "keep", "Sprawa w sądzie", date(2027, 4, 1))
    client = make_app(bulletin, blobs, tmp_path).test_client()
    with bulletin.reading() as session:
        path, kept = (session.get_one(Item, one).path for one in (number, ban))
    served = formats.day(date(2026, 11, 16))
    for address in ("/bip/ogloszenia", "/bip/ogloszenia/rss.xml", "/bip/ogloszenia/atom.xml", path):
        assert served in client.get(address).text, address
    assert "Ogłoszono także: tablica ogłoszeń urzędu" in client.get(path).text
    assert "Powód: Sprawa w sądzie" in client.get(kept).text


def test_what_must_be_open_is_not_closed_with_its_section_or_moved_into_a_closed_one(
    bulletin: Database, people: People
) -> None:
    number = notice(bulletin)
    with bulletin.transaction() as session:
        folder = session.scalars(select(Item).where(Item.path == "/bip/ogloszenia")).one().id
        closed = actions.create_item(session, people.publisher, "/bip", "bip_folder", "Zamknięty", name="zamkniety").id
        actions.present(session, people.publisher, closed, in_menu=False, protected=True)
    with clock.frozen(PUBLISHED), bulletin.transaction() as session:
        for act in (
            lambda: actions.present(session, people.publisher, folder, in_menu=True, protected=True),
            lambda: actions.move(session, people.publisher, number, "/bip/zamkniety"),
        ):
            with pytest.raises(Conflict, match="term_closed"):
                act()
    with clock.frozen(LAST_DAY + timedelta(minutes=1)), bulletin.transaction() as session:
        assert actions.present(session, people.publisher, folder, in_menu=True, protected=True).protected


def test_the_last_places_mark_is_what_counts() -> None:
    assert [place.posted for place in dues.places({"also": ["board"]}, [])] == [None]


def test_a_rule_entered_ahead_makes_drafts_due_once_its_day_has_come(older: Database) -> None:
    administrator = add_person(older, "adam", "Adam Administrator", "site_admin")
    with clock.frozen(PUBLISHED), older.transaction() as session:
        fields = MARKS | {"decided_on": "2026-11-12"}
        number = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "decision", "Decyzja", fields=fields).id
        rule = {"basis": "art. 1", "within_working_days": "2", "since_field": "decided_on"}
        rule_acts.add(
            session, administrator, "decision", rule, since=date(2026, 11, 10), reason="Ustawa", confirmed=False
        )
        while following.fill(session):
            pass
    assert kinds_of(older, number) == []
    with clock.frozen(PUBLISHED + timedelta(days=8)), older.transaction() as session:
        while following.sweep(session):
            pass
    assert kinds_of(older, number) == ["publish"]


def test_what_waits_for_a_decision_does_not_keep_what_must_come_down_from_its_turn(bulletin: Database) -> None:
    waiting = published(bulletin, "asset_declaration", person_post="radny", year="2025")
    number = published(bulletin, "assembly_ban")
    with bulletin.transaction() as session:
        while following.fill(session):
            pass
        session.execute(update(Item).where(Item.id.in_((waiting, number))).values(expires_at=None))
        session.execute(update(BulletinDue).where(BulletinDue.item_id == waiting).values(due=date(2027, 1, 1)))
    with clock.frozen(midnight(date(2027, 3, 1))), bulletin.transaction() as session:
        following.sweep(session, batch=1)
        assert session.get_one(Item, waiting).expires_at is None
        assert session.get_one(Item, number).expires_at == clock.now()


@pytest.mark.parametrize(
    ("now", "next_at"),
    [
        ("2026-11-24T00:10:07+01:00", "2026-11-25T00:10:00+01:00"),
        ("2026-11-24T09:30:00+01:00", "2026-11-25T00:10:00+01:00"),
        ("2026-03-28T12:00:00+01:00", "2026-03-29T00:10:00+01:00"),
        ("2026-03-29T12:00:00+02:00", "2026-03-30T00:10:00+02:00"),
        ("2026-10-25T00:10:05+02:00", "2026-10-26T00:10:00+01:00"),
    ],
)
def test_the_daily_look_keeps_its_hour_however_late_it_was_and_through_summer_time(now: str, next_at: str) -> None:
    with clock.frozen(datetime.fromisoformat(now)):
        job = Job(every=24 * 3600)
        outbox.finish(job, sweeping.effect().next_at)
    assert job.run_after == datetime.fromisoformat(next_at)


def test_a_working_copy_from_elsewhere_was_public_nowhere_and_owes_the_notice_board(bulletin: Database) -> None:
    def of(moment: str) -> int:
        with clock.frozen(PUBLISHED), bulletin.transaction() as session:
            origin = {"kind": "wrota", "published_at": moment, "first_published_at": moment}
            fields = MARKS | {"case_sign": "SO.2.2026", "origin": origin}
            item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "notice", "Obwieszczenie", fields=fields)
            return actions.publish(session, SYSTEM, item.id).id

    assert "also" in kinds_of(bulletin, of(""))
    assert "also" not in kinds_of(bulletin, of("2026-10-01T09:00:00+00:00"))
