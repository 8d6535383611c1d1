"""Publication and expiry at their time, by the worker's effects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.content import actions, effects
from portal.content.models import Item
from portal.core import clock, events
from portal.core.db import Database
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Effect, Job
from portal.core.ports import Ports
from tests.content.conftest import People

MORNING = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
EFFECTS: dict[str, Effect[Any, Any]] = {effect.topic: effect for effect in effects.effects()}


def run(database: Database, topic: str) -> int:
    """Carry out the jobs of ``topic`` as the worker does; how many had something to do."""
    with database.reading() as session:
        payloads = list(session.scalars(select(Job.payload).where(Job.topic == topic).order_by(Job.id)))
    done = 0
    for payload in payloads:
        effect = EFFECTS[topic]
        with database.reading() as session:
            request = effect.load(session, payload)
        if request is None:
            continue
        result = effect.call(Ports(), request)
        with database.transaction() as session:
            effect.save(session, payload, result)
        done += 1
    return done


@pytest.fixture
def number(site: Database, people: People) -> int:
    with site.transaction() as session:
        item = actions.create_item(session, people.editor, "/urzad", "page", "Od grudnia")
        actions.schedule(
            session, people.publisher, item.id, publish_at=MORNING, expires_at=MORNING + timedelta(days=30)
        )
        return item.id


def state(database: Database, number: int) -> str:
    with database.reading() as session:
        return session.get_one(Item, number).state


def test_a_page_appears_and_goes_to_the_archive_at_its_time(site: Database, number: int) -> None:
    with site.reading() as session:
        assert session.scalar(select(Job.run_after).where(Job.topic == "content.publish")) == MORNING
    assert run(site, "content.publish") == 1
    assert state(site, number) == "published"
    assert run(site, "content.expire") == 1
    assert state(site, number) == "archived"
    with site.reading() as session:
        assert events.history(session, f"item:{number}")[-1].actor.startswith("system/user:")


def test_a_changed_schedule_leaves_the_old_job_without_effect(site: Database, number: int, people: People) -> None:
    with site.transaction() as session:
        actions.schedule(session, people.publisher, number, publish_at=None, expires_at=None)
    assert run(site, "content.publish") == 0
    assert state(site, number) == "unpublished"


def test_a_publisher_who_left_publishes_nothing_and_the_draft_stays(
    site: Database, number: int, people: People
) -> None:
    with site.transaction() as session:
        session.get_one(User, people.publisher.user_id).active = False
    assert run(site, "content.publish") == 1
    assert state(site, number) == "unpublished"
    with site.reading() as session:
        last = events.history(session, f"item:{number}")[-1]
        assert (last.verb, last.data["code"]) == ("content.schedule_failed", "domain.forbidden")
        assert session.get_one(Item, number).draft_version_id is not None


def test_an_end_before_the_beginning_is_refused(site: Database, number: int, people: People) -> None:
    with pytest.raises(Invalid), site.transaction() as session:
        actions.schedule(session, people.publisher, number, publish_at=MORNING, expires_at=MORNING)


def test_what_has_no_changes_cannot_be_scheduled(site: Database, number: int, people: People) -> None:
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
    with pytest.raises(Conflict), site.transaction() as session:
        actions.schedule(session, people.publisher, number, publish_at=clock.now(), expires_at=None)
