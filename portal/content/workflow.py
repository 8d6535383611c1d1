"""States of content as data: what the public sees of an item (LIFE), and how far its working copy is (REVIEW).

Two machines, because a published page keeps its public state while changes to it are drafted, reviewed
and returned. Rights are named per family of types: ``content.*`` on the portal, ``bip.*`` in the Bulletin.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.content.models import Item
from portal.core.workflow import Transition, Workflow

UNPUBLISHED, PUBLISHED, ARCHIVED, WITHDRAWN = "unpublished", "published", "archived", "withdrawn"
RETIRED = "retired"
"""Withdrawn in the Bulletin with its text kept: listed no more, readable at its address under a note that says why."""
NONE, DRAFT, PENDING = "none", "draft", "pending"

LIFE = Workflow(
    "content.life",
    states=(UNPUBLISHED, PUBLISHED, ARCHIVED, WITHDRAWN, RETIRED),
    initial=UNPUBLISHED,
    transitions=(
        Transition("publish", (UNPUBLISHED, PUBLISHED, ARCHIVED, WITHDRAWN, RETIRED), PUBLISHED, "publish"),
        Transition("archive", (PUBLISHED,), ARCHIVED, "publish"),
        Transition("withdraw", (PUBLISHED, ARCHIVED, RETIRED), WITHDRAWN, "publish"),
        Transition("retire", (PUBLISHED, ARCHIVED), RETIRED, "publish"),
    ),
)

REVIEW = Workflow(
    "content.review",
    states=(NONE, DRAFT, PENDING),
    initial=DRAFT,
    transitions=(
        Transition("save", (NONE, DRAFT, PENDING), DRAFT, "edit"),
        Transition("submit", (DRAFT,), PENDING, "submit"),
        Transition("return", (PENDING,), DRAFT, "review"),
        Transition("accept", (DRAFT, PENDING), NONE, "publish"),
        Transition("discard", (DRAFT, PENDING), NONE, "edit"),
    ),
)


@dataclass(frozen=True, slots=True)
class Family:
    """What the types of one part of the site have in common.

    ``rights``: act → permission. ``public``: the states in which everyone may open the page. ``listed``:
    those in which lists and menus name it. ``journal``: a subject that every visible change is also recorded
    under (``journal:bip``), so that a register of changes is one query. ``verbs``: the noun its events begin
    with. ``reasons``: a change to what is
    public needs a reason, which everyone may read.
    """

    name: str
    rights: dict[str, str]
    public: frozenset[str]
    listed: frozenset[str]
    verbs: str
    journal: str = ""
    reasons: bool = False


PORTAL = Family(
    name="portal",
    rights={
        "view": "content.view",
        "edit": "content.edit",
        "submit": "content.submit",
        "review": "content.review",
        "publish": "content.publish",
        "admin": "content.admin",
    },
    public=frozenset({PUBLISHED}),
    listed=frozenset({PUBLISHED}),
    verbs="content",
)

BULLETIN = Family(
    name="bulletin",
    rights={
        "view": "content.view",
        "edit": "bip.edit",
        "submit": "bip.edit",
        "review": "bip.publish",
        "publish": "bip.publish",
        "admin": "bip.publish",
        "erase": "content.admin",
    },
    # What stood in the Bulletin stays citable at its address: an archived item whole, a withdrawn one as a
    # note that says when and why (facts are never deleted from it).
    public=frozenset({PUBLISHED, ARCHIVED, WITHDRAWN, RETIRED}),
    listed=frozenset({PUBLISHED}),
    verbs="bip",
    journal="journal:bip",
    reasons=True,
)

FAMILIES = {family.name: family for family in (PORTAL, BULLETIN)}


class ReviewOf:
    """An item's review column seen as a ``state``, for the workflow engine."""

    def __init__(self, item: Item) -> None:
        self._item = item

    @property
    def state(self) -> str:
        return self._item.review

    @state.setter
    def state(self, value: str) -> None:
        self._item.review = value
