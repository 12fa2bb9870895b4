"""Settings: everything the environment decides, read once. The only reader of the environment.

Every field is a variable of the same name in capitals; `.env.example` lists them all.
"""

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.errors import SettingsError
from bot.domain.words import Language

Network = IPv4Network | IPv6Network
_KEY = re.compile(r"[0-9a-f]{64}")


def _public_key(text: str) -> str:
    key = text.strip().lower()
    if key and not _KEY.fullmatch(key):
        raise PydanticCustomError(
            "public_key", "64 hexadecimal digits are expected: the Public Key of the application's General Information"
        )
    return key


class Settings(BaseSettings):
    """Frozen. An empty variable counts as not set."""

    model_config = SettingsConfigDict(env_file=".env", frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: str = "sqlite:///planb.db"
    planb_config: str = "planb.toml"
    planb_language: Language = "en"
    planb_contact: str = ""
    planb_sight_notices: bool = True
    planb_allowed_networks: str = ""
    planb_public_url: str = ""
    planb_keys: SecretStr | None = None

    planb_canary: str = ""
    planb_ping_url: SecretStr | None = None
    planb_alarm: str = ""

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    planb_slack_client_id: str = ""
    planb_slack_client_secret: SecretStr | None = None
    slack_admins: str = ""
    slack_api_url: str = ""

    discord_token: SecretStr | None = None
    discord_public_key: Annotated[str, AfterValidator(_public_key)] = ""
    discord_api_url: str = ""
    discord_gateway_url: str = ""

    port: int | None = Field(default=None, ge=1, le=65535)
    host: str = "0.0.0.0"  # noqa: S104 - platforms route to the port from outside
    poll_seconds: float = Field(default=60, ge=0.2)
    lease_seconds: float = Field(default=60, ge=1)
    planb_group_seconds: float = Field(default=30, ge=0, le=300)
    planb_hold_down_minutes: float = Field(default=15, ge=0, le=240)

    planb_metrics_token: SecretStr | None = None
    sentry_dsn: SecretStr | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json", "logfmt"] = "auto"

    dyno: str = ""

    @field_validator("planb_ping_url")
    @classmethod
    def _https_only(cls, address: SecretStr | None) -> SecretStr | None:
        """Whoever reads the address on its way could say that all is well."""
        if address and not address.get_secret_value().startswith("https://"):
            raise ValueError("the address must begin with https://")
        return address

    @property
    def admins(self) -> frozenset[str]:
        """Slack user ids that may always manage subscriptions."""
        return frozenset(one.strip() for one in self.slack_admins.split(",") if one.strip())

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """Networks that pages pasted in a chat may lead to, beside the public internet. Raise SettingsError."""
        try:
            return tuple(ip_network(one.strip()) for one in self.planb_allowed_networks.split(",") if one.strip())
        except ValueError as error:
            raise SettingsError(f"PLANB_ALLOWED_NETWORKS: {error}. See .env.example.") from None

    @property
    def keys(self) -> tuple[str, ...]:
        """What seals stored tokens: the first seals, all open."""
        written = self.planb_keys.get_secret_value() if self.planb_keys else ""
        return tuple(one.strip() for one in written.split(",") if one.strip())

    @property
    def installs_from_slack(self) -> bool:
        """Whether workspaces can install the app by OAuth."""
        return bool(self.planb_slack_client_id and self.planb_slack_client_secret)

    @property
    def speaks_slack(self) -> bool:
        """Whether there is a token for Slack, or a way to come by one."""
        return self.slack_bot_token is not None or self.installs_from_slack

    @property
    def metrics_token(self) -> str:
        """What a monitor shows to read /metrics and the details of /readyz; empty for nobody."""
        return self.planb_metrics_token.get_secret_value().strip() if self.planb_metrics_token else ""

    @property
    def interactions_key(self) -> bytes | None:
        """With what Discord signs the commands that come over HTTP."""
        return bytes.fromhex(self.discord_public_key) or None

    @property
    def poll_interval(self) -> timedelta:
        """The time between two polls of a followed service."""
        return timedelta(seconds=self.poll_seconds)

    @property
    def lease(self) -> timedelta:
        """How long a delivery belongs to the process that took it."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def group_wait(self) -> timedelta:
        """How long an incident's thread rests between two messages; what comes meanwhile becomes one."""
        return timedelta(seconds=self.planb_group_seconds)

    @property
    def hold_down(self) -> timedelta:
        """How long a tool must have held before people are told that they can go back."""
        return timedelta(minutes=self.planb_hold_down_minutes)

    @property
    def speaks_to_no_platform(self) -> bool:
        """No token at all: then the console is the chat."""
        return not self.speaks_slack and self.discord_token is None


def read_settings() -> Settings:
    """Read the environment and `.env`. Raise SettingsError naming the variable and what is wrong with it."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "?"
        raise SettingsError(f"{name}: {first['msg']}. See .env.example.") from None


def secrets(settings: Settings) -> tuple[str, ...]:
    """The values that must never be shown."""
    hidden = (
        settings.planb_keys,
        settings.planb_slack_client_secret,
        settings.planb_metrics_token,
        settings.sentry_dsn,
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.slack_signing_secret,
        settings.discord_token,
        settings.planb_ping_url,
    )
    return (*settings.keys, *(one.get_secret_value() for one in hidden if one and one.get_secret_value()))
