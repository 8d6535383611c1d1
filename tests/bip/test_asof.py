"""The Bulletin as it stood, against pictures taken while it stood so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bip.asof import Past
from portal.content import actions, menus, paths, queries
from portal.content.models import Item
from portal.content.workflow import WITHDRAWN
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import DomainError
from tests.bip.conftest import People
from tests.content.web import make_app

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
MARKS = {"publisher": "Urząd", "produced_by": "A", "responsible": "B", "produced_on": "2026-01-02"}
FOLDERS = ("/bip/a", "/bip/b")
Picture = dict[str, Any]


def empty(session: Session) -> None:
    """Take away what an earlier example left."""
    session.execute(update(Item).values(parent_id=None, live_version_id=None, draft_version_id=None))
    for table in reversed(Item.metadata.sorted_tables):
        if table.name != "event_head":
            session.execute(table.delete())


def plant(session: Session) -> list[int]:
    """A Bulletin with two sections and three items, nothing of them published but the sections."""
    root = actions.create_root(session, SYSTEM, "front_page", "Gmina")
    actions.publish(session, SYSTEM, root.id)
    top = actions.create_item(session, SYSTEM, "/", "bulletin", "BIP", name="bip")
    actions.publish(session, SYSTEM, top.id)
    for path in FOLDERS:
        made = actions.create_item(session, SYSTEM, "/bip", "bip_folder", f"Dział {path}", name=path[-1])
        actions.publish(session, SYSTEM, made.id)
    made = [
        actions.create_item(session, SYSTEM, FOLDERS[n % 2], "bip_page", f"Tekst {n}", name=f"t{n}", fields=MARKS)
        for n in range(3)
    ]
    folder = actions.create_item(session, SYSTEM, FOLDERS[0], "bip_folder", "Poddział", name="pod")
    return [item.id for item in (*made, folder)]


def act(session: Session, item_id: int, what: str, number: int) -> None:
    """One act of an editor; what cannot be done now is refused and changes nothing."""
    item = session.get_one(Item, item_id)
    if what == "publish":
        if item.draft_version_id is None:
            actions.save_draft(
                session, SYSTEM, item_id, expected=None, title=f"Tekst {item_id}.{number}", body=f"<p>{number}</p>",
                fields=MARKS, reason="zmiana",
            )  # fmt: skip
        actions.publish(session, SYSTEM, item_id, reason="zmiana")
    elif what in ("withdraw", "archive", "retire"):
        getattr(actions, what)(session, SYSTEM, item_id, reason="powód")
    elif what == "move":
        actions.move(session, SYSTEM, item_id, FOLDERS[number % 2], name=f"n{number}" if number % 3 else "")
    elif what == "into":
        inner = session.scalars(select(Item.path).where(Item.type == "bip_folder").order_by(Item.id.desc())).first()
        actions.move(session, SYSTEM, item_id, str(inner))
    else:
        actions.present(session, SYSTEM, item_id, in_menu=number % 2 == 0, protected=number % 5 == 0)


def picture(session: Session, addresses: set[str]) -> Picture:
    """What a visitor sees now: each address, each section's list, the menu."""
    found: Picture = {}
    for path in addresses:
        page = queries.page_at(session, path)
        if page is None or not page.public:
            found[path] = None
            continue
        rows = session.execute(queries.children_query(page.row.id)).all()
        listed = {(row.path, row.title) for row in rows} if page.type.is_folder else set()
        found[path] = (page.row.state, page.row.version_title, page.row.body, listed)
    found["menu"] = [
        (node.path, [below.path for below in node.children]) for node in menus.tree(session, "/bip", depth=2)
    ]
    return found


def past(session: Session, addresses: set[str], at: datetime) -> Picture:
    """The same, read from what is kept."""
    look = Past(session, at)
    found: Picture = {}
    for path in addresses:
        then = look.page(path)
        if then is None:
            found[path] = None
            continue
        rows = look.shown(session.execute(look.in_folder(then))) if then.type.is_folder else []
        found[path] = (then.state, then.title, then.version.body, {(row.path, row.title) for row in rows})
    found["menu"] = [(node.path, [below.path for below in node.children]) for node in look.menu()]
    return found


ACTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["publish", "publish", "publish", "withdraw", "archive", "retire", "move", "into", "present"]),
        st.integers(0, 30),
    ),
    min_size=4,
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(history=ACTS)
def test_every_moment_of_a_random_history_is_shown_as_it_was(
    database: Database, history: list[tuple[int, str, int]]
) -> None:
    with database.transaction() as session, clock.frozen(START):
        empty(session)
        items = plant(session)
    shots: list[tuple[datetime, Picture]] = []
    seen: set[str] = {"/bip", *FOLDERS}
    for step, (which, what, number) in enumerate(history, 1):
        moment = START + timedelta(hours=step)
        with clock.frozen(moment):
            try:
                with database.transaction() as session:
                    act(session, items[which], what, number)
            except DomainError:
                continue
            with database.reading() as session:
                seen |= {item.path for item in session.scalars(select(Item))} - {"/"}
                shots.append((moment, picture(session, seen)))
    with database.reading() as session:
        shut = closed_today(session)
        for moment, shot in shots:
            addresses = set(shot) - {"menu"}
            assert without(past(session, addresses, moment), shut, session, moment) == without(
                shot, shut, session, moment
            )


def closed_today(session: Session) -> list[Item]:
    """What may not be shown again: protected today, itself or through what it lies in."""
    items = list(session.scalars(select(Item)))
    places = [item.path for item in items if item.protected]
    return [item for item in items if any(paths.inside(item.path, place) for place in places)]


def without(shot: Picture, shut: list[Item], session: Session, moment: datetime) -> Picture:
    """A picture less what is closed today: that is hidden for every day, so it cannot be compared."""
    look = Past(session, moment)
    places = {look.path_then(item.path) for item in shut}

    def open_(path: str) -> bool:
        return path not in places

    kept: Picture = {path: facts for path, facts in shot.items() if path != "menu" and open_(path)}
    for path, facts in kept.items():
        if facts is not None:
            kept[path] = (*facts[:3], {line for line in facts[3] if open_(line[0])})
    kept["menu"] = [(top, [path for path in below if open_(path)]) for top, below in shot["menu"] if open_(top)]
    return kept


@pytest.fixture
def visitor(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    """Somebody who looks at a notice published on 2 March, corrected on the 4th and moved on the 6th."""
    with bulletin.transaction() as session:
        with clock.frozen(datetime(2026, 3, 2, 9, tzinfo=UTC)):
            item = actions.create_item(
                session, SYSTEM, "/bip/ogloszenia", "bip_page", "Godziny pracy", name="godziny", fields=MARKS,
                body='<p>Do piętnastej. <a href="/bip/ogloszenia">Ogłoszenia</a></p>',
            )  # fmt: skip
            actions.publish(session, SYSTEM, item.id)
        with clock.frozen(datetime(2026, 3, 4, 9, tzinfo=UTC)):
            actions.save_draft(
                session, SYSTEM, item.id, expected=None, title="Godziny pracy", body="<p>Do szesnastej.</p>",
                fields=MARKS, reason="nowe godziny",
            )  # fmt: skip
            actions.publish(session, SYSTEM, item.id)
        with clock.frozen(datetime(2026, 3, 6, 9, tzinfo=UTC)):
            actions.rename(session, SYSTEM, item.id, "godziny-pracy")
    return make_app(bulletin, blobs, tmp_path).test_client()


def test_a_page_is_shown_as_it_stood_on_a_day_with_links_of_that_day(visitor: FlaskClient) -> None:
    page = visitor.get("/bip/na-dzien/2026-03-03/ogloszenia/godziny")
    assert "Do piętnastej" in page.text
    assert 'href="/bip/na-dzien/2026-03-03/ogloszenia"' in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Do szesnastej" in visitor.get("/bip/na-dzien/2026-03-05/ogloszenia/godziny").text
    assert visitor.get("/bip/na-dzien/2026-03-07/ogloszenia/godziny").status_code == 404
    assert "Do szesnastej" in visitor.get("/bip/na-dzien/2026-03-07/ogloszenia/godziny-pracy").text


def test_a_minute_of_a_day_can_be_asked_for(visitor: FlaskClient) -> None:
    assert "Do piętnastej" in visitor.get("/bip/na-dzien/2026-03-04T09.59/ogloszenia/godziny").text
    assert "Do szesnastej" in visitor.get("/bip/na-dzien/2026-03-04T10.00/ogloszenia/godziny").text


def test_before_anything_was_published_nothing_stood(visitor: FlaskClient) -> None:
    answer = visitor.get("/bip/na-dzien/2020-01-01/ogloszenia/godziny")
    assert answer.status_code == 404
    assert "Tego dnia nie było tu strony" in answer.text


@pytest.mark.parametrize("stamp", ["wczoraj", "2026-13-01", "2026-02-30", "2026-01-01T25.00", "0000-00-00", "2026-1-1"])
def test_what_is_no_day_is_said_kindly(visitor: FlaskClient, stamp: str) -> None:
    assert visitor.get(f"/bip/na-dzien/{stamp}/").status_code == 404
    assert "Wpisz dzień" in visitor.get(f"/bip/na-dzien/?dzien={stamp}").text


def test_the_form_leads_to_the_page_of_that_day(visitor: FlaskClient) -> None:
    asked = "/bip/na-dzien/?dzien=2026-03-03&godzina=14:30&strona=/bip/ogloszenia/godziny"
    assert visitor.get(asked).headers["Location"] == "/bip/na-dzien/2026-03-03T14.30/ogloszenia/godziny"


def test_a_withdrawn_text_is_not_shown_again_by_asking_for_an_earlier_day(
    visitor: FlaskClient, bulletin: Database, people: People
) -> None:
    with bulletin.transaction() as session:
        item = session.scalars(select(Item).where(Item.title == "Godziny pracy")).one()
        actions.withdraw(session, people.publisher, item.id, reason="dane osobowe")
        assert item.state == WITHDRAWN
    page = visitor.get("/bip/na-dzien/2026-03-05/ogloszenia/godziny").text
    assert "Do szesnastej" not in page
    assert "Tej treści już nie pokazujemy" in page
