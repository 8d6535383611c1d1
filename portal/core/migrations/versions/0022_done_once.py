"""Acts asked for with a key are done once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'once',
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('asked', sa.String(length=64), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('at', Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_once')),
    )
    op.create_index('ix_once_at', 'once', ['at'])
