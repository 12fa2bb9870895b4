"""Before anything runs: read the files, set up the logs, say loudly what will hurt later."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.engine import URL

from bot import logs
from bot.catalogue import load_catalogue
from bot.core.catalogue import Catalogue
from bot.core.playbooks import NO_PLAYBOOKS, Playbooks
from bot.domain.continuity import Plan
from bot.domain.errors import SettingsError
from bot.feeds import FORMATS
from bot.playbooks import default_playbooks
from bot.sentry import Reports
from bot.settings import Settings, secrets
from bot.team import TeamFile, parse_team, path_of, plans, playbooks, read_team
from bot.vault import ShutVault, open_vault

log = structlog.stdlib.get_logger(__name__)

METRICS_TOKEN_LEAST = 20
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """What the files say: the services we know, and this team's plans."""

    catalogue: Catalogue
    plans: Sequence[Plan]
    spreads: bool = False
    playbooks: Playbooks = NO_PLAYBOOKS


def read_files(settings: Settings) -> Team:
    """The catalogue and the team's own file. Raise SettingsError with one line that says how to mend it."""
    return _understood(read_team(settings.planb_config))


def team_path(settings: Settings) -> Path | None:
    """Where the team's file is; none where it is a text in the environment."""
    return path_of(settings.planb_config)


def understood(text: str, name: str) -> Team:
    """The catalogue and the team's own file, from its text. Raise SettingsError as above."""
    return _understood(parse_team(text, name))


def _understood(file: TeamFile) -> Team:
    try:
        catalogue = load_catalogue(file.services or None, formats=FORMATS)
    except SettingsError as error:
        raise file.fault(error.place, str(error)) from None
    books = Playbooks(ours=playbooks(file, catalogue), defaults=default_playbooks())
    return Team(catalogue=catalogue, plans=plans(file, catalogue), spreads=file.spread, playbooks=books)


def set_up_logs(settings: Settings) -> None:
    """Log as the settings say, without their secrets. Where a SENTRY_DSN is set, errors are reported there too."""
    hidden = secrets(settings)
    reports, trouble = _reports(settings, hidden)
    logs.set_up(
        level=settings.log_level,
        how=settings.log_format,
        stamped=bool(settings.dyno),
        secrets=hidden,
        report=reports.tell if reports else None,
    )
    if trouble:
        log.warning("errors are not reported to Sentry", mend=trouble)


def _reports(settings: Settings, hidden: tuple[str, ...]) -> tuple[Reports | None, str]:
    """Where errors go, or why they go nowhere."""
    if settings.sentry_dsn is None:
        return None, ""
    try:
        return Reports(settings.sentry_dsn.get_secret_value(), partial(logs.clean, secrets=hidden)), ""
    except ImportError:
        return None, "SENTRY_DSN is set and the package is missing: pip install 'planb[sentry]'"
    except ValueError:
        return None, "SENTRY_DSN is no address of a Sentry project: https://KEY@HOST/PROJECT"


def warn(settings: Settings, url: URL) -> None:
    """What will hurt later, said loudly now."""
    if settings.dyno and url.get_backend_name() == "sqlite":
        log.error(
            "SQLITE ON A DISK THAT IS WIPED EVERY DAY: subscriptions will be lost",
            mend="add a Postgres database (heroku addons:create heroku-postgresql) so that DATABASE_URL is set",
        )
    if settings.speaks_slack and not (settings.slack_app_token or settings.slack_signing_secret):
        log.error("Slack commands will not work: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)")
    if settings.metrics_token and len(settings.metrics_token) < METRICS_TOKEN_LEAST:
        log.warning("PLANB_METRICS_TOKEN is short enough to be guessed", mend="openssl rand -base64 32")
    if settings.slack_signing_secret and not settings.slack_app_token and not settings.port:
        log.error("Slack's HTTP mode needs PORT to be set, so that Slack can reach /slack/events")
    if settings.discord_public_key and not settings.port:
        log.error("Discord's HTTP mode needs PORT to be set, so that Discord can reach /discord/interactions")
    if settings.installs_from_slack:
        _warn_of_installing(settings)


def _warn_of_installing(settings: Settings) -> None:
    if isinstance(vault := open_vault(settings.keys), ShutVault):
        log.error("No workspace that installed by OAuth can be served", mend=vault.reason)
    if not settings.planb_public_url.startswith("https://") or not settings.port:
        log.error("Slack workspaces cannot install: set PLANB_PUBLIC_URL to https://... and PORT")
