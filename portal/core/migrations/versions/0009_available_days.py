"""How what must stand in the Bulletin was found from outside, one row per item and day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulletin_available_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('item_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('last_at', Moment(timezone=True), nullable=False),
    sa.Column('note', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_bulletin_available_day_item_id_item')),
    sa.PrimaryKeyConstraint('day', 'item_id', name=op.f('pk_bulletin_available_day'))
    )
    op.create_index('ix_bulletin_available_day_item', 'bulletin_available_day', ['item_id', 'day'])
