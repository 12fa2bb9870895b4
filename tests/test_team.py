"""A mistake in planb.toml is named by its line, its key and the likely right one."""

import pytest

from bot.domain.errors import SettingsError
from bot.prepare import understood

MISTAKES = [
    (
        "[[alternatives.chatgpt]]\nname='x'\nservice='openai:chatgpt'\n",
        "line 3: alternatives.chatgpt.0.service: openai:chatgpt cannot stand in for itself",
    ),
    ("spred = true", "line 1: spred: there is no such key; did you mean 'spread'?"),
    (
        "alternatives = 3",
        ("line 1: alternatives: this is a table: write [alternatives] on a line of its own and the keys below"),
    ),
    (
        "[alternatives]\ngithub = ['Mirror']",
        "line 2: alternatives.github.0: this is a table: write name = value within it",
    ),
    (
        "[alternatives]\ngithub = [{name='Mirror', urll='x'}]",
        "line 2: alternatives.github.0.urll: there is no such key; did you mean 'url'?",
    ),
    (
        "alternatives.github = [{nam='Mirror'}]",
        "line 1: alternatives.github.0.nam: there is no such key; did you mean 'name'?",
    ),
    (
        "[alternatives.github]\nname='x'",
        ("line 1: alternatives.github: a list of tables: write [[alternatives.github]] with two brackets"),
    ),
    (
        "[alternatives.\"openai:chatgpt\"]\nname='x'",
        (
            "line 1: alternatives.openai:chatgpt: a list of tables: write "
            '[[alternatives."openai:chatgpt"]] with two brackets'
        ),
    ),
    (
        "[[alternatives.openai:chatgpt]]\nname='x'",
        (
            "line 1: this is not TOML: Expected ']]' at the end of an array declaration; a "
            'name with a colon stands in quotes: [[alternatives."openai:chatgpt"]]'
        ),
    ),
    ("[[alternatives.github]]\nurl='https://x.example'", "line 1: alternatives.github.0.name: it is missing"),
    ("[[alternatives.github]]\nname='  '", "line 2: alternatives.github.0.name: it is empty"),
    (
        (
            "[[alternatives.github]]\nname='xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
        ),
        "line 2: alternatives.github.0.name: it is too long: at most 80 characters",
    ),
    (
        "[[alternatives.github]]\nname='x'\nurl='git.example.org'",
        "line 3: alternatives.github.0.url: write a whole address: https://...",
    ),
    (
        "[[alternatives.github]]\nname='x'\nurl='ftp://git.example.org'",
        "line 3: alternatives.github.0.url: write a whole address: https://...",
    ),
    (
        "[[alternatives.github]]\nname='x'\nurl='javascript:alert(1)'",
        "line 3: alternatives.github.0.url: write a whole address: https://...",
    ),
    (
        "[[alternatives.github]]\nname='x'\nurl='https://ann:secret@git.example.org'",
        "line 3: alternatives.github.0.url: leave the password out: everybody reads this",
    ),
    ("[[alternatives.github]]\nname='x'\nnote='''a\nb'''", "line 3: alternatives.github.0.note: write it on one line"),
    (
        "[[alternatives.github]]\nname='x'\nowner=5",
        'line 3: alternatives.github.0.owner: write a text in quotes: "..."',
    ),
    ("[[alternatives.github]]\nname='x'\nseats='five'", "line 3: alternatives.github.0.seats: write a whole number"),
    ("[[alternatives.github]]\nname='x'\nseats=0", "line 3: alternatives.github.0.seats: write a number from 1 on"),
    ("[[alternatives.github]]\nname='x'\nseats=2.5", "line 3: alternatives.github.0.seats: write a whole number"),
    ("[[alternatives.github]]\nname='x'\nseats=true", "line 3: alternatives.github.0.seats: write a whole number"),
    (
        "[[alternatives.github]]\nname='x'\ndata='intern'",
        ("line 3: alternatives.github.0.data: write one of public, internal, client; did you mean 'internal'?"),
    ),
    (
        "[[alternatives.github]]\nname='x'\ndata='Internal'",
        ("line 3: alternatives.github.0.data: write one of public, internal, client; did you mean 'internal'?"),
    ),
    (
        "[[alternatives.github]]\nname='x'\ndata='clients'",
        ("line 3: alternatives.github.0.data: write one of public, internal, client; did you mean 'client'?"),
    ),
    (
        "[[alternatives.github]]\nname='x'\ndata=['public']",
        ("line 3: alternatives.github.0.data: write one of public, internal, client; did you mean 'public'?"),
    ),
    (
        "[[alternatives.github]]\nname='x'\nupstreams='azure'",
        'line 3: alternatives.github.0.upstreams: write a list: ["...", "..."]',
    ),
    (
        "[[alternatives.github]]\nname='x'\n# hm\nupstreams=[\n  'azure',\n  5]",
        'line 4: alternatives.github.0.upstreams.1: write a text in quotes: "..."',
    ),
    ("[[alternatives.github]]\nname='x'\nupstreams=['']", "line 3: alternatives.github.0.upstreams.0: it is empty"),
    (
        "[[alternatives.github]]\nname='x'\ntested='soon'",
        "line 3: alternatives.github.0.tested: write a day: 2026-11-02",
    ),
    (
        "[[alternatives.github]]\nname='x'\ntested='02/11/2026'",
        "line 3: alternatives.github.0.tested: write a day: 2026-11-02",
    ),
    (
        "[[alternatives.github]]\nname='x'\ntested=20261102",
        "line 3: alternatives.github.0.tested: write a day: 2026-11-02",
    ),
    (
        "[[alternatives.github]]\nname='x'\nlast_tested=2026-11-02",
        ("line 3: alternatives.github.0.last_tested: there is no such key; did you mean 'tested'?"),
    ),
    (
        "[[alternatives.github]]\nname='x'\nservice='cluade'",
        ("line 3: alternatives.github.0.service: no service is called 'cluade'; did you mean 'claude'?"),
    ),
    (
        "[[alternatives.github]]\nname='x'\nservice='openai:chatgtp'",
        (
            "line 3: alternatives.github.0.service: no service is called 'openai:chatgtp'; "
            "did you mean 'openai:chatgpt'?"
        ),
    ),
    (
        "[[alternatives.github]]\nname='x'\nservice='chat'",
        ("line 3: alternatives.github.0.service: no service is called 'chat'; did you mean 'openai:chatgpt'?"),
    ),
    (
        "[[alternatives.chatgtp]]\nname='x'",
        ("line 1: alternatives.chatgtp: no service is called 'chatgtp'; did you mean 'openai:chatgpt'?"),
    ),
    (
        "[[alternatives.\"openai:sroa\"]]\nname='x'",
        ("line 1: alternatives.openai:sroa: no service is called 'openai:sroa'; did you mean 'openai:sora'?"),
    ),
    (
        "[[alternatives.chat]]\nname='x'",
        "line 1: alternatives.chat: this is no tool but a use: write [[capabilities.chat]]",
    ),
    (
        "[[alternatives.\"capability:chat\"]]\nname='x'",
        ("line 1: alternatives.capability:chat: this is no tool but a use: write [[capabilities.chat]]"),
    ),
    ("[[capabilities.chatgpt]]\nname='x'", "line 1: capabilities.chatgpt: no tool is for that; did you mean 'chat'?"),
    ("[[capabilities.Chat]]\nname='x'", "line 1: capabilities.Chat: no tool is for that; did you mean 'chat'?"),
    (
        "[[capabilities.traduction]]\nname='x'",
        "line 1: capabilities.traduction: no tool is for that; did you mean 'translation'?",
    ),
    (
        "[[alternatives.chatgpt]]\nname='A'\n[[alternatives.\"openai:chatgpt\"]]\nname='B'",
        ("line 3: alternatives.openai:chatgpt: there is a list for openai:chatgpt already: put all into one"),
    ),
    (
        "[[alternatives.chatgpt]]\nname='A'\n[[alternatives.chatgpt]]\nname='A'",
        "line 4: alternatives.chatgpt.1.name: A is on this list already",
    ),
    (
        "[services.a]\nname='x'\n[services.a]\nname='x'",
        "line 3: this is not TOML: Cannot declare ('services', 'a') twice",
    ),
    (
        "[[alternatives.github]\nname='x'",
        (
            "line 1: this is not TOML: Expected ']]' at the end of an array declaration; it "
            "begins with [[ and ends with ]]"
        ),
    ),
    (
        "[[alternatives.github]]\nname = Mirror",
        'line 2: this is not TOML: Invalid value; a text stands in quotes: key = "..."',
    ),
    (
        "[[alternatives.github]]\nname = “Mirror”",
        'line 2: this is not TOML: Invalid value; write straight quotes: "..."',
    ),
    (
        "[[alternatives.github]]\nname: 'Mirror'",
        ("line 2: this is not TOML: Expected '=' after a key in a key/value pair; write key = value, without a colon"),
    ),
    ("[services.intranet]\nname='x'\nformat='statuspage'", "line 1: Service 'intranet': page: it is missing"),
    (
        "\n[services.intranet]\nname='x'\npage='https://x.example'\nformat='statuspge'\n",
        ("line 5: Service 'intranet': format: 'statuspge' is not one of docs/formats.md; did you mean 'statuspage'?"),
    ),
    (
        ("\n[services.intranet]\nname='x'\npage='https://x.example'\nformat='statuspage'\ncatgory='x'\n"),
        "line 6: Service 'intranet': catgory: there is no such key; did you mean 'category'?",
    ),
    (
        "\n[services.\"My Intranet\"]\nname='x'\npage='https://x.example'\nformat='statuspage'\n",
        ("line 2: Service 'My Intranet': 'My Intranet' must be lower case letters, digits and single hyphens"),
    ),
    (
        "\n[services.intranet]\nname='x'\npage='x.example'\nformat='statuspage'\n",
        "line 4: Service 'intranet': page: must begin with https://",
    ),
    (
        ("\n[services.intranet]\nname='x'\npage='https://x.example'\nformat='statuspage'\ncapabilities=['caht']\n"),
        ("line 6: Service 'intranet': capabilities: nothing is used for 'caht'; did you mean 'chat'?"),
    ),
    (
        (
            "\n[services.intranet]\nname='x'\npage='https://x.example'\nformat='statuspage'\n[serv"
            "ices.intranet.parts.vpn]\nname='VPN'\n"
        ),
        "line 6: Service 'intranet': parts.vpn.components: it is missing",
    ),
    (
        (
            "\n[services.intranet]\nname='x'\npage='https://x.example'\nformat='statuspage'\n[serv"
            "ices.intranet.parts.vpn]\nname='VPN'\ncomponent=['x']\n"
        ),
        ("line 8: Service 'intranet': parts.vpn.component: there is no such key; did you mean 'components'?"),
    ),
    (
        ("\n[services.intranet]\nname='x'\npage='https://x.example'\nformat='statuspage'\naliases=['chatgpt']\n"),
        (
            "line 6: Service 'intranet': aliases: 'chatgpt' means OpenAI already; to put "
            "another page in its place, write [services.openai]"
        ),
    ),
    (
        (
            "\n[services.intranet]\nname='x'\npage='https://x.example'\nformat='statuspage'\n[[ser"
            "vices.intranet.upstreams]]\nname='azure'\n"
        ),
        "line 6: Service 'intranet': upstreams.0.source: it is missing",
    ),
    (
        "services.intranet = 'https://x.example'",
        (
            "line 1: services.intranet: this is a table: write [services.intranet] on a line "
            "of its own and the keys below"
        ),
    ),
    ("[playbooks.chatgpt]\ntitel='x'", "line 2: playbooks.chatgpt.titel: there is no such key; did you mean 'title'?"),
    (
        "[playbooks.chatgtp]\ntitle='x'",
        "line 1: playbooks.chatgtp: an empty playbook: give it steps, a template or a link",
    ),
    (
        "[playbooks.\"capability:chta\"]\ntitle='x'",
        ("line 1: playbooks.capability:chta: an empty playbook: give it steps, a template or a link"),
    ),
    (
        "[playbooks.chatgpt]\ntitle='x'\n[[playbooks.chatgpt.steps]]\nd='x'",
        "line 4: playbooks.chatgpt.steps.0.d: there is no such key; did you mean 'do'?",
    ),
    (
        "[playbooks.chatgpt]\ntitle='x'\nsteps=['a','b']",
        "line 3: playbooks.chatgpt.steps.0: this is a table: write name = value within it",
    ),
    (
        "[playbooks.chatgpt]\ntitle='x'\nlink='wiki'",
        "line 3: playbooks.chatgpt.link: write a whole address: https://...",
    ),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_named_by_its_line_its_key_and_the_likely_right_one(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        understood(text, "planb.toml")
    assert str(caught.value) == f"planb.toml, {said}"


def test_the_line_of_the_second_tool_is_not_that_of_the_first() -> None:
    text = (
        "# 'cluade'\n[[alternatives.github]]\nname = 'A'\n\n[[alternatives.github]]\nname = 'B'\nservice = 'cluade'\n"
    )
    with pytest.raises(SettingsError, match=r"line 7: alternatives\.github\.1\.service: no service is called 'cluade'"):
        understood(text, "planb.toml")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = [", 1), ('a = 1\n\nb = "x', 3), ("a = \n", 1), ("a =\n", 1), ("[[alternatives.github\n", 1), ("?", 1)],
)
def test_what_is_no_toml_at_all_has_a_line_too(text: str, line: int) -> None:
    with pytest.raises(SettingsError, match=f"planb.toml, line {line}: this is not TOML: "):
        understood(text, "planb.toml")


@pytest.mark.parametrize("text", ["\ufeffspread = true\r\n", "spread = 'yes'\n"])
def test_a_mark_before_the_first_letter_and_a_yes_are_no_mistakes(text: str) -> None:
    assert understood(text, "planb.toml").spreads


def test_what_is_said_of_a_tool_is_kept_without_the_blanks_around_it() -> None:
    text = """
[[alternatives.github]]
name = " Mirror "
url = "https://git.example.org"
note = " ask Ann "
owner = "Ann"
seats = 5
data = "internal"
upstreams = ["Azure", "azure", "Hetzner"]
tested = 2026-11-02
"""
    (plan,) = understood(text, "planb.toml").plans
    (tool,) = plan.alternatives
    assert (tool.name, tool.note, tool.upstreams, tool.seats) == ("Mirror", "ask Ann", ("azure", "Hetzner"), 5)
