"""All that is remembered: SQLAlchemy tables on SQLite or Postgres.

`engine` speaks to the two databases, `schema` names the tables, `codec` turns values into text and back, `store` is
the whole store, one module for each of its parts.
"""
