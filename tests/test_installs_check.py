"""What `planb check` says of workspaces that installed by OAuth, and the commands about keys."""

import base64
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.app import App
from bot.cli.check import _installs
from bot.cli.main import app as commands
from bot.domain.subscription import Platform
from bot.prepare import read_files, warn
from bot.settings import Settings, secrets
from bot.store.engine import database_url
from bot.store.store import SqlStore
from bot.vault import Vault, new_key
from tests.store.test_installs import HOME

# Always the same: the names of tests are made of them.
KEY, LOST = (base64.urlsafe_b64encode(bytes([number] * 32)).decode() for number in (1, 2))
FULL = {
    "planb_slack_client_id": "1.2",
    "planb_slack_client_secret": "a client secret",
    "planb_public_url": "https://planb.example",
    "planb_keys": f"{KEY}, {new_key()}",
}


def settings(template: Path, folder: Path, **changed: str) -> Settings:
    shutil.copy(template, folder / "planb.db")
    url = f"sqlite:///{folder / 'planb.db'}"
    return Settings(_env_file=None, **{"database_url": url, **FULL, **changed})  # type: ignore[arg-type] # by name


async def put(where: Settings, key: str) -> None:
    store = SqlStore(database_url(where.database_url))
    await store.put_install(replace(HOME, sealed=Vault([key]).seal("xoxb-secret", HOME.label)))
    await store.close()


@pytest.mark.parametrize(
    ("key", "changed", "ok", "says"),
    [
        (KEY, {}, True, "1 workspaces installed by OAuth"),
        (LOST, {}, False, "no key opens the tokens of 1 workspaces: T1"),
        (KEY, {"planb_keys": ""}, False, "PLANB_KEYS is empty"),
        (KEY, {"planb_keys": "abc"}, False, "PLANB_KEYS: each key is 32 bytes"),
        (KEY, {"planb_public_url": "http://planb.example"}, False, "no address to come back to"),
    ],
)
async def test_check_says_what_is_wrong_with_installing(
    template: Path, tmp_path: Path, key: str, changed: dict[str, str], says: str, *, ok: bool
) -> None:
    where = settings(template, tmp_path, **changed)
    await put(where, key)
    app = App(where, read_files(where))
    finding = await _installs(app)
    await app.close()

    assert finding.ok is ok
    assert finding.says.startswith(says)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"port": "8000"}, []),
        ({}, ["cannot install: set PLANB_PUBLIC_URL"]),
        ({"port": "8000", "planb_public_url": ""}, ["cannot install: set PLANB_PUBLIC_URL"]),
        ({"port": "8000", "planb_keys": ""}, ["No workspace that installed by OAuth can be served"]),
    ],
)
def test_what_will_hurt_later_is_said_at_once(
    template: Path, tmp_path: Path, changed: dict[str, str], says: list[str]
) -> None:
    where = settings(template, tmp_path, slack_app_token="xapp-fine", **changed)
    with capture_logs() as told:
        warn(where, database_url(where.database_url))

    assert [entry["log_level"] for entry in told] == ["error"] * len(says)
    assert all(line in entry["event"] for line, entry in zip(says, told, strict=True))


def test_each_key_is_a_secret_and_so_is_the_client_s() -> None:
    hidden = secrets(Settings(_env_file=None, **FULL))  # type: ignore[arg-type] # named values of many types

    assert {KEY, "a client secret", FULL["planb_keys"]} <= set(hidden)


def test_a_client_id_is_enough_to_speak_slack_only_with_its_secret() -> None:
    assert Settings(_env_file=None, **FULL).speaks_slack  # type: ignore[arg-type] # named values of many types
    assert not Settings(_env_file=None, planb_slack_client_id="1.2", slack_bot_token=None).speaks_slack


async def test_slack_runs_without_a_bot_token(template: Path, tmp_path: Path) -> None:
    app = App(where := settings(template, tmp_path, slack_signing_secret="a secret"), read_files(where))
    app.add_chats()
    await app.close()

    assert Platform.SLACK in app.chats
    assert {route.path for route in app._routes} == {"/slack/events", "/slack/install", "/slack/oauth_redirect"}


def test_keys_are_changed_by_command(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio  # noqa: PLC0415 - the command runs a loop of its own

    run = CliRunner().invoke
    new = run(commands, ["new-key"]).output.strip()
    where = settings(template, tmp_path)
    asyncio.run(put(where, KEY))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", where.database_url)
    monkeypatch.setenv("PLANB_KEYS", f"{new},{KEY}")

    assert run(commands, ["reseal"]).output.strip() == "1 tokens are sealed anew"
    assert run(commands, ["reseal"]).output.strip() == "0 tokens are sealed anew"
    monkeypatch.setenv("PLANB_KEYS", LOST)
    lost = run(commands, ["reseal"])
    assert lost.exit_code == 78
    assert new not in lost.output
