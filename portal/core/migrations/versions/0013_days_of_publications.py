"""Lists of the Bulletin by the day a publication is about: sessions, petitions, interpellations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

_DAYS = {'session': 'held_on', 'petition': 'received_on', 'interpellation': 'received_on'}


def upgrade() -> None:
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.create_index('ix_item_type_starts_at', ['type', 'starts_at', 'id'], unique=False)
    _fill_in_days()


def _fill_in_days() -> None:
    """What was published before has its day in its fields only."""
    bind = op.get_bind()
    item = sa.table('item', sa.column('id'), sa.column('type'), sa.column('live_version_id'),
                    sa.column('starts_at', Moment()), sa.column('ends_at', Moment()))
    version = sa.table('item_version', sa.column('id'), sa.column('fields', sa.JSON()))
    rows = bind.execute(
        sa.select(item.c.id, item.c.type, version.c.fields)
        .join(version, version.c.id == item.c.live_version_id)
        .where(item.c.type.in_(_DAYS))
    ).all()
    warsaw = ZoneInfo('Europe/Warsaw')
    for row in rows:
        try:
            day = date.fromisoformat(str((row.fields or {}).get(_DAYS[row.type]) or ''))
        except ValueError:
            continue
        if not 1800 <= day.year <= 2200:
            continue
        begin = datetime.combine(day, time(), warsaw)
        end = datetime.combine(day + timedelta(days=1), time(), warsaw)
        bind.execute(sa.update(item).where(item.c.id == row.id).values(starts_at=begin, ends_at=end))
