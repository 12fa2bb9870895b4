"""tried: somebody opened a tool and it worked, so that the team knows it will when it is needed."""

from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.core.choosing import named
from bot.domain.card import Card, Tone
from bot.domain.errors import UserError
from bot.domain.words import Words, mark

COMMAND = Command(
    name="tried",
    summary=mark("Say that you tried a tool of your team’s lists and it worked"),
    aliases=("essaye", "teste"),
    options=(Option(name="tool", summary=mark("The tool that you tried"), required=True, services=True),),
)


async def run(request: Request, office: Office) -> Card:
    """Everybody may say so: it is what they saw. Only of tools on a list, so that nobody fills the table with words."""
    words, text = office.words(request), request.options["tool"]
    found = office.catalogue.find(text)
    tools = [one for plan in office.plans for one in plan.alternatives]
    tool = named(tools, text) or (named(tools, found.value) if found else None)
    if tool is None:
        raise UserError(_not_listed(text, [one.name for one in tools], words))
    caller = request.caller
    await office.store.note_trial(caller.target.team, tool.name, caller.user, office.clock.now())
    return Card(
        tone=Tone.GOOD,
        title=words("Noted: {name} was tried today", name=tool.name),
        lead=(words("Of two tools that are equally well, the one that somebody tried lately comes first."),),
    )


def _not_listed(text: str, names: list[str], words: Words) -> str:
    if not names:
        return words("Your team has no lists yet: `/outage choose` begins one.")
    listed = ", ".join(dict.fromkeys(names[:12]))
    return words("“{text}” is on none of your team’s lists. They have: {names}.", text=text, names=listed)
