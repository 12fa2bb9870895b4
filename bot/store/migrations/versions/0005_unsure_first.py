"""An index of what may be posted already, which is taken up first."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unsure = sa.text("finished_at IS NULL AND unsettled_since IS NOT NULL")
    op.create_index(
        "ix_deliveries_platform_due_at",
        "deliveries",
        ["platform", "due_at"],
        postgresql_where=unsure,
        sqlite_where=unsure,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_platform_due_at", "deliveries")
