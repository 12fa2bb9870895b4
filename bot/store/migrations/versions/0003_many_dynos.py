"""Leases for what one process does for all, installed workspaces, single-use tickets, merged updates."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns only added, and with a default: processes of the version before go on inserting during a deployment.
    op.add_column("deliveries", sa.Column("merged", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("threads", sa.Column("spoken_at", sa.DateTime(timezone=True)))
    op.drop_index("ix_deliveries_due_at", "deliveries")
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "ix_deliveries_platform_state_due_at",
        "deliveries",
        ["platform", "state", "due_at"],
        postgresql_where=unfinished,
        sqlite_where=unfinished,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "installs",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("installed_by", sa.Text(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", name="pk_installs"),
    )
    op.create_table(
        "tickets",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_tickets"),
    )


def downgrade() -> None:
    op.drop_table("tickets")
    op.drop_table("installs")
    op.drop_table("leases")
    op.drop_index("ix_deliveries_platform_state_due_at", "deliveries")
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "ix_deliveries_due_at", "deliveries", ["due_at"], postgresql_where=unfinished, sqlite_where=unfinished
    )
    op.drop_column("threads", "spoken_at")
    op.drop_column("deliveries", "merged")
