"""The command line. Every command imports what it needs when it runs, so that `--help` is quick and needs nothing."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import EX_CONFIG, EX_UNAVAILABLE, fail
from bot.domain.errors import PlanBError, SettingsError
from bot.domain.role import Role

app = typer.Typer(
    name="planb",
    help="Tells a team, in Slack and Discord, which of its tools are down and what to use instead.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Feeds = Annotated[bool, typer.Option("--feeds", help="Every feed: its format, age, last error, next poll.")]
Deliveries = Annotated[bool, typer.Option("--deliveries", help="Messages that were given up, and why.")]
Retry = Annotated[str, typer.Option("--retry", metavar="ID[,ID]|all", help="Have given up messages tried again.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FormatName = Annotated[str, typer.Option("--format", help="The wire format, if it is known.")]


@app.command()
def run(
    role: Annotated[
        Role, typer.Option(help="all: everything. worker: all but the web. web: only what comes over HTTP.")
    ] = Role.ALL,
) -> None:
    """Run the bot: poll, post, answer. Without any token it posts here and takes /outage lines here."""
    from bot.cli import run as command

    command.run(role)


@app.command()
def demo(
    outage: Annotated[str, typer.Argument(help="Which outage; `planb demo list` names them.")] = "",
    speed: Annotated[
        float, typer.Option(help="Twice as fast: 2. Never faster than the pages are asked.", min=0.05, max=100)
    ] = 1,
    channel: Annotated[str, typer.Option(help="A real channel: slack:T0123:C0123 or discord:GUILD:CHANNEL.")] = "",
) -> None:
    """Replay a real outage through the whole pipeline, here or in a real channel. Needs no token and no network."""
    from bot.cli import demo as command

    command.demo(outage, speed, channel)


@app.command()
def feed(
    where: Annotated[str, typer.Argument(metavar="FILE-or-URL", help="A status page, or a saved document or folder.")],
    format_name: FormatName = "",
    json: Json = False,
) -> None:
    """Find the format of a status page and print what we understand of it."""
    from bot.cli import feed as command

    command.feed(where, format_name, json=json)


@app.command()
def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Each file or folder in it is one poll, by name.")],
    format_name: FormatName = "",
    components: Annotated[str, typer.Option(help="As a channel that follows only these parts: a,b.")] = "",
    json: Json = False,
) -> None:
    """Play successive polls from files: every message we would post, edit or keep to ourselves, with the reason."""
    from bot.cli import replay as command

    command.replay(folder, format_name, components, json=json)


@app.command()
def ask(line: Annotated[list[str], typer.Argument(help='For instance: "status chatgpt".')]) -> None:
    """Ask what you could ask in the chat; answered from what the running bot has stored."""
    from bot.cli import ask as command

    command.ask(" ".join(line))


@app.command()
def check(
    json: Json = False,
    feeds: Feeds = False,
    deliveries: Deliveries = False,
    retry: Retry = "",
) -> None:
    """Look at settings, files, database, tokens and feeds: what works, what does not, how to mend it."""
    if deliveries or retry:
        from bot.cli import deliveries as table

        table.deliveries(retry, json=json)
        return
    if feeds:
        from bot.cli import feeds_table

        feeds_table.feeds(json=json)
        return
    from bot.cli import check as command

    command.check(json=json)


@app.command()
def why(
    about: Annotated[
        list[str], typer.Argument(metavar="INCIDENT-or-DELIVERY", help="A number, an id, or words of it.")
    ],
    json: Json = False,
) -> None:
    """Tell of each message of an incident when it was seen, why it was told, and where it is or what became of it."""
    from bot.cli import why as command

    command.why(" ".join(about), json=json)


@app.command()
def punctuality(
    days: Annotated[int, typer.Option(min=1, max=30, help="How far back to look.")] = 30,
    json: Json = False,
) -> None:
    """Tell how many messages were there within five minutes; exit status 1 where that is less than the goal."""
    from bot.cli import punctuality as command

    command.punctuality(days, json=json)


@app.command()
def services(query: Annotated[str, typer.Argument(help="Part of a name or a category.")] = "") -> None:
    """List the services we know."""
    from bot.cli import services as command

    command.services(query)


@app.command()
def exposure(
    team: Annotated[str, typer.Option(help="One team, such as slack:T0123; without it, all.")] = "",
    json: Json = False,
) -> None:
    """Tell what a team has no plan B for, never tried, and what would take most of its tools at once."""
    from bot.cli import exposure as command

    command.exposure(team, json=json)


@app.command()
def playbooks(
    action: Annotated[str, typer.Argument(metavar="export", help="Write them all; without it, list them.")] = "",
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; without it, printed.")] = None,
    html: Annotated[bool, typer.Option("--html", help="As one HTML page instead of Markdown.")] = False,
) -> None:
    """List what to do without each tool, or write it all to one file that can be read without any network."""
    from bot.cli import playbooks as command

    command.playbooks(action, file, as_page=html)


@app.command()
def webhook(
    service: Annotated[str, typer.Argument(help="Its name as `planb services` lists it.")],
    rotate: Annotated[bool, typer.Option("--rotate", help="A new address; the old one works for 24 hours.")] = False,
) -> None:
    """Print an address that a status page can call when it has news, so that we look at once."""
    from bot.cli import webhook as command

    command.webhook(service, rotate=rotate)


@app.command()
def migrate() -> None:
    """Bring the database up to date (the release phase does this)."""
    from bot.cli import setup as command

    command.migrate()


@app.command("new-key")
def new_key() -> None:
    """Print a new key for PLANB_KEYS."""
    from bot.cli import keys as command

    command.new_key()


@app.command()
def reseal() -> None:
    """Seal every stored token anew under the first of PLANB_KEYS. The bot may run meanwhile."""
    from bot.cli import keys as command

    command.reseal()


@app.command()
def restored() -> None:
    """Say that an older copy of the database was put back, before you start the bot: nothing is told twice then."""
    from bot.cli import setup as command

    command.restored()


@app.command("slack-manifest")
def slack_manifest(
    http: Annotated[str, typer.Option(help="For HTTP mode: the public address, https://bot.example.org.")] = "",
) -> None:
    """Print the manifest to create the Slack app from."""
    from bot.cli import setup as command

    command.slack_manifest(http)


@app.command("discord-invite")
def discord_invite(
    application: Annotated[str, typer.Argument(help="The application's id; without it, from DISCORD_TOKEN.")] = "",
) -> None:
    """Print the address that invites the bot into a Discord server."""
    from bot.cli import setup as command

    command.discord_invite(application)


@app.command()
def schema() -> None:
    """Print the JSON Schema of planb.toml."""
    from bot.cli import setup as command

    command.schema()


def main() -> None:
    """Run the command; an error of ours is one line on stderr and an exit status."""
    try:
        app()
    except SettingsError as error:
        fail(str(error), EX_CONFIG)
    except PlanBError as error:
        fail(str(error), EX_UNAVAILABLE)
