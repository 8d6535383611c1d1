"""Indexes of the few items that visitors do not see and of the bin, for the editors' reports.

Revision 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    unseen, binned = sa.text("state <> 'published' or binned_at is not null"), sa.text("binned_from <> ''")
    op.create_index("ix_item_unseen", "item", ["id"], sqlite_where=unseen, postgresql_where=unseen)
    op.create_index("ix_item_binned", "item", ["binned_at", "id"], sqlite_where=binned, postgresql_where=binned)
