"""The shortest time the law gives a publication: the archive waits for it, a withdrawal need not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bip import answers, availability, duties, rules, spans, terms, told
from portal.content import actions, types
from portal.content.models import Item, ItemNote
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Invalid
from portal.web import formats
from tests.bip.conftest import People
from tests.content.test_schedule import run
from tests.content.web import log_in, make_app

PUBLISHED = datetime(2026, 11, 2, 9, tzinfo=UTC)
LAST_DAY = datetime(2026, 11, 16, 22, 59, tzinfo=UTC)
"""23:59 in Warsaw on the fourteenth day."""


def published(database: Database, kind: str, **fields: str) -> int:
    marks = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-10-30", "case_sign": "SO.1.2026"}
    with clock.frozen(PUBLISHED), database.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", kind, "Obwieszczenie", fields=marks | fields)
        return actions.publish(session, SYSTEM, item.id).id


def notice(database: Database) -> int:
    return published(database, "notice")


def midnight(day: date) -> datetime:
    return spans.midnight_after(day - timedelta(days=1))


def test_a_notice_goes_to_the_archive_after_its_fourteenth_day_and_not_before(bulletin: Database) -> None:
    number = notice(bulletin)
    with clock.frozen(LAST_DAY), pytest.raises(Conflict, match="term_too_early"), bulletin.transaction() as session:
        actions.archive(session, SYSTEM, number, reason="Koniec")
    with clock.frozen(LAST_DAY + timedelta(minutes=1)), bulletin.transaction() as session:
        assert actions.archive(session, SYSTEM, number, reason="Koniec").state == "archived"


def test_an_end_is_not_planned_before_the_term(bulletin: Database) -> None:
    number = notice(bulletin)
    with clock.frozen(PUBLISHED), bulletin.transaction() as session:
        with pytest.raises(Conflict, match="term_too_early"):
            actions.schedule(session, SYSTEM, number, publish_at=None, expires_at=LAST_DAY)
        later = LAST_DAY + timedelta(minutes=1)
        assert actions.schedule(session, SYSTEM, number, publish_at=None, expires_at=later).expires_at == later


def test_what_must_not_be_public_is_withdrawn_at_once(bulletin: Database) -> None:
    number = notice(bulletin)
    with clock.frozen(PUBLISHED + timedelta(hours=1)), bulletin.transaction() as session:
        assert actions.withdraw(session, SYSTEM, number, reason="Dane", decided=True).state == "withdrawn"


def test_months_end_on_the_day_of_the_same_date() -> None:
    assert spans.must_stand_to(datetime(2026, 11, 30, 12, tzinfo=UTC), {"min_months": 3}) == date(2027, 2, 28)
    assert spans.must_stand_to(PUBLISHED, {}) is None


def test_what_waits_for_its_moment_is_counted_from_it(bulletin: Database) -> None:
    planned = PUBLISHED + timedelta(days=10)
    with clock.frozen(PUBLISHED), bulletin.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "notice", "Obwieszczenie")
        with pytest.raises(Conflict, match="term_too_early"):
            actions.schedule(session, SYSTEM, item.id, publish_at=planned, expires_at=LAST_DAY + timedelta(days=2))


@pytest.mark.parametrize(
    ("kind", "fields", "ends"),
    [
        ("notice", {}, date(2026, 12, 3)),
        ("vacancy", {"post": "inspektor", "apply_until": "2026-11-20"}, date(2026, 11, 21)),
        ("assembly_ban", {}, date(2027, 2, 3)),
        ("environment", {}, date(2027, 11, 3)),
        ("environment_decision", {}, date(2026, 11, 17)),
        ("asset_declaration", {"person_post": "radny", "year": "2025"}, date(2032, 11, 3)),
    ],
)
def test_what_is_published_has_its_end_from_the_rule(
    bulletin: Database, kind: str, fields: dict[str, str], ends: date
) -> None:
    number = published(bulletin, kind, **fields)
    with bulletin.reading() as session:
        assert session.get_one(Item, number).expires_at == midnight(ends)


def test_a_lawful_end_of_the_editor_stays(bulletin: Database) -> None:
    wished = midnight(date(2026, 11, 25))
    marks = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-10-30"}
    with clock.frozen(PUBLISHED), bulletin.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "notice", "Obwieszczenie", fields=marks)
        actions.schedule(session, SYSTEM, item.id, publish_at=None, expires_at=wished)
        assert actions.publish(session, SYSTEM, item.id).expires_at == wished


def test_at_the_end_each_rule_does_what_it_says(bulletin: Database) -> None:
    archived, banned = notice(bulletin), published(bulletin, "assembly_ban")
    kept = published(bulletin, "asset_declaration", person_post="radny", year="2025")
    with clock.frozen(midnight(date(2032, 11, 3))):
        assert run(bulletin, "content.expire") == 3
    with bulletin.reading() as session:
        states = [session.get_one(Item, number).state for number in (archived, banned, kept)]
        assert states == ["archived", "withdrawn", "published"]
        note = session.scalars(select(ItemNote).where(ItemNote.item_id == banned)).one()
    assert "art. 15 i 16 Prawa o zgromadzeniach" in note.text


def test_nothing_is_set_to_stand_past_its_longest_time(bulletin: Database) -> None:
    number = published(bulletin, "assembly_ban")
    for end in (None, midnight(date(2027, 2, 4))):
        with clock.frozen(PUBLISHED), bulletin.transaction() as session, pytest.raises(Conflict, match="term_too_late"):
            actions.schedule(session, SYSTEM, number, publish_at=None, expires_at=end)


def test_what_comes_down_early_says_so_and_needs_a_reason(bulletin: Database) -> None:
    number = notice(bulletin)
    with pytest.raises(Invalid, match="reason_missing"), bulletin.transaction() as session:
        actions.withdraw(session, SYSTEM, number, reason=" ", decided=True)
    with clock.frozen(PUBLISHED), bulletin.transaction() as session:
        with pytest.raises(Conflict, match="term_undecided"):
            actions.withdraw(session, SYSTEM, number, reason="Dane osobowe")
        actions.withdraw(session, SYSTEM, number, reason="Dane osobowe", decided=True)
        said = session.scalars(select(ItemNote).where(ItemNote.item_id == number)).one().text
    assert said.startswith("Dane osobowe. Informację zdjęto przed terminem: powinna być udostępniona")
    assert formats.day(date(2026, 11, 16)) in said


def test_people_have_ten_days_to_apply(bulletin: Database) -> None:
    with pytest.raises(Invalid, match="deadline_too_near"):
        published(bulletin, "vacancy", post="inspektor", apply_until="2026-11-11")
    assert published(bulletin, "vacancy", post="inspektor", apply_until="2026-11-12")


def test_what_was_public_elsewhere_counts_as_served_from_that_day(bulletin: Database) -> None:
    origin = {"origin": {"published_at": "2026-10-20T10:00:00+02:00"}}
    with bulletin.reading() as session:
        row = Item(published_at=PUBLISHED)
        said = [terms.stated(session, "notice", row, fields) for fields in ({}, origin, {"origin": {}})]
    assert [one and one["served"] for one in said] == [date(2026, 11, 16), date(2026, 11, 3), date(2026, 11, 16)]


def test_people_have_thirty_five_days_for_remarks_on_revitalisation(bulletin: Database) -> None:
    days = {"starts_on": "2026-11-02", "comments_until": "2026-12-06"}
    with pytest.raises(Invalid, match="deadline_too_near"):
        published(bulletin, "revitalisation_consultation", **days)
    assert published(bulletin, "revitalisation_consultation", **days | {"comments_until": "2026-12-07"})


def test_the_rule_of_the_day_of_publication_applies() -> None:
    old, new = {"min_days": 7, "until": "2026-10-31"}, {"min_days": 14, "from": "2026-11-01"}
    kind = types.from_data({"name": "x", "title": "X", "family": "bulletin", "term": [old, new]}, {})
    assert rules.in_force(kind.terms, PUBLISHED) is new
    assert rules.in_force(kind.terms, PUBLISHED - timedelta(days=5)) is old
    assert rules.in_force(types.of("notice").terms, datetime(2017, 5, 31, 12, tzinfo=UTC)) == {}


def test_the_page_and_its_print_say_the_day_and_what_follows(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    said = {notice(bulletin): date(2026, 11, 16), published(bulletin, "environment"): date(2027, 11, 2)}
    client = make_app(bulletin, blobs, tmp_path).test_client()
    with bulletin.reading() as session:
        paths = {session.get_one(Item, number).path: day for number, day in said.items()}
    for path, day in paths.items():
        for page in (client.get(path).text, client.get(f"{path}/drukuj").text):
            assert "Dzień udostępnienia w Biuletynie" in page
            assert f">{formats.day(day)}</time></strong>" in page


def due_of(database: Database, which: str = "") -> list[tuple[str, int | None, date]]:
    with database.reading() as session:
        found = session.execute(duties.query(which).order_by(*duties.KEY))
        return [(duty.kind, duty.item_id, duty.due) for duty in (duties.told(session, *row) for row in found)]


def test_what_is_near_its_end_or_unanswered_is_named(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    number = notice(bulletin)
    asked = published(bulletin, "interpellation", councillor="Anna Nowak", received_on="2026-11-02")
    board, answer = ("also", number, date(2026, 11, 2)), ("answer", asked, date(2026, 11, 16))
    website = ("also", asked, date(2026, 11, 2))
    with clock.frozen(PUBLISHED):
        assert due_of(bulletin) == [board, website, answer]
    with clock.frozen(midnight(date(2026, 11, 25))):
        assert due_of(bulletin) == [board, website, answer, ("end", number, date(2026, 12, 2))]
    client = make_app(bulletin, blobs, tmp_path).test_client()
    log_in(client, people.publisher)
    assert "art. 24 ust. 6 i 7" in client.get("/redakcja/biuletyn/terminy").text


@pytest.mark.parametrize("typed", ["9999-12-31", "0001-01-01", "0206-11-03", "2026-02-30", "jutro", "", None])
def test_a_day_nobody_means_is_none_and_no_sum_leaves_the_calendar(typed: str | None) -> None:
    assert clock.typed_day(typed) is None
    assert answers.due_on({"settle_months": 3}, {"received_on": typed}) is None


def test_a_petition_due_on_a_day_off_is_due_on_the_next_working_day() -> None:
    due = {day: answers.due_on({"settle_months": 3}, {"received_on": day}) for day in ("2026-02-16", "2026-08-01")}
    assert due == {"2026-02-16": date(2026, 5, 18), "2026-08-01": date(2026, 11, 2)}


def off_and_on(database: Database, number: int, off: datetime, on: datetime) -> Item:
    with clock.frozen(off), database.transaction() as session:
        actions.withdraw(session, SYSTEM, number, reason="Pomyłka w treści", decided=True)
    with clock.frozen(on), database.transaction() as session:
        return actions.publish(session, SYSTEM, number, reason="Poprawiona treść")


def test_a_notice_published_again_counts_as_served_from_the_day_it_was_continuously_available(
    bulletin: Database,
) -> None:
    back = PUBLISHED + timedelta(days=5)
    item = off_and_on(bulletin, number := notice(bulletin), PUBLISHED + timedelta(days=3), back)
    assert (item.published_at, item.counted_from) == (PUBLISHED, back)
    with bulletin.reading() as session:
        said = terms.stated(session, "notice", item, {})
        assert said is not None
        assert (said["served"], said["first"]) == (date(2026, 11, 21), PUBLISHED)
        assert told.served(session, [item]) == {number: f"zawiadomienie uważa się za dokonane z końcem dnia {DAY_21}"}
        assert availability.term(session, "notice", spans.since(item)) == (date(2026, 11, 8), date(2026, 11, 21))
    late = LAST_DAY + timedelta(days=1)
    with clock.frozen(late), pytest.raises(Conflict, match="term_too_early"), bulletin.transaction() as session:
        actions.archive(session, SYSTEM, number, reason="Koniec")


DAY_21 = formats.day(date(2026, 11, 21))


def test_a_notice_that_had_stood_its_time_stays_served_whatever_comes_later(bulletin: Database) -> None:
    over = LAST_DAY + timedelta(minutes=1)
    item = off_and_on(bulletin, notice(bulletin), over, over + timedelta(days=30))
    with bulletin.reading() as session:
        said = terms.stated(session, "notice", item, {})
    assert item.counted_from is None
    assert said is not None
    assert said["served"] == date(2026, 11, 16)


def test_the_longest_time_is_not_lengthened_by_a_break_and_the_shortest_begins_anew(bulletin: Database) -> None:
    back = PUBLISHED + timedelta(days=5)
    banned = off_and_on(bulletin, published(bulletin, "assembly_ban"), PUBLISHED + timedelta(days=3), back)
    listed = off_and_on(bulletin, published(bulletin, "property_list"), PUBLISHED + timedelta(days=3), back)
    assert (banned.counted_from, banned.expires_at) == (None, midnight(date(2027, 2, 3)))
    assert (listed.counted_from, listed.expires_at) == (back, midnight(date(2026, 11, 29)))
    again = off_and_on(bulletin, listed.id, back + timedelta(days=1), back + timedelta(days=2))
    assert again.counted_from == back + timedelta(days=2)


def test_what_came_down_late_but_was_cut_short_before_begins_anew() -> None:
    acts = [("published", PUBLISHED), ("retired", PUBLISHED + timedelta(days=2))]
    acts += [("withdrawn", PUBLISHED + timedelta(days=60))]
    assert spans.counted(acts, lambda _: {"min_days": 14}) is None
    assert spans.counted([acts[0], acts[2]], lambda _: {"min_days": 14}) == PUBLISHED
    assert spans.counted(acts, lambda _: {}) == PUBLISHED


def test_everyone_reads_from_when_the_term_is_counted(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    item = off_and_on(bulletin, notice(bulletin), PUBLISHED + timedelta(days=3), PUBLISHED + timedelta(days=5))
    for address in (item.path, f"{item.path}/drukuj"):
        page = make_app(bulletin, blobs, tmp_path).test_client().get(address).get_data(as_text=True)
        assert "ale potem była niedostępna, zanim minął jej termin" in page
        assert f">{DAY_21}<" in page
