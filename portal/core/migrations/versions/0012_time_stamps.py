"""Time-stamps of the Bulletin's checkpoints; leaves say which facts their digest covers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulletin_stamp',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('asked_at', Moment(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('said', sa.String(length=200), nullable=False),
    sa.Column('stamped_at', Moment(timezone=True), nullable=True),
    sa.Column('authority', sa.String(length=300), nullable=False),
    sa.Column('query', sa.LargeBinary(), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['size'], ['bulletin_checkpoint.size'], name=op.f('fk_bulletin_stamp_size_bulletin_checkpoint')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_stamp'))
    )
    op.create_index('ix_bulletin_stamp_size', 'bulletin_stamp', ['size'])
    op.add_column('bulletin_leaf', sa.Column('form', sa.Integer(), server_default='1', nullable=False))
