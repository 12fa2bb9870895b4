"""The logs as they were, after a test that sets them up."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot import logs


@contextmanager
def logs_put_back() -> Iterator[None]:
    """What the block sets up is undone at its end."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs._LOUD}
    configure = structlog.configure
    # A logger that has cached how it writes would write so in all later tests.
    structlog.configure = lambda **how: configure(**(how | {"cache_logger_on_first_use": False}))
    yield
    structlog.configure = configure
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()
