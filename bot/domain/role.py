"""What a process does of all that there is to do."""

from enum import StrEnum


class Role(StrEnum):
    """Any number of processes of any role may run at once."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"

    @property
    def works(self) -> bool:
        """Polls, delivers, watches, and keeps connections open to the chats."""
        return self is not Role.WEB

    @property
    def listens(self) -> bool:
        """Answers what comes over HTTP."""
        return self is not Role.WORKER
