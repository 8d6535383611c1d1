"""What is due of one kind and place, in the order of days: the notice board's list."""

from __future__ import annotations

from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_bulletin_due_kind', 'bulletin_due', ['kind', 'detail', 'due', 'id'])
