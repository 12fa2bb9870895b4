"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_UNFINISHED = sa.text("finished_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("validators", sa.Text(), nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.Column("full_at", _MOMENT, nullable=True),
        sa.Column("since", _MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("trouble_text", sa.Text(), nullable=False),
        sa.Column("trouble_at", _MOMENT, nullable=True),
        sa.Column("interval_s", sa.Float(), nullable=False),
        sa.Column("next_poll", _MOMENT, nullable=False),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
    )
    op.create_index("ix_feeds_next_poll", "feeds", ["next_poll"])
    op.create_table(
        "snapshots",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_snapshots"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("min_impact", sa.Text(), nullable=False),
        sa.Column("maintenance", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint(
            "platform", "workspace", "channel", "service", name="uq_subscriptions_platform_workspace_channel_service"
        ),
    )
    op.create_index("ix_subscriptions_service", "subscriptions", ["service"])
    op.create_table(
        "deliveries",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread_key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("lease", sa.BigInteger(), nullable=False),
        sa.Column("attempted_at", _MOMENT, nullable=True),
        sa.Column("unsettled_since", _MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
        sqlite_autoincrement=True,
    )
    for columns in (["due_at"], ["thread_key", "id"]):
        op.create_index(
            "ix_deliveries_" + "_".join(columns),
            "deliveries",
            columns,
            postgresql_where=_UNFINISHED,
            sqlite_where=_UNFINISHED,
        )
    op.create_table(
        "threads",
        sa.Column("thread_key", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("thread_key", name="pk_threads"),
    )
    op.create_table(
        "echoes",
        sa.Column("delivery", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("delivery", name="pk_echoes"),
    )
    op.create_table(
        "notes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_notes"),
    )


def downgrade() -> None:
    for table in ("notes", "echoes", "threads", "deliveries", "subscriptions", "snapshots", "feeds"):
        op.drop_table(table)
