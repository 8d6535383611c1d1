"""Exclusions of openness in force, counted by ground and year; those published before are noted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table('bulletin_exclusion',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('ground', sa.String(length=40), nullable=False),
    sa.Column('since', Moment(timezone=True), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_bulletin_exclusion_item_id_item')),
    sa.ForeignKeyConstraint(['version_id'], ['item_version.id'], name=op.f('fk_bulletin_exclusion_version_id_item_version')),
    sa.PrimaryKeyConstraint('version_id', 'number', name=op.f('pk_bulletin_exclusion'))
    )
    op.create_index('ix_bulletin_exclusion_since', 'bulletin_exclusion', ['since', 'version_id', 'number'])
    op.create_index('ix_bulletin_exclusion_item', 'bulletin_exclusion', ['item_id'])
    _note_known(table)


def _note_known(table: sa.Table) -> None:
    """The exclusions of versions that are public now; each began when its version was first published."""
    connection = op.get_bind()
    known = connection.execute(sa.text(
        "select v.id, v.item_id, v.fields, v.published_at from item i join item_version v on v.id = i.live_version_id"
        " where cast(v.fields as text) like '%\"exclusions\"%' and v.published_at is not null"
    )).all()
    rows = []
    for version_id, item_id, fields, at in known:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        kept = (json.loads(fields) if isinstance(fields, str) else fields).get("exclusions") or []
        rows += [
            {"version_id": version_id, "number": one["number"], "item_id": item_id, "ground": one["ground"],
             "since": moment, "year": moment.astimezone(ZoneInfo("Europe/Warsaw")).year}
            for one in kept
        ]
    if rows:
        connection.execute(table.insert(), rows)
