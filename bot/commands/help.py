"""help: what can be asked. Made from the list of commands, so that it cannot forget one."""

from bot.commands.office import Office
from bot.commands.parse import usage
from bot.commands.spec import Command, Request
from bot.domain.card import Card, Code, Item, Listing, Tone
from bot.domain.words import mark

COMMAND = Command(name="help", summary=mark("What you can ask me"), aliases=("aide", "?"))


class Help:
    """The help card over a list of commands."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        self._commands = commands

    async def __call__(self, request: Request, office: Office) -> Card:
        """List every command with how to type it."""
        words = office.words(request)
        items = tuple(Item((Code(f"/outage {usage(c)}"), " – ", words(c.summary))) for c in self._commands)
        examples = tuple(Item((Code(f"/outage {line}"),)) for line in EXAMPLES)
        return Card(
            tone=Tone.INFO,
            title=words("Plan B tells you which of your tools are down, and what to use instead"),
            listings=(Listing(words("Commands"), items), Listing(words("For example"), examples)),
        )


EXAMPLES = ("chatgpt", "status github:actions", "subscribe chatgpt min=major", "alt chatgpt")
