"""Our exception hierarchy.

* PlanBError
  x FeedError          a status page could not be read
    + Unreachable        no good answer: network, timeout, HTTP error
    + NotTheFormat       an answer, but not the format it should be
  x SendError          a chat platform did not take a message; says whether and when to try again
  x UserError          the person asked for something we cannot do; the text is shown to them
  x SettingsError      a setting or a file is wrong; the text says how to mend it
  x SealBroken         a stored secret cannot be opened: its key is missing, or it was put elsewhere
  x StoreAway          the database cannot be reached now
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class PlanBError(Exception):
    """Base of every error this program raises on purpose."""


class FeedError(PlanBError):
    """A status page could not be read. `retry_after` is the provider's own wish, `status` the HTTP status it sent."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status


class Unreachable(FeedError):
    """No good answer: network, timeout, HTTP error, too big."""


class NotTheFormat(FeedError):
    """An answer came, but it is not the expected format."""


class Scope(StrEnum):
    """How far a verdict reaches, from narrow to wide."""

    MESSAGE = "message"
    CHANNEL = "channel"
    WORKSPACE = "workspace"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a failed send means. Exactly one way out, decided by the chat adapter from the platform's answer.

    permanent: the destination is gone or closed to us; do not try again.
    hopeless: the platform will never take this message; the channel is fine.
    limited: the platform says that we speak too fast.
    ambiguous: the message may have been posted; settle that before trying again.
    retry_after: the platform's own wish; `scope` says for whom it holds, at the widest. MESSAGE: for this one alone.
    PLATFORM and nothing else: it could not be reached, and nothing was sent.
    """

    permanent: bool = False
    ambiguous: bool = False
    hopeless: bool = False
    retry_after: timedelta | None = None
    limited: bool = False
    scope: Scope = Scope.MESSAGE


class SendError(PlanBError):
    """A chat platform did not (or perhaps did) take a message."""

    def __init__(self, message: str, verdict: Verdict | None = None) -> None:
        super().__init__(message)
        self.verdict = verdict or Verdict()


class UserError(PlanBError):
    """The person asked for something we cannot do. The text is for them, in their language."""


class SettingsError(PlanBError):
    """A setting or a file is wrong. The text is one line that says how to mend it.

    `place` are the keys that lead to it, where its file is not known here.
    """

    def __init__(self, message: str, *, place: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.place = tuple(place)


class SealBroken(PlanBError):
    """A stored secret cannot be opened. The text names whose it is and never what is in it."""


class StoreAway(PlanBError):
    """The database cannot be reached now."""
