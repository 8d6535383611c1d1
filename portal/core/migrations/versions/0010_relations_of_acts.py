"""Relations between acts of the Bulletin: one changes, repeals, implements or consolidates another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulletin_relation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('basis', sa.String(length=300), nullable=False),
    sa.Column('added_at', Moment(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('public_at', Moment(timezone=True), nullable=True),
    sa.Column('ended_at', Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['user.id'], name=op.f('fk_bulletin_relation_added_by_user')),
    sa.ForeignKeyConstraint(['source_id'], ['item.id'], name=op.f('fk_bulletin_relation_source_id_item')),
    sa.ForeignKeyConstraint(['target_id'], ['item.id'], name=op.f('fk_bulletin_relation_target_id_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_relation'))
    )
    op.create_index('ix_bulletin_relation_source', 'bulletin_relation', ['source_id', 'id'])
    op.create_index('ix_bulletin_relation_target', 'bulletin_relation', ['target_id', 'id'])
