"""Playbooks in a team's file, right and wrong."""

import pytest

from bot.catalogue import load_catalogue
from bot.core.toml_lines import line_of
from bot.domain.errors import SettingsError
from bot.domain.playbook import Playbook, Step, Text
from bot.playbooks import default_playbooks
from bot.team import parse_team, playbooks, schema

CATALOGUE = load_catalogue()
GOOD = '''
[playbooks."openai:chatgpt"]
title = "Without ChatGPT"
title_fr = "Sans ChatGPT"
template = """
Hello,
owner = nobody
[steps]
"""
link = "https://wiki.example.org/offline"

[[playbooks."openai:chatgpt".steps]]
do = "Save your prompt"
do_fr = "Garder sa demande"
owner = "Ann"

[[playbooks."openai:chatgpt".steps]]
do_fr = "Prévenir les clients"

[playbooks."capability:image"]
template_fr = "Image à venir"
'''


def wrong(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        playbooks(parse_team(text, "planb.toml"), CATALOGUE)
    return str(caught.value)


def test_a_team_writes_its_playbooks_in_two_languages() -> None:
    chat, image = playbooks(parse_team(GOOD, "planb.toml"), CATALOGUE)
    assert chat == Playbook(
        wanted="openai:chatgpt",
        title=Text(en="Without ChatGPT", fr="Sans ChatGPT"),
        steps=(
            Step(do=Text(en="Save your prompt", fr="Garder sa demande"), owner="Ann"),
            Step(do=Text(fr="Prévenir les clients")),
        ),
        template=Text(en="Hello,\nowner = nobody\n[steps]"),
        link=Text(en="https://wiki.example.org/offline"),
    )
    assert (image.wanted, image.template.of("en")) == ("capability:image", "Image à venir")


def test_a_tool_may_go_by_any_of_its_names_and_the_rest_by_any() -> None:
    text = '[playbooks.chatgpt]\nlink = "https://a.example"\n[playbooks."capability:any"]\nlink = "https://b.example"'
    assert [one.wanted for one in playbooks(parse_team(text, "x"), CATALOGUE)] == ["openai:chatgpt", "capability:any"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ('owner = "Ann"', 'onwer = "Ann"'),
            (
                "planb.toml, line 15: playbooks.openai:chatgpt.steps.0.onwer: there is no such key; "
                "did you mean 'owner'?"
            ),
        ),
        (
            ('do_fr = "Prévenir', 'dofr = "Prévenir'),
            "planb.toml, line 18: playbooks.openai:chatgpt.steps.1.dofr: there is no such key; did you mean 'do_fr'?",
        ),
        (
            ("template_fr", "templat_fr"),
            (
                "planb.toml, line 21: playbooks.capability:image.templat_fr: there is no such key; "
                "did you mean 'template_fr'?"
            ),
        ),
        (
            ("template_fr", "zzz"),
            (
                "planb.toml, line 21: playbooks.capability:image.zzz: there is no such key; "
                "known here: title, title_fr, template, template_fr, link, link_fr, steps."
            ),
        ),
        (
            ('do_fr = "Prévenir les clients"', 'owner = "Bob"'),
            (
                "planb.toml, line 17: playbooks.openai:chatgpt.steps.1: "
                'say what to do: do = "...", in French do_fr = "..."'
            ),
        ),
        (
            ('template_fr = "Image à venir"', 'title = "Nothing"'),
            "planb.toml, line 20: playbooks.capability:image: an empty playbook: give it steps, a template or a link",
        ),
        (
            ('"https://wiki.example.org/offline"', '"wiki"'),
            "planb.toml, line 10: playbooks.openai:chatgpt.link: write a whole address: https://...",
        ),
        (
            ("capability:image", "capability:imge"),
            "planb.toml, line 20: playbooks.capability:imge: no tool is for that; did you mean 'image'?",
        ),
        (
            ("capability:image", "chatgtp"),
            ("planb.toml, line 20: playbooks.chatgtp: no service is called 'chatgtp'; did you mean 'openai:chatgpt'?"),
        ),
        (
            ("[playbooks.", "[playbook."),
            "planb.toml, line 2: playbook: there is no such key; did you mean 'playbooks'?",
        ),
    ],
)
def test_a_wrong_playbook_is_told_with_its_line_its_key_and_the_likely_right_one(
    change: tuple[str, str], message: str
) -> None:
    assert wrong(GOOD.replace(*change)) == message


def test_the_errors_of_alternatives_name_the_line_of_the_right_one() -> None:
    text = (
        '[[alternatives.github]]\nname = "A"\nnote = "x"\n\n[[alternatives.github]]\nname = "B"\nnoet = "y"\n'
        '[[capabilities.image]]\nname = "C"\nseats = 0\n'
    )
    assert wrong(text).startswith("planb.toml, line 7: alternatives.github.1.noet: there is no such key; did you mean")
    text = text.replace("noet", "note")
    assert wrong(text).startswith("planb.toml, line 10: capabilities.image.0.seats: write a number from 1 on")
    assert wrong('[[alternatives.github]]\nnote = "x"\n').startswith(
        "planb.toml, line 1: alternatives.github.0.name: it is missing"
    )


def test_a_tool_has_one_playbook() -> None:
    text = (
        '[playbooks.chatgpt]\nlink = "https://a.example"\n["playbooks"."openai:chatgpt"]\nlink = "https://b.example"\n'
    )
    assert wrong(text) == "planb.toml, line 3: playbooks.openai:chatgpt: there is one for openai:chatgpt already"


def test_a_place_that_is_nowhere_has_no_line() -> None:
    assert line_of(("a", "b"), "[c]\nb = 1\n[[\n") is None
    assert line_of(("a", "b"), "[a b]\nb = 1\n") is None
    assert line_of(("a", "b"), "x = '''\n[a]\n'''\n'a'.b = 1\n") == 4


def test_the_schema_describes_playbooks() -> None:
    assert set(schema()["$defs"]["StepStanza"]["properties"]) == {"do", "do_fr", "owner"}


def test_the_playbooks_that_come_with_it_are_written_in_both_languages() -> None:
    for one in default_playbooks():
        texts = (one.title, one.template, *(step.do for step in one.steps))
        assert all(text.en and text.fr and text.en != text.fr for text in texts), one.wanted
        assert not one.chosen
        assert 3 <= len(one.steps) <= 6


def test_the_playbooks_that_come_with_it_are_for_uses_that_tools_have() -> None:
    uses = {use for service in CATALOGUE.services for use in service.capabilities} | {"any"}
    assert {one.wanted.removeprefix("capability:") for one in default_playbooks()} <= uses


def test_the_french_of_our_own_playbooks_keeps_the_typographic_rules() -> None:
    for one in default_playbooks():
        for text in (one.title.fr, one.template.fr, *(step.do.fr for step in one.steps)):
            assert not any(f" {mark}" in text for mark in ":;?!»"), text
            assert not any(bad in text for bad in ("« ", "'", "...", "“")), text
