"""What a program older than its database left empty is filled in once a day: days for lists, exclusions, breaks.

A migration fills what it finds; an older process that goes on beside the new database for a moment publishes without
what was added. Nothing here is a fact of its own: all of it follows from versions and leaves.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import String, cast, exists, select
from sqlalchemy.orm import Session

from bip import exclusions, following, rules, spans, terms, withheld
from bip.models import BulletinExclusion, BulletinLeaf
from portal.content import duties, types
from portal.content.models import Item, ItemVersion
from portal.content.workflow import BULLETIN, PUBLISHED
from portal.core import clock


def mend(session: Session) -> int:
    """Fill in what is missing; of how many items. The statements are the same on a day on which nothing is."""
    return _days(session) + _exclusions(session) + _breaks(session)


def _days(session: Session) -> int:
    """Publications that lists by years pass over, because the catalogue does not know their day."""
    found = 0
    for name, kind in types.TYPES.items():
        if kind.family is not BULLETIN or not kind.day:
            continue
        written = ItemVersion.fields[kind.day].as_string().like("____-__-__")
        query = select(Item, ItemVersion).join(ItemVersion, ItemVersion.id == Item.live_version_id)
        for item, version in session.execute(query.where(Item.type == name, Item.starts_at.is_(None), written)):
            known = duties.repeated(session, name, version.fields)
            item.starts_at, item.ends_at = known["starts_at"], known["ends_at"]
            found += item.starts_at is not None
    return found


def _exclusions(session: Session) -> int:
    """Exclusions of public versions that the public list does not count."""
    noted = exists().where(BulletinExclusion.version_id == Item.live_version_id)
    query = (
        select(Item, ItemVersion)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(
            Item.type.in_([name for name, kind in types.TYPES.items() if kind.family is BULLETIN]),
            ~noted,
            ItemVersion.published_at.is_not(None),
        )
        .where(cast(ItemVersion.fields, String).like(f'%"{exclusions.FIELD}"%'))
        .order_by(Item.id)
    )
    missing = [(item, version) for item, version in session.execute(query) if exclusions.of_fields(version.fields)]
    for item, version in missing:
        before = withheld.taken_out(session, item.id)
        now = exclusions.of_fields(version.fields)
        withheld.keep(session, version, now, before, version.published_at or clock.now())
    return len(missing)


def _breaks(session: Session) -> int:
    """Publications whose time was cut short and that stand again, counted from their first publication still."""
    off = exists().where(BulletinLeaf.item_id == Item.id, BulletinLeaf.act.in_(spans.OFF))
    query = select(Item).where(Item.type.in_(terms.standing(session)), Item.state == PUBLISHED)
    mended = []
    for item in session.scalars(query.where(Item.counted_from.is_(None), off).order_by(Item.id)):
        acts = terms.acts_of(session, item)
        begun = spans.counted(acts, partial(rules.of, session, item.type))
        if begun is not None and any(act in spans.OFF and at < begun for act, at in acts):
            item.counted_from = begun
            mended.append(item.id)
    if mended:
        following.refresh(session, mended)
    return len(mended)
