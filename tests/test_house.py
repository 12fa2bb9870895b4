"""The house itself: lists are complete, files that repeat one another agree, rooms stay small."""

import ast
import importlib
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.chat.discord.embeds import LOOKS
from bot.commands import COMMANDS
from bot.core.glossary import MARKS
from bot.domain.card import Tone
from bot.settings import Settings
from bot.team import TeamFile, parse_team

HOUSE = Path(__file__).parent.parent
MODULES = sorted((HOUSE / "bot").rglob("*.py"))
README = (HOUSE / "README.md").read_text(encoding="utf-8")
ROOM_MOST = 250


def test_no_room_is_too_big() -> None:
    lines = {str(path.relative_to(HOUSE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: n for name, n in lines.items() if n > ROOM_MOST} == {}


def test_most_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )

    assert lengths[len(lengths) // 2] <= 10


def test_every_command_module_is_listed() -> None:
    modules = [
        importlib.import_module(f"bot.commands.{path.stem}") for path in (HOUSE / "bot/commands").glob("[a-z]*.py")
    ]
    written = {module.COMMAND.name for module in modules if hasattr(module, "COMMAND")}

    assert written == {command.name for command, _ in COMMANDS}


@pytest.mark.parametrize("name", [command.name for command, _ in COMMANDS])
def test_the_readme_names_every_slash_command(name: str) -> None:
    assert f"`{name}" in README


def test_every_tone_has_a_mark() -> None:
    assert set(MARKS) == set(LOOKS) == set(Tone)


def test_the_environment_example_names_exactly_the_settings() -> None:
    example = (HOUSE / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)

    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_the_environment_example_leaves_the_database_to_the_container() -> None:
    example = (HOUSE / ".env.example").read_text(encoding="utf-8")
    image = (HOUSE / "Dockerfile").read_text(encoding="utf-8")

    assert "DATABASE_URL=sqlite:////data/planb.db" in image
    assert not re.search(r"^DATABASE_URL=", example, re.MULTILINE)  # --env-file would put it where nobody may write


def test_the_environment_example_holds_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    assert Settings(_env_file=HOUSE / ".env.example") == Settings(_env_file=None)


def test_the_team_file_example_is_valid() -> None:
    text = (HOUSE / "planb.example.toml").read_text(encoding="utf-8")

    assert parse_team(text, "planb.example.toml").alternatives
    assert parse_team(re.sub(r"^# (?=\[services|\w+ = )", "", text, flags=re.MULTILINE), "example").services


def test_the_schema_has_every_key_of_the_team_file() -> None:
    assert set(TeamFile.model_json_schema()["properties"]) == set(TeamFile.model_fields)


def test_the_application_manifest_sets_only_variables_that_exist() -> None:
    manifest = json.loads((HOUSE / "app.json").read_text(encoding="utf-8"))

    assert {name.lower() for name in manifest["env"]} <= set(Settings.model_fields)


def test_the_process_file_starts_commands_that_exist() -> None:
    done = subprocess.run(  # noqa: S603 - our own file
        [Path(sys.executable).with_name("honcho"), "check"], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    processes = dict(line.split(": ", 1) for line in (HOUSE / "Procfile").read_text(encoding="utf-8").splitlines())

    assert done.returncode == 0, done.stderr
    assert {shlex.split(line)[3] for line in processes.values()} == {"migrate", "run"}
    assert {tuple(shlex.split(line)[:3]) for line in processes.values()} == {("python", "-m", "bot")}


def test_requirements_pin_every_dependency_with_hashes_and_name_no_address() -> None:
    pinned = (HOUSE / "requirements.txt").read_text(encoding="utf-8")
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=]", line)[0].replace(".", "-").lower() for line in project["dependencies"]}

    assert names <= set(re.findall(r"^([a-z0-9-]+)==", pinned, re.MULTILINE))
    assert "://" not in pinned
    assert pinned.count("==") <= pinned.count("--hash=sha256:")


def test_ci_runs_the_readmes_test_command_to_the_letter() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    script = (HOUSE / ".ci" / "run").read_text(encoding="utf-8")

    assert len(commands) == 2
    assert commands[1] in script.splitlines()
