"""The parts that give advice, put together as the program does."""

import shutil
from pathlib import Path

from bot.app import App
from bot.commands.spec import Caller
from bot.prepare import read_files
from bot.settings import Settings
from tests.fakes import FakeClock
from tests.made import TEAM

FIRST = '[[alternatives.github]]\nname = "Mirror"\n'


async def test_a_program_that_runs_uses_a_changed_file_in_commands_and_on_cards(template: Path, tmp_path: Path) -> None:
    file, database = tmp_path / "planb.toml", tmp_path / "planb.db"
    shutil.copy(template, database)
    file.write_text(FIRST, encoding="utf-8")
    settings = Settings(_env_file=None, planb_config=str(file), database_url=f"sqlite:///{database}")
    app = App(settings, read_files(settings), clock=FakeClock())
    caller = Caller(target=TEAM, user="U1", may_manage=True, language="en")
    try:
        rereading = app.guidance.rereading()
        assert "Mirror" in str(await app.desk.answer_line("alt github", caller))
        file.write_text(FIRST.replace("Mirror", "Copy"), encoding="utf-8")
        await rereading.look()
        assert "Copy" in str(await app.desk.answer_line("alt github", caller))
        assert [one.name for plan in app.guidance.composing().counselling.plans for one in plan.alternatives] == [
            "Copy"
        ]
        file.write_text("[alternatves]\n", encoding="utf-8")
        await rereading.look()
        said = str(await app.desk.answer_line("alt github", caller))
        assert "Copy" in said
        assert "planb.toml has a mistake in line 1" in said
        assert "did you mean 'alternatives'?" in app.surface.health.file()
    finally:
        await app.close()
