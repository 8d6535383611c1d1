"""Words by which editors pick items from the tree, as they type."""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_POLISH = str.maketrans("łŁđĐøØ", "lLdDoO")
_AT_ONCE = 2000


def upgrade() -> None:
    table = op.create_table(
        'item_word',
        sa.Column('word', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
        sa.Column('item_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint('word', 'item_id', name=op.f('pk_item_word')),
        sqlite_with_rowid=False,
    )
    item = sa.table('item', sa.column('id'), sa.column('type'), sa.column('title'), sa.column('path'))
    last = 0
    while rows := op.get_bind().execute(
        sa.select(item).where(item.c.id > last).order_by(item.c.id).limit(_AT_ONCE)
    ).all():
        op.bulk_insert(table, [{'word': word, 'item_id': row.id} for row in rows for word in sorted(_words(row))])
        last = rows[-1].id
    op.create_index('ix_item_word_item', 'item_word', ['item_id', 'word'])


def _words(row: sa.Row) -> set[str]:
    """As ``portal.content.titles`` makes them today; its shape may change, this stays."""
    mark = 'i:' if row.type == 'image' else 'p:'
    text = f'{row.title} {row.path.rpartition("/")[2]}'.translate(_POLISH)
    plain = unicodedata.normalize('NFKD', text).encode('ascii', 'ignore').decode().lower()
    return {mark + word[:50] for word in re.findall('[a-z0-9]+', plain)[:40]} | ({mark} if mark == 'i:' else set())
