"""The inner nodes of the Bulletin's log, so that proofs read a handful of rows; events by their moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulletin_node',
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('level', 'number', name=op.f('pk_bulletin_node'))
    )
    op.create_index(op.f('ix_event_at'), 'event', ['at'])
