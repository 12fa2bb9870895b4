"""parse: the line a person typed becomes a command and its options. Pure.

Positional options first, then `name=value`; quotes hold words together, whatever quotes a phone puts.
"""

import difflib
import re
from collections.abc import Mapping, Sequence

from bot.commands.spec import Command, Option
from bot.core.text import fold
from bot.domain.errors import UserError
from bot.domain.words import Words

MOST_TYPED = 500
_PIECES = re.compile(r"""(?P<name>[\w-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>\S*))|"(?P<words>[^"]*)"|(?P<word>\S+)""")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


def parse(line: str, commands: Sequence[Command], words: Words) -> tuple[Command, Mapping[str, str]]:
    """Take a typed line apart. No words: help; a first word that is no command: `status` of it.

    Raise UserError for too long a line, for an unknown or doubled option, and for a missing one.
    """
    if len(line) > MOST_TYPED:
        raise UserError(words("That is too long for me: at most {n} characters.", n=MOST_TYPED))
    plain, named = _pieces(line.translate(_QUOTES))
    command, plain = _command(plain, named, commands, words)
    options = _positional(command, plain, words) | _named(command, named, words)
    return command, check(command, options, words)


def check(command: Command, options: Mapping[str, str], words: Words) -> Mapping[str, str]:
    """The options, if the required ones are there, none is too long and the chosen ones are among the choices.

    Raise UserError.
    """
    if any(len(value) > MOST_TYPED for value in options.values()):
        raise UserError(words("That is too long for me: at most {n} characters.", n=MOST_TYPED))
    known = {option.name: option for option in command.options}
    given = {name: value.strip() for name, value in options.items() if value.strip()}
    for option in command.options:
        if option.required and option.name not in given:
            raise UserError(words("Say which: `{usage}`", usage=typed(command)))
    return {name: _chosen(known[name], value, words) for name, value in given.items()}


def usage(command: Command) -> str:
    """`subscribe <service> [components=] [min=minor|major|critical]`."""
    return " ".join((command.name, *(wanted(option) for option in command.options)))


def typed(command: Command) -> str:
    """The same as it is typed in a chat."""
    return f"/outage {usage(command)}"


def wanted(option: Option) -> str:
    """`<service>` where it must stand, `[min=minor|major]` where it may."""
    if option.required:
        return f"<{option.name}>"
    if option.choices:
        return f"[{option.name}={'|'.join(option.choices)}]"
    return f"[{option.name}]" if option.services else f"[{option.name}=…]"


def _pieces(line: str) -> tuple[list[str], dict[str, str]]:
    plain: list[str] = []
    named: dict[str, str] = {}
    for match in _PIECES.finditer(line):
        if match["name"]:
            named[match["name"].casefold()] = match["quoted"] if match["quoted"] is not None else match["bare"]
        else:
            plain.append(match["words"] if match["words"] is not None else match["word"])
    return plain, named


def _command(
    plain: list[str], named: Mapping[str, str], commands: Sequence[Command], words: Words
) -> tuple[Command, list[str]]:
    by_word = {fold(word): command for command in commands for word in (command.name, *command.aliases)}
    if not plain and not named:
        return by_word["help"], []
    if plain and (command := by_word.get(fold(plain[0]))):
        return command, plain[1:]
    if len(plain) > 1 and (near := difflib.get_close_matches(fold(plain[0]), by_word, n=1, cutoff=0.75)):
        meant = " ".join((by_word[near[0]].name, *plain[1:]))
        raise UserError(words("I do not know “{text}”. Did you mean {near}?", text=plain[0], near=f"`/outage {meant}`"))
    return by_word["status"], plain


def _positional(command: Command, plain: Sequence[str], words: Words) -> dict[str, str]:
    """Words beyond the last positional option belong to it: `status google cloud` needs no quotes."""
    if not plain:
        return {}
    text = " ".join(plain)
    takers = [option for option in command.options if not option.choices or text.casefold() in option.choices]
    if takers:
        return {takers[0].name: text}
    if command.options:
        return {command.options[0].name: text}  # check() says what may stand there
    raise UserError(words("`{name}` takes nothing more: `{usage}`", name=command.name, usage=typed(command)))


def _named(command: Command, named: Mapping[str, str], words: Words) -> dict[str, str]:
    known = [option.name for option in command.options]
    for name in named:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = words("Did you mean `{name}=`?", name=near[0]) if near else f"`{typed(command)}`"
            raise UserError(words("`{command}` has no option `{name}`.", command=command.name, name=name) + f" {hint}")
    return dict(named)


def _chosen(option: Option, value: str, words: Words) -> str:
    if not option.choices:
        return value
    lowered = value.casefold()
    if lowered not in option.choices:
        choices = ", ".join(option.choices)
        raise UserError(words("`{name}` is one of: {choices}.", name=option.name, choices=choices))
    return lowered
