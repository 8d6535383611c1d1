"""The editors' room: unsaved work, locks, preview links, requests for review, substitutes of reviewers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from portal.core import db

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('substitution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('substitute_id', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('created_at', db.Moment(timezone=True), nullable=False),
    sa.Column('ended_at', db.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['substitute_id'], ['user.id'], name=op.f('fk_substitution_substitute_id_user')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_substitution_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_substitution'))
    )
    with op.batch_alter_table('substitution', schema=None) as batch_op:
        batch_op.create_index('ix_substitution_substitute', ['substitute_id', 'last_day'], unique=False)
        batch_op.create_index(batch_op.f('ix_substitution_user_id'), ['user_id'], unique=False)

    op.create_table('edit_lock',
    sa.Column('item_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('since', db.Moment(timezone=True), nullable=False),
    sa.Column('beat_at', db.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_edit_lock_item_id_item')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_edit_lock_user_id_user')),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_edit_lock'))
    )
    op.create_table('unsaved_work',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('place', sa.String(length=480), nullable=False),
    sa.Column('typed', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('files', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('saved_at', db.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_unsaved_work_item_id_item')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_unsaved_work_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unsaved_work')),
    sa.UniqueConstraint('user_id', 'place', name=op.f('uq_unsaved_work_user_id_place'))
    )
    with op.batch_alter_table('unsaved_work', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unsaved_work_item_id'), ['item_id'], unique=False)

    op.create_table('preview_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('created_at', db.Moment(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=False),
    sa.Column('expires_at', db.Moment(timezone=True), nullable=False),
    sa.Column('revoked_at', db.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_preview_link_created_by_user')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_preview_link_item_id_item')),
    sa.ForeignKeyConstraint(['version_id'], ['item_version.id'], name=op.f('fk_preview_link_version_id_item_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preview_link'))
    )
    with op.batch_alter_table('preview_link', schema=None) as batch_op:
        batch_op.create_index('ix_preview_link_item', ['item_id', 'expires_at'], unique=False)

    op.create_table('review_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('submitted_by', sa.Integer(), nullable=True),
    sa.Column('submitted_at', db.Moment(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('message', sa.String(length=1000), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', db.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_review_request_item_id_item')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user.id'], name=op.f('fk_review_request_reviewer_id_user')),
    sa.ForeignKeyConstraint(['submitted_by'], ['user.id'], name=op.f('fk_review_request_submitted_by_user')),
    sa.ForeignKeyConstraint(['version_id'], ['item_version.id'], name=op.f('fk_review_request_version_id_item_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_request'))
    )
    with op.batch_alter_table('review_request', schema=None) as batch_op:
        batch_op.create_index('ix_review_request_item', ['item_id', 'id'], unique=False)
        batch_op.create_index('ix_review_request_open', ['closed_at', 'due_on', 'id'], unique=False)

    op.add_column("item", sa.Column("scheduled_version_id", sa.Integer(), nullable=True))
    op.add_column("item", sa.Column("scheduled_by", sa.Integer(), nullable=True))
    scheduled = sa.text("publish_at is not null")
    op.create_index("ix_item_publish_at", "item", ["publish_at"], sqlite_where=scheduled, postgresql_where=scheduled)
    op.create_index("ix_item_note_kind", "item_note", ["kind", "item_id", "created_at"])
