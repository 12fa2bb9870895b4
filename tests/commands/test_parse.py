import pytest

from bot.commands import COMMANDS
from bot.commands.parse import parse, usage
from bot.domain.errors import UserError
from bot.locale import languages

WORDS = languages()["en"]
EVERY = "[every=weekly|monthly|off]"
MIN = "[min=none|minor|major|critical]"
DATA = "[data=public|internal|client]"
CHOSEN = f"[url=…] [note=…] [owner=…] [seats=…] {DATA} [upstreams=…] [tested=…]"
ALL = [command for command, _ in COMMANDS]


def parsed(line: str) -> tuple[str, dict[str, str]]:
    command, options = parse(line, ALL, WORDS)
    return command.name, dict(options)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ("help", {})),
        ("  ", ("help", {})),
        ("help", ("help", {})),
        ("?", ("help", {})),
        ("AIDE", ("help", {})),
        ("status", ("status", {})),
        ("statut chatgpt", ("status", {"service": "chatgpt"})),
        ("état chatgpt", ("status", {"service": "chatgpt"})),
        ("status google cloud", ("status", {"service": "google cloud"})),
        ("chatgpt", ("status", {"service": "chatgpt"})),
        ("google cloud", ("status", {"service": "google cloud"})),
        ("active all", ("active", {"scope": "all"})),
        ("active scope=ALL", ("active", {"scope": "all"})),
        ("services dev", ("services", {"query": "dev"})),
        ('subscribe "google cloud" min=major', ("subscribe", {"service": "google cloud", "min": "major"})),
        ("subscribe “google cloud” min=major", ("subscribe", {"service": "google cloud", "min": "major"})),
        ("suivre x components=«a b, c»", ("subscribe", {"service": "x", "components": "a b, c"})),
        ("subscribe service=x components=", ("subscribe", {"service": "x"})),
        ('subscribe x components=""', ("subscribe", {"service": "x"})),
    ],
)
def test_a_line_becomes_a_command_and_its_options(line: str, expected: tuple[str, dict[str, str]]) -> None:
    assert parsed(line) == expected


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("alt", "Say which: `/outage alt <service>`"),
        (
            "subscribe x mni=major",
            "`subscribe` has no option `mni`. Did you mean `min=`?",
        ),
        ("alt x colour=red", "`alt` has no option `colour`. `/outage alt <service>`"),
        ("subscribe x min=huge", "`min` is one of: none, minor, major, critical."),
        ("list everything", "`list` takes nothing more: `/outage list`"),
        ("active never", "`scope` is one of: channel, all."),
        ("statsu github", "I do not know “statsu”. Did you mean `/outage status github`?"),
        ("status " + "x" * 500, "That is too long for me: at most 500 characters."),
    ],
)
def test_what_cannot_be_understood_says_what_to_type(line: str, text: str) -> None:
    with pytest.raises(UserError) as raised:
        parsed(line)
    assert str(raised.value) == text


def test_the_usage_shows_how_to_type_it() -> None:
    assert [usage(command) for command in ALL] == [
        "status [service]",
        "active [scope=channel|all]",
        "alt <service>",
        f"choose <service> [tool] {CHOSEN} [first=…] [remove=…]",
        "tried <tool>",
        "playbook <service> [language=en|fr] [claim=…] [done=…]",
        f"subscribe <service> [components=…] {MIN} [maintenance=off|start|all] [language=en|fr]",
        "unsubscribe <service>",
        "list",
        "services [query=…]",
        f"drill [action=start|stop|status|schedule] [service] [minutes=…] {EVERY} [scenario=…] [mention=…]",
        "switched <tool> [service] [name=…]",
        "blocked [service] [name=…]",
        "back [service] [name=…]",
        "exposure",
        "draft [incident] [audience=internal|customers]",
        "help [command=…]",
    ]


def test_no_word_means_two_commands() -> None:
    words = [word for command in ALL for word in (command.name, *command.aliases)]
    assert len(words) == len(set(words))
