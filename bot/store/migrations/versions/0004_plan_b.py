"""What teams choose, try, practise and do while a tool fails."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "choices",
        *map(_text, ("team", "wanted", "tools", "chosen_by")),
        _time("at"),
        sa.PrimaryKeyConstraint("team", "wanted", name="pk_choices"),
    )
    op.create_table(
        "trials",
        *map(_text, ("team", "tool", "tried_by")),
        _time("at"),
        sa.PrimaryKeyConstraint("team", "tool", name="pk_trials"),
    )
    op.create_table(
        "marks",
        _text("thread_key"),
        sa.Column("step", sa.Integer(), nullable=False),
        *map(_text, ("state", "marked_by")),
        _time("at"),
        sa.PrimaryKeyConstraint("thread_key", "step", name="pk_marks"),
    )
    op.create_table(
        "moves",
        *map(_text, ("thread_key", "person", "kind", "tool")),
        sa.Column("named", sa.Boolean(), nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("thread_key", "person", name="pk_moves"),
    )
    op.create_table(
        "advised",
        *map(_text, ("thread_key", "best")),
        _time("cleared_at", nullable=True),
        _time("at"),
        sa.PrimaryKeyConstraint("thread_key", name="pk_advised"),
    )
    op.create_table(
        "drills",
        sa.Column("id", _NUMBER, nullable=False),
        *map(_text, ("platform", "workspace", "channel", "service", "scenario", "mention", "started_by")),
        *map(_time, ("started_at", "ends_at")),
        _time("ended_at", nullable=True),
        _text("result", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_drills"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "drill_plans",
        *map(_text, ("platform", "workspace", "channel", "service", "every")),
        sa.Column("minutes", sa.Float(), nullable=False),
        _text("planned_by"),
        _time("next_at"),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel", "service", name="pk_drill_plans"),
    )


def downgrade() -> None:
    for name in ("drill_plans", "drills", "advised", "moves", "marks", "trials", "choices"):
        op.drop_table(name)
