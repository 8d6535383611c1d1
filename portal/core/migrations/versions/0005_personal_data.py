"""Personal data before publication: what files hold, decisions, redacted copies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from portal.core import db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
    op.create_table(
        "personal_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("pieces", json, nullable=False),
        sa.Column("checked_at", db.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_personal_file")),
    )
    op.create_table(
        "personal_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_personal_decision_item_id_item")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_personal_decision_made_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_decision")),
        sa.UniqueConstraint("item_id", "source", "mark", name=op.f("uq_personal_decision_item_id_source_mark")),
    )
    op.create_table(
        "personal_redaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=20), nullable=False),
        sa.Column("targets", json, nullable=False),
        sa.Column("report", json, nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", db.Moment(timezone=True), nullable=False),
        sa.Column("made_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_personal_redaction_asked_by_user")),
        sa.ForeignKeyConstraint(["copy_id"], ["document.id"], name=op.f("fk_personal_redaction_copy_id_document")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_personal_redaction_item_id_item")),
        sa.ForeignKeyConstraint(
            ["original_id"], ["document.id"], name=op.f("fk_personal_redaction_original_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_redaction")),
    )
    op.create_index("ix_personal_redaction_item_id", "personal_redaction", ["item_id", "original_id"], unique=False)
