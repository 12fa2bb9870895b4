"""The tables. A change here needs a new version in `migrations/versions`; a test compares the two."""

import sqlalchemy as sa

from bot.store.columns import Key, Plain, Utc

HEAD = "0005"
"""The newest migration. Versions are numbers, so that older code can tell a newer database from an older one."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up in INTEGER keys only

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", Key(), primary_key=True),
    sa.Column("revision", sa.Integer(), nullable=False),  # counts its snapshots, 0 is none yet
    sa.Column("validators", sa.Text(), nullable=False),
    sa.Column("read_at", Utc()),
    sa.Column("full_at", Utc()),
    sa.Column("since", Utc()),
    sa.Column("failures", sa.Integer(), nullable=False),
    sa.Column("trouble", sa.Text()),
    sa.Column("trouble_text", Plain(), nullable=False),
    sa.Column("trouble_at", Utc()),
    sa.Column("interval_s", sa.Float(), nullable=False),
    sa.Column("next_poll", Utc(), nullable=False),
    sa.Column("lease_until", Utc()),
    sa.Column("fence", sa.BigInteger(), nullable=False),
    sa.Index(None, "next_poll"),
)

# Apart from its feed: SQLite writes a whole row anew at every poll, and this is the long part that seldom changes.
snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("feed", Key(), primary_key=True),
    sa.Column("snapshot", sa.Text(), nullable=False),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", NUMBER, primary_key=True),
    sa.Column("platform", sa.Text(), nullable=False),
    sa.Column("workspace", Key(), nullable=False),
    sa.Column("channel", Key(), nullable=False),
    sa.Column("service", Key(), nullable=False),
    sa.Column("parts", sa.Text(), nullable=False),
    sa.Column("min_impact", sa.Text(), nullable=False),
    sa.Column("maintenance", sa.Text(), nullable=False),
    sa.Column("language", sa.Text(), nullable=False),
    sa.Column("owner", Plain(), nullable=False),
    sa.Column("created_at", Utc(), nullable=False),
    sa.Column("disabled_at", Utc()),
    sa.Column("disabled_reason", Plain(), nullable=False),
    sa.UniqueConstraint("platform", "workspace", "channel", "service"),
    sa.Index(None, "service"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", NUMBER, primary_key=True),
    sa.Column("key", Key(), nullable=False, unique=True),
    sa.Column("platform", sa.Text(), nullable=False),
    sa.Column("workspace", Key(), nullable=False),
    sa.Column("channel", Key(), nullable=False),
    sa.Column("thread_key", Key(), nullable=False),
    sa.Column("action", sa.Text(), nullable=False),
    sa.Column("change", sa.Text(), nullable=False),
    sa.Column("reason", Plain(), nullable=False),
    sa.Column("language", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("due_at", Utc(), nullable=False),  # while it is being sent: when its lease ends
    sa.Column("lease", sa.BigInteger(), nullable=False),  # counts the claims: the fence of sent and failed
    sa.Column("attempted_at", Utc()),
    sa.Column("unsettled_since", Utc()),
    sa.Column("error", Plain(), nullable=False),
    sa.Column("receipt", sa.Text()),
    sa.Column("created_at", Utc(), nullable=False),
    sa.Column("finished_at", Utc()),  # none: pending or sending
    sa.Column("merged", sa.Integer(), nullable=False, server_default="0"),  # how many others it speaks for
    # Only the unfinished rows are ever searched: the indexes stay small however long the history grows.
    sa.Index(
        None,
        "platform",
        "state",
        "due_at",
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    ),
    sa.Index(
        None,
        "platform",
        "due_at",
        postgresql_where=sa.text("finished_at IS NULL AND unsettled_since IS NOT NULL"),
        sqlite_where=sa.text("finished_at IS NULL AND unsettled_since IS NOT NULL"),
    ),
    sa.Index(
        None,
        "thread_key",
        "id",
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    ),
    sqlite_autoincrement=True,  # an id names the delivery to the platforms: never give it to another one
)

pages = sa.Table(
    "pages",
    metadata,
    sa.Column("slug", Key(), primary_key=True),
    sa.Column("service", sa.Text(), nullable=False),
    sa.Column("instead_of", Plain(), nullable=False),
    sa.Column("created_at", Utc(), nullable=False),
)

page_teams = sa.Table(
    "page_teams",
    metadata,
    sa.Column("slug", Key(), primary_key=True),
    sa.Column("team", Key(), primary_key=True),
)

threads = sa.Table(
    "threads",
    metadata,
    sa.Column("thread_key", Key(), primary_key=True),
    sa.Column("receipt", sa.Text(), nullable=False),
    sa.Column("spoken_at", Utc()),  # when a message was last added to it
)

echoes = sa.Table(
    "echoes",
    metadata,
    sa.Column("delivery", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("receipt", sa.Text(), nullable=False),
    sa.Column("at", Utc(), nullable=False),
)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("name", Key(), primary_key=True),
    sa.Column("value", Plain(), nullable=False),
)

# What one process does for all: a periodic job, the connection to a gateway. Whoever holds the row does it.
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", Key(), primary_key=True),
    sa.Column("owner", sa.Text(), nullable=False),
    sa.Column("until", Utc(), nullable=False),
    sa.Column("fence", sa.BigInteger(), nullable=False),
)

# Workspaces that installed the app by OAuth. `sealed` is the bot token, encrypted: see bot/vault.py.
installs = sa.Table(
    "installs",
    metadata,
    sa.Column("platform", sa.Text(), primary_key=True),
    sa.Column("workspace", Key(), primary_key=True),
    sa.Column("name", Plain(), nullable=False),
    sa.Column("bot", Plain(), nullable=False),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Column("installed_by", Plain(), nullable=False),
    sa.Column("installed_at", Utc(), nullable=False),
)

# Questions that may be answered once: the state of an OAuth flow, by its digest.
tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("digest", sa.Text(), primary_key=True),
    sa.Column("until", Utc(), nullable=False),
)
