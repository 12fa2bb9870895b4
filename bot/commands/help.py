"""help: what can be asked. Made from the list of commands, so that it cannot forget one."""

import difflib

from bot.commands.office import Office
from bot.commands.parse import typed, wanted
from bot.commands.spec import Command, Option, Request
from bot.core.text import fold
from bot.domain.card import Card, Code, Fact, Item, Listing, Tone
from bot.domain.errors import UserError
from bot.domain.words import Words, mark

COMMAND = Command(
    name="help",
    summary=mark("What you can ask me"),
    aliases=("aide", "?"),
    options=(Option(name="command", summary=mark("One command, to read all that it takes")),),
)
EXAMPLES = ("chatgpt", "status github:actions", "subscribe chatgpt min=major", "alt chatgpt")


class Help:
    """The help card over a list of commands, and one for each of them."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        self._commands = commands

    async def __call__(self, request: Request, office: Office) -> Card:
        """List every command with how to type it, or every option of one."""
        words = office.words(request)
        if about := request.options.get("command", ""):
            return _of_one(self._named(about, words), words)
        items = tuple(Item((Code(typed(command)), " – ", words(command.summary))) for command in self._commands)
        examples = tuple(Item((Code(f"/outage {line}"),)) for line in EXAMPLES)
        return Card(
            tone=Tone.INFO,
            title=words("Plan B tells you which of your tools are down, and what to use instead"),
            listings=(Listing(words("Commands"), items), Listing(words("For example"), examples)),
            footer=(words("More about one of them:"), " ", Code("/outage help subscribe")),
        )

    def _named(self, about: str, words: Words) -> Command:
        """`subscribe`, or as it is typed: `/outage subscribe chatgpt`. Raise UserError."""
        by_word = {fold(word): command for command in self._commands for word in (command.name, *command.aliases)}
        said = about.removeprefix("/outage").removeprefix("/panne").split() or [about]
        if found := by_word.get(fold(said[0])):
            return found
        near = difflib.get_close_matches(fold(said[0]), by_word, n=1)
        if near:
            meant = f"`/outage help {by_word[near[0]].name}`"
            raise UserError(words("I do not know “{text}”. Did you mean {near}?", text=said[0], near=meant))
        raise UserError(words("I know no command “{text}”. `/outage help` lists them all.", text=said[0]))


def _of_one(command: Command, words: Words) -> Card:
    items = tuple(Item((Code(wanted(option)), " – ", words(option.summary))) for option in command.options)
    also = (Fact(words("Also"), (", ".join(command.aliases),)),) if command.aliases else ()
    return Card(
        tone=Tone.INFO,
        title=words(command.summary),
        lead=(Code(typed(command)),),
        facts=also,
        listings=(Listing(words("What it takes"), items),) if items else (),
        footer=(words("Only people who may manage this channel can do that."),) if command.managers_only else (),
    )
