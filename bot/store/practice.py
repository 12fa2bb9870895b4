"""The tables of what teams choose, try, practise and do while a tool fails. See schema.py for the others."""

import sqlalchemy as sa

from bot.store.columns import Key, Plain, Utc
from bot.store.schema import NUMBER, metadata

# What a team chose in the chat: it stands in the place of what its file says for the same tool or capability.
choices = sa.Table(
    "choices",
    metadata,
    sa.Column("team", Key(), primary_key=True),
    sa.Column("wanted", Key(), primary_key=True),
    sa.Column("tools", sa.Text(), nullable=False),
    sa.Column("chosen_by", Plain(), nullable=False),
    sa.Column("at", Utc(), nullable=False),
)

# When somebody of a team last tried a tool.
trials = sa.Table(
    "trials",
    metadata,
    sa.Column("team", Key(), primary_key=True),
    sa.Column("tool", Key(), primary_key=True),
    sa.Column("tried_by", Plain(), nullable=False),
    sa.Column("at", Utc(), nullable=False),
)

# Steps of a playbook that somebody took or did, for one incident in one channel.
marks = sa.Table(
    "marks",
    metadata,
    sa.Column("thread_key", Key(), primary_key=True),
    sa.Column("step", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("marked_by", Plain(), nullable=False),
    sa.Column("at", Utc(), nullable=False),
)

# Who switched to what, who is blocked, who is back, for one incident in one channel. The last word of each person.
moves = sa.Table(
    "moves",
    metadata,
    sa.Column("thread_key", Key(), primary_key=True),
    sa.Column("person", Key(), primary_key=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("tool", Plain(), nullable=False),
    sa.Column("named", sa.Boolean(), nullable=False),
    sa.Column("at", Utc(), nullable=False),
)

# What a card recommends now, so that a change of it is news; and when "you can go back" was said.
advised = sa.Table(
    "advised",
    metadata,
    sa.Column("thread_key", Key(), primary_key=True),
    sa.Column("best", sa.Text(), nullable=False),
    sa.Column("cleared_at", Utc()),
    sa.Column("at", Utc(), nullable=False),
)

drills = sa.Table(
    "drills",
    metadata,
    sa.Column("id", NUMBER, primary_key=True),
    sa.Column("platform", sa.Text(), nullable=False),
    sa.Column("workspace", Key(), nullable=False),
    sa.Column("channel", Key(), nullable=False),
    sa.Column("service", Key(), nullable=False),
    sa.Column("scenario", Plain(), nullable=False),
    sa.Column("mention", Plain(), nullable=False),
    sa.Column("started_by", Plain(), nullable=False),
    sa.Column("started_at", Utc(), nullable=False),
    sa.Column("ends_at", Utc(), nullable=False),
    sa.Column("ended_at", Utc()),
    sa.Column("result", sa.Text()),
    sqlite_autoincrement=True,
)

drill_plans = sa.Table(
    "drill_plans",
    metadata,
    sa.Column("platform", sa.Text(), primary_key=True),
    sa.Column("workspace", Key(), primary_key=True),
    sa.Column("channel", Key(), primary_key=True),
    sa.Column("service", Key(), primary_key=True),
    sa.Column("every", sa.Text(), nullable=False),
    sa.Column("minutes", sa.Float(), nullable=False),
    sa.Column("planned_by", Plain(), nullable=False),
    sa.Column("next_at", Utc(), nullable=False),
)
