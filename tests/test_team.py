"""A mistake in planb.toml is named by its line, its key and the likely right one."""

import pytest

from bot.domain.errors import SettingsError
from bot.prepare import understood

TWO = """
[[alternatives.github]]
name = "Mirror"
url = "https://git.example.org"

[[alternatives.github]]
name = "Second"
{}

[[capabilities.chat]]
name = "Ours"
{}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TWO.format("sets = 5", ""), "line 8: alternatives.github.1.sets: there is no such key; did you mean 'seats'?"),
        (
            TWO.format("", "ownr = 'A'"),
            "line 12: capabilities.chat.0.ownr: there is no such key; did you mean 'owner'?",
        ),
        (
            TWO.format("", "zzz = 1"),
            "line 12: capabilities.chat.0.zzz: there is no such key; known here: name, service",
        ),
        (TWO.format("url = 'x'", ""), "line 8: alternatives.github.1.url: Input should be a valid URL"),
        (TWO.format("data = 'secret'", ""), "line 8: alternatives.github.1.data: Input should be 'public', 'internal'"),
        (
            TWO.format("seats = 0", ""),
            "line 8: alternatives.github.1.seats: Input should be greater than or equal to 1",
        ),
        (TWO.format("tested = 'soon'", ""), "line 8: alternatives.github.1.tested: "),
        (
            TWO.format("upstreams = 'azure'", ""),
            "line 8: alternatives.github.1.upstreams: Input should be a valid list",
        ),
        ("[[capabilities.chat]]\nurl = 'https://x.example'\n", "line 1: capabilities.chat.0.name: Field required"),
        ("spred = true\n", "line 1: spred: there is no such key; did you mean 'spread'?"),
        ("spread = 'perhaps'\n", "line 1: spread: Input should be a valid boolean"),
        ("[capabilites]\n", "line 1: capabilites: there is no such key; did you mean 'capabilities'?"),
        (
            "\n[alternatives.github]\nname = 'x'\n",
            "line 2: alternatives.github: a list of tables: write [[alternatives.github]] with two brackets",
        ),
        (
            "\n[[capabilities.caht]]\nname = 'x'\n",
            "line 2: capabilities.caht: no tool is for that; did you mean 'chat'?",
        ),
        ("\n\n[[alternatives.chatgptt]]\nname = 'x'\n", 'line 3: alternatives."chatgptt": no service is called'),
        (
            "[[alternatives.github]]\nname = 'x'\nservice = 'cluade'\n",
            "line 3: alternatives.\"github\", x: service: no service is called 'cluade'; did you mean 'claude'?",
        ),
        ("[[alternatives.github]\n", "this is not TOML: "),
    ],
)
def test_a_mistake_is_named_by_its_line_its_key_and_the_likely_right_one(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        understood(text, "planb.toml")
    assert str(caught.value).startswith("planb.toml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
