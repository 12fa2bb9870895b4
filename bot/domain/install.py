"""A workspace that installed the app."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.subscription import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """`sealed` is its token, encrypted for this workspace alone. `bot` and `installed_by` are user ids there."""

    platform: Platform
    workspace: str
    name: str
    bot: str
    sealed: str
    installed_by: str
    installed_at: datetime

    @property
    def label(self) -> str:
        """What the token is sealed for: in another workspace's row it cannot be opened."""
        return label_of(self.platform, self.workspace)


def label_of(platform: Platform, workspace: str) -> str:
    """What a workspace's token is sealed for."""
    return f"{platform}:{workspace}"
