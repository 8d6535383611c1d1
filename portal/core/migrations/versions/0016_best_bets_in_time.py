"""Best bets of search hold for a time and may point at a thing that is found, not only at an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("search_best_bet", sa.Column("key", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("search_best_bet", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("search_best_bet", sa.Column("until", sa.Date(), nullable=True))
