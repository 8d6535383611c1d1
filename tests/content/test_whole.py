"""Whatever editors do and in whatever order, the tree, old addresses, links and what is public stay whole.

A town lives through random courses of acts on one database; after each act everything that must hold is looked at.
``WROTA_TEST_FULL=1``: long courses.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import actions, links, paths, queries
from portal.content.models import Item, ItemLink, ItemVersion, Redirect
from portal.content.workflow import NONE, PUBLISHED, UNPUBLISHED
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.errors import DomainError

COURSES, LENGTH = (60, 60) if os.environ.get("WROTA_TEST_FULL") == "1" else (14, 25)
ONE = st.integers(0, 30)
MUST = {"create", "move", "rename", "copy", "bin", "unbin", "edit", "publish", "take_off", "restore", "refused"}
NAME = st.sampled_from(["a", "b", "a-2", "b2", "dzial"])


class Editors(RuleBasedStateMachine):
    """All that editors may do to a tree, refusals included: a refused act must leave no trace."""

    database: Database
    number = 0
    done: Counter[str] = Counter()  # noqa: RUF012 - one account of all courses

    def __init__(self) -> None:
        super().__init__()
        self.items: list[int] = []
        self.lived: dict[str, int] = {}
        """Every address anybody could have kept, and whose it was last."""

    @initialize()
    def begin(self) -> None:
        """A section of this course's own: courses share the database and do not meet."""
        Editors.number += 1
        with self.database.transaction() as session:
            if not session.scalar(select(Item.id).where(Item.path == paths.ROOT)):
                actions.publish(session, SYSTEM, actions.create_root(session, SYSTEM, "front_page", "Gmina").id)
            home = actions.create_item(session, SYSTEM, "/", "folder", "Dział", name=f"k{Editors.number}")
            actions.publish(session, SYSTEM, home.id)
            self.items = [home.id]
            for place, kind, name in (("", "folder", "dzial"), ("/dzial", "page", "a"), ("/dzial/a", "page", "b")):
                self.items.append(actions.create_item(session, SYSTEM, home.path + place, kind, "P", name=name).id)

    def _do(self, name: str, act: Callable[[Session], Any]) -> Any:
        try:
            with self.database.transaction() as session:
                made = act(session)
        except DomainError:
            self.done["refused"] += 1
            return None
        self.done[name] += 1
        return made

    def _live(self, session: Session) -> list[int]:
        """Those of this course that are not in the bin; the first is the section itself, which stands for the root."""
        query = select(Item.id).where(Item.id.in_(self.items), Item.binned_at.is_(None)).order_by(Item.id)
        return list(session.scalars(query))

    def _own(self, session: Session, number: int) -> int:
        """Any but the section itself."""
        own = self._live(session)[1:]
        return own[number % len(own)] if own else 0

    def _path(self, session: Session, number: int) -> str:
        live = self._live(session)
        return session.get_one(Item, live[number % len(live)]).path

    @rule(under=ONE, name=NAME, kind=st.sampled_from(["folder", "page"]), to=ONE)
    def create(self, under: int, name: str, kind: str, to: int) -> None:
        """A page that links to another."""

        def act(session: Session) -> int:
            body = f'<p><a href="{self._path(session, to)}#x">tam</a></p>'
            place = self._path(session, under)
            return actions.create_item(session, SYSTEM, place, kind, name.upper(), name=name, body=body).id

        made = self._do("create", act)
        self.items += [made] if made else []

    @rule(one=ONE, to=ONE, name=NAME | st.just(""))
    def move(self, one: int, to: int, name: str) -> None:
        """To another place, perhaps under another name; often into itself."""
        self._do("move", lambda s: actions.move(s, SYSTEM, self._own(s, one), self._path(s, to), name=name).id)

    @rule(one=ONE, name=NAME)
    def rename(self, one: int, name: str) -> None:
        """Often to a name that is taken."""
        self._do("rename", lambda s: actions.rename(s, SYSTEM, self._own(s, one), name).id)

    @rule(one=ONE, to=ONE, name=NAME | st.just(""))
    def copy(self, one: int, to: int, name: str) -> None:
        """The item and all below it once more."""

        def act(session: Session) -> list[int]:
            made = actions.copy(session, SYSTEM, self._own(session, one), self._path(session, to), name=name)
            below = select(Item.id).where(queries.below(made.path))
            return [made.id, *session.scalars(below)]

        self.items += self._do("copy", act) or []

    @rule(one=ONE)
    def bin(self, one: int) -> None:
        """Take it out of the site with all below."""
        self._do("bin", lambda s: actions.put_into_bin(s, SYSTEM, self._own(s, one)).id)

    @rule(one=ONE)
    def unbin(self, one: int) -> None:
        """Put it back."""

        def act(session: Session) -> None:
            query = select(Item.id).where(Item.id.in_(self.items), Item.binned_from != "").order_by(Item.id)
            waiting = list(session.scalars(query))
            actions.restore_from_bin(session, SYSTEM, waiting[one % len(waiting)] if waiting else 0)

        self._do("unbin", act)

    @rule(one=ONE, to=ONE, text=st.text("ab ", max_size=5))
    def edit(self, one: int, to: int, text: str) -> None:
        """A working copy with another title and link."""

        def act(session: Session) -> None:
            body = f'<p>{text}<a href="{self._path(session, to)}">tam</a></p>'
            actions.save_draft(session, SYSTEM, self._own(session, one), expected=None, title=f"T{text}.", body=body)

        self._do("edit", act)

    @rule(one=ONE)
    def publish(self, one: int) -> None:
        """Make the working copy public."""
        self._do("publish", lambda s: actions.publish(s, SYSTEM, self._own(s, one), reason="tak").id)

    @rule(one=ONE, how=st.sampled_from([actions.withdraw, actions.archive]))
    def take_off(self, one: int, how: Callable[..., Item]) -> None:
        """Withdraw or archive."""
        self._do("take_off", lambda s: how(s, SYSTEM, self._own(s, one), reason="nie").id)

    @rule(one=ONE)
    def discard(self, one: int) -> None:
        """Give the working copy up."""
        self._do("discard", lambda s: actions.discard(s, SYSTEM, self._own(s, one)).id)

    @rule(one=ONE, number=st.integers(1, 4))
    def restore(self, one: int, number: int) -> None:
        """An old state as a new working copy."""
        self._do("restore", lambda s: actions.restore(s, SYSTEM, self._own(s, one), number, reason="znów").id)

    @invariant()
    def all_is_whole(self) -> None:
        """What must hold after each act."""
        if not self.items:
            return
        with self.database.reading() as session:
            items = {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(self.items)))}
            versions = {
                version.id: version
                for version in session.scalars(select(ItemVersion).where(ItemVersion.item_id.in_(self.items)))
            }
            paths_are_lineages(self.items[0], items)
            for item in items.values():
                public_state_is_the_live_version(item, versions)
            self._old_addresses_lead_on(session, items)
            references_resolve(session, items, versions)

    def _old_addresses_lead_on(self, session: Session, items: dict[int, Item]) -> None:
        here = {item.path: item.id for item in items.values() if item.binned_at is None}
        redirects = set(session.scalars(select(Redirect.path)))
        every = set(session.scalars(select(Item.path)))
        assert not every & redirects, "a redirect stands before a living page"
        for path, owner in self.lived.items():
            if path not in here and items[owner].binned_at is None:
                assert queries.moved_to(session, path) in here, f"{path} leads nowhere"
        self.lived |= here


def paths_are_lineages(top: int, items: dict[int, Item]) -> None:
    """Each path is its parent's with one name more, no path is there twice, nobody's parent is missing."""
    for item in items.values():
        if item.id == top:
            continue
        if item.binned_from:
            assert item.path == f"{paths.BIN}/{item.id}"
            assert item.binned_at
            continue
        parent = items[item.parent_id or 0]
        assert paths.parent(item.path) == parent.path
        assert bool(item.binned_at) == bool(parent.binned_at)
    assert len({item.path for item in items.values()}) == len(items)


def public_state_is_the_live_version(item: Item, versions: dict[int, ItemVersion]) -> None:
    """The catalogue repeats the live version; a working copy is the item's own and newer; nothing hangs."""
    live, draft = versions.get(item.live_version_id or 0), versions.get(item.draft_version_id or 0)
    own = sorted(version.number for version in versions.values() if version.item_id == item.id)
    assert own == list(range(1, len(own) + 1))
    assert (item.state == UNPUBLISHED) == (live is None) == (item.published_at is None)
    assert (item.review == NONE) == (draft is None)
    if live:
        assert (live.item_id, item.title, item.summary) == (item.id, live.title, live.summary)
        assert live.published_at
        assert (live.withdrawn_at is None) == (item.state == PUBLISHED)
    if draft:
        assert draft.item_id == item.id
        assert live is None or draft.number > live.number


def references_resolve(session: Session, items: dict[int, Item], versions: dict[int, ItemVersion]) -> None:
    """A text names items by number, each noted; shown, it leads to their addresses of today or says "gone"."""
    kept: dict[int, set[int]] = {}
    for line in session.scalars(select(ItemLink).where(ItemLink.version_id.in_(versions))):
        kept.setdefault(line.version_id, set()).add(line.target_id)
    for version in versions.values():
        targets = links.targets(version.body)
        assert targets == kept.get(version.id, set())
        shown = links.to_addresses(session, version.body)
        for target in targets:
            alive = items[target].binned_at is None
            assert f'href="{items[target].path}' in shown if alive else f'href="/usuniete/{target}' in shown


def test_any_course_of_editing_leaves_everything_whole(database: Database) -> None:
    Editors.database = database
    course = settings(
        max_examples=COURSES, stateful_step_count=LENGTH, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Editors, settings=course)
    assert set(Editors.done) >= MUST, "some act was never carried out, or none was refused"
