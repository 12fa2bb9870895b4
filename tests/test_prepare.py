from structlog.testing import capture_logs

from bot.prepare import warn
from bot.settings import Settings, secrets
from bot.store.engine import database_url


def warned(**settings: object) -> list[str]:
    with capture_logs() as logs:
        warn(Settings(_env_file=None, **settings), database_url("planb.db"))  # type: ignore[arg-type] # by name
    return [str(line["event"]) for line in logs]


def test_a_token_that_can_be_guessed_is_warned_of() -> None:
    assert warned(planb_metrics_token="secret") == ["PLANB_METRICS_TOKEN is short enough to be guessed"]
    assert warned(planb_metrics_token="x" * 20) == []
    assert warned() == []


def test_every_secret_setting_is_kept_out_of_logs_and_reports() -> None:
    hidden = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    settings = Settings(_env_file=None, **{name: f"https://canary-of-{name}" for name in hidden})  # type: ignore[arg-type] # by name

    assert {"planb_metrics_token", "sentry_dsn"} <= set(hidden)
    assert {f"https://canary-of-{name}" for name in hidden} <= set(secrets(settings))
    assert "canary-of" not in repr(settings)
