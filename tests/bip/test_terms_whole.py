"""Whatever editors and days do: nothing comes down before its shortest time without a decision, nothing stays past its
longest without one, and what is due is always as it would be worked out anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import dues, following, rules, spans, term_acts
from bip.models import BulletinDue
from portal.content import actions, types
from portal.content.effects import EXPIRE, effects
from portal.content.models import Item, ItemNote, ItemVersion
from portal.content.workflow import ARCHIVED, PUBLISHED, RETIRED
from portal.core import clock
from portal.core.actors import Actor
from portal.core.db import Database
from portal.core.errors import DomainError
from portal.core.outbox import DONE, DUE, Job
from portal.core.ports import Ports
from tests.bip.conftest import People

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
FIELDS = {
    "publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-11-02", "case_sign": "SO.1.2026", "post": "X",
    "apply_until": "2026-11-20", "person_post": "radny", "year": "2025", "held_on": "2026-11-05", "place": "Rynek",
    "vote_on": "2027-01-24", "offers_until": "2026-12-01", "period": "III kwartał 2026", "starts_on": "2026-11-02",
    "comments_until": "2026-12-31", "received_on": "2026-10-20", "councillor": "X", "number": "1/26",
    "adopted_on": "2026-10-29",
}  # fmt: skip
KINDS = sorted(
    name for name, kind in types.TYPES.items() if any(law.get("at_end", "keep") != "keep" for law in kind.terms)
)
"""Every type whose time ends by itself."""
EXPIRING = next(effect for effect in effects() if effect.topic == EXPIRE)


class Days(RuleBasedStateMachine):
    """One publication of a drawn type, and days that pass: each act at the moment the clock shows."""

    database: Database
    person: Actor
    kinds: tuple[str, ...]
    done: ClassVar[Counter[str]] = Counter()

    @initialize(data=st.data())
    def publish(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(self.kinds))
        self.now, self.decided = BEGIN, False
        fields = {
            one.name: FIELDS.get(one.name, "x") for one in types.of(kind).fields if one.required or one.name in FIELDS
        }
        with clock.frozen(self.now), self.database.transaction() as session:
            item = actions.create_item(session, self.person, "/bip/ogloszenia", kind, kind, fields=fields)
            self.number = actions.publish(session, self.person, item.id).id
        self.done[kind] += 1

    def _try(self, name: str, act: Callable[[Session], object]) -> bool:
        with suppress(DomainError), clock.frozen(self.now), self.database.transaction() as session:
            act(session)
            self.done[name] += 1
            return True
        self.done[f"{name} refused"] += 1
        return False

    @rule(days=st.sampled_from((1, 3, 9, 13, 14, 20, 35, 91, 92, 370, 2200)))
    def wait(self, days: int) -> None:
        self._live(days)

    def teardown(self) -> None:
        """Every course ends a season later: what was done must hold then too."""
        self._live(100)
        self._the_law_is_kept()

    def _live(self, days: int) -> None:
        """Each midnight that brings something is lived through; the worker carries out what is due."""
        end = self.now + timedelta(days=days)
        while True:
            with self.database.reading() as session:
                query = select(Job).where(Job.topic == EXPIRE, Job.state == DUE, Job.run_after <= end)
                job = session.scalars(query.order_by(Job.run_after, Job.id).limit(1)).first()
            if job is None:
                break
            self.now = max(self.now, job.run_after)
            self._carry_out(job.id, job.payload)
        self.now = end
        with clock.frozen(self.now), self.database.transaction() as session:
            following.sweep(session)

    def _carry_out(self, number: int, payload: dict[str, Any]) -> None:
        with clock.frozen(self.now), self.database.transaction() as session:
            request = EXPIRING.load(session, payload)
            if request is not None:
                EXPIRING.save(session, payload, EXPIRING.call(Ports(), request))
            session.get_one(Job, number).state = DONE

    @rule(how=st.sampled_from(("archive", "withdraw", "retire")), decided=st.booleans())
    def take_off(self, how: str, decided: bool) -> None:
        if how == "archive":
            self._try("archive", lambda session: actions.archive(session, self.person, self.number, reason="Koniec"))
            return
        act = actions.retire if how == "retire" else actions.withdraw
        if self._try("withdraw", lambda session: act(session, self.person, self.number, reason="X", decided=decided)):
            self.decided = self.decided or decided

    @rule(days=st.one_of(st.none(), st.integers(1, 500)))
    def schedule(self, days: int | None) -> None:
        end = self.now + timedelta(days=days) if days else None
        self._try(
            "schedule",
            lambda session: actions.schedule(session, self.person, self.number, publish_at=None, expires_at=end),
        )

    @rule(days=st.integers(0, 500))
    def keep(self, days: int) -> None:
        until = clock.local(self.now).date() + timedelta(days=days)
        self._try(
            "keep",
            lambda session: term_acts.decide(session, self.person, self.number, "keep", reason="X", until=until),
        )

    @rule()
    def publish_again(self) -> None:
        self._try("again", lambda session: actions.publish(session, self.person, self.number, reason="X"))

    @rule(closed=st.booleans())
    def close(self, closed: bool) -> None:
        """What is closed to everyone is hidden too; the bin takes nothing that was published."""
        assert not self._try("bin", lambda session: actions.put_into_bin(session, self.person, self.number))
        self._try(
            "close",
            lambda session: actions.present(session, self.person, self.number, in_menu=False, protected=closed),
        )

    @rule(act=st.sampled_from(("posted", "removed", "undone")))
    def tick(self, act: str) -> None:
        self._try("tick", lambda session: term_acts.mark_place(session, self.person, self.number, "board", act))

    @invariant()
    def the_law_is_kept(self) -> None:
        self._the_law_is_kept()

    def _the_law_is_kept(self) -> None:
        with clock.frozen(self.now), self.database.reading() as session:
            item = session.get_one(Item, self.number)
            assert item.published_at is not None
            law, today = rules.of_item(item), clock.today()
            begun = spans.since(item) or item.published_at
            shortest, longest = spans.must_stand_to(begun, law), spans.must_end_by(item.published_at, law)
            stands = item.state == PUBLISHED and not item.protected
            if shortest is not None and self.now < spans.midnight_after(shortest) and not stands:
                assert self.decided
                said = session.scalars(select(ItemNote.text).where(ItemNote.item_id == item.id)).all()
                assert any("przed terminem" in text for text in said)
            if longest is not None and self.now >= spans.midnight_after(longest):
                kept = self._kept(session)
                assert item.state not in (PUBLISHED, ARCHIVED, RETIRED) or (kept is not None and today <= kept)
            wanted = dues.of_item(item, self._fields(session, item), law, term_acts.facts(session, item.id))
            followed = session.execute(
                select(BulletinDue.kind, BulletinDue.due, BulletinDue.detail).where(BulletinDue.item_id == item.id)
            )
            assert sorted(tuple(row) for row in followed) == sorted((one.kind, one.due, one.detail) for one in wanted)

    def _kept(self, session: Session) -> date | None:
        facts = [fact for fact in term_acts.facts(session, self.number) if fact.act == "kept"]
        return facts[-1].day if facts else None

    def _fields(self, session: Session, item: Item) -> dict[str, Any]:
        return session.get_one(ItemVersion, item.live_version_id).fields


@pytest.mark.parametrize("kinds", [("assembly_ban",), KINDS], ids=["longest time", "every type"])
def test_whatever_happens_the_times_of_the_law_are_kept(
    bulletin: Database, people: People, kinds: tuple[str, ...]
) -> None:
    Days.database, Days.person, Days.kinds = bulletin, people.publisher, kinds
    Days.done.clear()
    course = settings(
        max_examples=70 if kinds is KINDS else 30, stateful_step_count=14, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Days, settings=course)
    assert all(
        Days.done[name] for name in ("withdraw", "withdraw refused", "keep", "keep refused", "schedule", "again")
    )
