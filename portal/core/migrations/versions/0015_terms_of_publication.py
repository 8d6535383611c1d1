"""Terms of publication: rules added by an administrator, what is due, what was done about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.core.db import Moment

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulletin_due_state',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('rules', sa.String(length=64), nullable=False),
    sa.Column('reached', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_due_state'))
    )
    op.create_table('bulletin_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('rule', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('added_at', Moment(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['user.id'], name=op.f('fk_bulletin_rule_added_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_rule'))
    )
    op.create_table('bulletin_due',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('detail', sa.String(length=80), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_bulletin_due_item_id_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_due')),
    sa.UniqueConstraint('key', name=op.f('uq_bulletin_due_key'))
    )
    op.create_index('ix_bulletin_due_due', 'bulletin_due', ['due', 'id'])
    op.create_index('ix_bulletin_due_item', 'bulletin_due', ['item_id'])
    op.create_table('bulletin_term_fact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('act', sa.String(length=12), nullable=False),
    sa.Column('detail', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('author', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['user.id'], name=op.f('fk_bulletin_term_fact_by_user')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_bulletin_term_fact_item_id_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_term_fact'))
    )
    op.create_index('ix_bulletin_term_fact_item', 'bulletin_term_fact', ['item_id', 'id'])
    op.create_index('ix_bulletin_term_fact_type', 'bulletin_term_fact', ['type', 'act', 'id'])
