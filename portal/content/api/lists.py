"""Parts of long lists by key: as fast at the end as at the beginning, on any number of items."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, Select, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import queries
from portal.content.api import schema, shown
from portal.content.models import Item
from portal.content.queries import PageData
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Invalid

MOST_NODES = 500


def part(
    session: Session, query: Select[Any], columns: Sequence[Any], asked: schema.Asked, key: Callable[[Any], list[Any]],
    *, descending: bool,
) -> schema.Items:  # fmt: skip
    """The part of ``query`` that was asked for, in the order of ``columns``, and where the next begins."""
    if asked.after:
        here = tuple_(*columns)
        there = tuple_(*(literal(v, c.type) for v, c in zip(_key(asked.after, columns), columns, strict=True)))
        query = query.where(here < there if descending else here > there)
    order = [column.desc() if descending else column.asc() for column in columns]
    rows = session.execute(query.order_by(*order).limit(asked.limit + 1)).all()
    found = rows[: asked.limit]
    following = _address(key(found[-1])) if len(rows) > asked.limit else ""
    return schema.Items(items=[schema.Brief.model_validate(shown.brief(row)) for row in found], next=following)


def children(session: Session, actor: Actor, page: PageData, asked: schema.AskedChildren) -> schema.Items:
    """What lies directly in ``page``; ``drafts`` also what is not public, for who may see it."""
    query = queries.children_query(page.row.id)
    if asked.drafts and queries.may_see_drafts(session, actor, page):
        query = select(*queries.CATALOGUE).where(Item.parent_id == page.row.id, Item.binned_at.is_(None))
    columns = (Item.position, Item.id)
    return part(session, query, columns, asked, lambda row: [row.position, row.id], descending=False)


def items(session: Session, actor: Actor, asked: schema.AskedItems) -> schema.Items:
    """Public items below a path, and those only for who holds a role there; newest first."""
    query = select(*queries.CATALOGUE).where(queries.below(asked.below), _readable(session, actor))
    kinds = [kind.strip() for kind in asked.type.split(",") if kind.strip()]
    if kinds:
        query = query.where(Item.type.in_(kinds))
    if asked.since:
        query = query.where(Item.published_at >= _midnight(asked.since))
    if asked.until:
        query = query.where(Item.published_at < _midnight(asked.until + timedelta(days=1)))
    columns = (Item.published_at, Item.id)
    return part(session, query, columns, asked, lambda row: [row.published_at.isoformat(), row.id], descending=True)


def _readable(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Listed for everyone; also closed ones where the actor holds a role that views."""
    places = policy.places(session, actor, "content.view") if actor.user_id is not None else frozenset()
    inside = [or_(Item.path == place, queries.below(place)) for place in sorted(places)]
    if not inside:
        return queries.listed()
    return or_(queries.listed(), (Item.state == "published") & Item.binned_at.is_(None) & or_(*inside))


def tree(session: Session, page: PageData, depth: int) -> schema.Node:
    """The public items under ``page``, ``depth`` levels of them; at most ``MOST_NODES``."""
    top = schema.Brief.model_validate(shown.brief(page.row))
    root = schema.Node(item=top, children=[], complete=True)
    level, left = {page.row.id: root}, MOST_NODES
    for _ in range(depth):
        query = select(*queries.CATALOGUE).where(Item.parent_id.in_(level), queries.listed())
        rows = session.execute(query.order_by(Item.position, Item.id).limit(left + 1)).all()
        following: dict[int, schema.Node] = {}
        for row in rows[:left]:
            node = schema.Node(item=schema.Brief.model_validate(shown.brief(row)), children=[], complete=True)
            level[row.parent_id].children.append(node)
            following[row.id] = node
        if len(rows) > left:
            for node in (*level.values(), *following.values()):
                node.complete = False
            return root
        level, left = following, left - len(rows)
        if not level:
            return root
    beyond = select(Item.parent_id).where(Item.parent_id.in_(level), queries.listed()).distinct()
    for number in session.scalars(beyond):
        level[int(number or 0)].complete = False
    return root


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.WARSAW)


def _address(key: list[Any]) -> str:
    packed = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f"{request.base_url}?{urlencode([*rest, ('after', packed)])}"


def _key(text: str, columns: Sequence[Any]) -> list[Any]:
    """The key in ``after``. Raises ``Invalid`` for one that was altered."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        first, number = plain
        if columns[0] is Item.published_at:
            first = datetime.fromisoformat(first)
            if first.tzinfo is None:
                raise ValueError(first)
        if not isinstance(first, (int, datetime)) or not isinstance(number, int) or abs(number) >= 2**31:
            raise ValueError(number)
    except (ValueError, TypeError, binascii.Error) as cause:
        raise Invalid("api.bad_key") from cause
    return [first, number]
