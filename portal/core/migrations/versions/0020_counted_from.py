"""From when the time of a publication is counted that came down before that time was over and was published again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('item', sa.Column('counted_from', Moment(timezone=True), nullable=True))
