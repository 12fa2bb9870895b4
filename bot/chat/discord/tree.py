"""The desk's commands as Discord's: `/outage <command>`, with choices, completion and French names."""

import hashlib
import inspect
import json
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.chat.discord.buttons import answer
from bot.chat.discord.errors import ALREADY_ANSWERED, UNKNOWN_INTERACTION
from bot.chat.discord.escape import line, shorten
from bot.commands.spec import Caller, Command, FrontDesk, Option
from bot.domain.subscription import Platform, Target
from bot.domain.words import Language, mark

ROOT = "outage"
_ROOT_SUMMARY = mark("Which tools are down, and what to use instead")
_NAMES = {ROOT: "panne"}
_SUMMARY_MAX = 100
_CHOICES_MAX = 25
_CHOICE_MAX = 100

# Two processes of ours may get the same command while one replaces the other: the slower one has nothing to say.
_ANSWERED_BY_ANOTHER = frozenset({UNKNOWN_INTERACTION, ALREADY_ANSWERED})

Interaction = discord.Interaction[discord.Client]


class OutageTree(app_commands.CommandTree[discord.Client]):
    """Commands for servers only: a channel of a server is what follows services."""

    def __init__(self, client: discord.Client, desk: FrontDesk) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        self._desk = desk
        group = app_commands.Group(
            name=app_commands.locale_str(ROOT), description=_summary(_ROOT_SUMMARY), guild_only=True
        )
        for command in desk.commands:
            group.add_command(_command(command, desk))
        self.add_command(group)

    async def digest(self) -> str:
        """Changes whenever what Discord must be told about our commands does."""
        translator = self.translator
        commands = self.get_commands()
        payload = [await item.get_translated_payload(self, translator) for item in commands] if translator else []
        text = json.dumps([self.client.application_id, payload], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    async def answer(self, interaction: Interaction) -> None:
        """As discord.py does for what comes over its gateway, for what comes another way."""
        if interaction.type is discord.InteractionType.component:
            return await self.press(interaction)
        try:
            await self._call(interaction)
        except app_commands.AppCommandError as error:
            await self.on_error(interaction, error)
        return None

    async def press(self, interaction: Interaction) -> None:
        """A button under one of our messages, or under one of our answers."""
        if not await self.interaction_check(interaction):
            return
        try:
            await _pressed(interaction, self._desk)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if getattr(error, "code", None) not in _ANSWERED_BY_ANOTHER:
                structlog.get_logger().warning("discord.press_failed", error=repr(error), interaction=interaction.id)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Only channels of servers can follow anything, and Discord is told so; this is for what comes anyway."""
        return interaction.guild_id is not None and interaction.channel_id is not None

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Nothing a person typed may end the connection; whoever runs this finds it in the log."""
        cause = error.__cause__
        if isinstance(cause, discord.HTTPException) and cause.code in _ANSWERED_BY_ANOTHER:
            return
        structlog.get_logger().warning("discord.command_failed", error=str(error), interaction=interaction.id)


class DeskTranslator(app_commands.Translator):
    """Summaries through the desk; names of commands and options stay as they are typed everywhere."""

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        if locale is not discord.Locale.french:
            return None
        where = app_commands.TranslationContextLocation
        if context.location is where.group_name:
            return _NAMES.get(string.message)
        if context.location in {where.command_description, where.group_description, where.parameter_description}:
            return shorten(self._desk.translate(string.extras["summary"], "fr"), _SUMMARY_MAX)
        return None


def _summary(text: str) -> app_commands.locale_str:
    return app_commands.locale_str(shorten(text, _SUMMARY_MAX), summary=text)


def _command(command: Command, desk: FrontDesk) -> app_commands.Command[Any, ..., None]:
    async def run(interaction: Interaction, **options: str | None) -> None:
        # Three seconds are all that Discord gives, and the database may take them.
        await interaction.response.defer(ephemeral=True, thinking=True)
        caller = caller_of(interaction)
        given = {option.name: options.get(_parameter(option)) for option in command.options}
        card = await desk.answer(command.name, {name: value for name, value in given.items() if value}, caller)
        await answer(interaction, card, desk, caller.language)

    # discord.py reads the options from the function's signature; ours come from the desk.
    run.__signature__ = _signature(command)  # type: ignore[attr-defined] # discord.py reads it
    for option in command.options:
        _describe(run, option, desk)
    return app_commands.Command(
        name=command.name, description=_summary(command.summary), callback=run, auto_locale_strings=False
    )


async def _pressed(interaction: Interaction, desk: FrontDesk) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    caller, said = caller_of(interaction), dict(interaction.data or {})
    await answer(interaction, await desk.press(str(said.get("custom_id", "")), caller), desk, caller.language)


def _parameter(option: Option) -> str:
    return option.name.replace("-", "_")


def _signature(command: Command) -> inspect.Signature:
    kind = inspect.Parameter.KEYWORD_ONLY
    first = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)
    required = [inspect.Parameter(_parameter(o), kind, annotation=str) for o in command.options if o.required]
    optional = [
        inspect.Parameter(_parameter(o), kind, annotation=str | None, default=None)
        for o in command.options
        if not o.required
    ]
    return inspect.Signature([first, *required, *optional])


def _describe(run: Callable[..., Coroutine[Any, Any, None]], option: Option, desk: FrontDesk) -> None:
    name = _parameter(option)
    app_commands.describe(**{name: _summary(option.summary)})(run)
    app_commands.rename(**{name: option.name})(run)
    if option.choices:
        choices = [app_commands.Choice(name=value, value=value) for value in option.choices[:_CHOICES_MAX]]
        app_commands.choices(**{name: choices})(run)
    elif option.services:
        app_commands.autocomplete(**{name: _completion(desk)})(run)


def _completion(desk: FrontDesk) -> Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def complete(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = desk.complete(typed, _CHOICES_MAX)[:_CHOICES_MAX]
        return [
            app_commands.Choice(name=shorten(line(label), _CHOICE_MAX) or value, value=value)
            for label, value in found
            if 0 < len(value) <= _CHOICE_MAX
        ]

    return complete


def caller_of(interaction: Interaction) -> Caller:
    """Who asks, and where. In a thread that is the channel it belongs to: threads come and go.

    Permissions are Discord's own answer for this person in this channel; the desk refuses by them, whatever the
    server's settings for the command say.
    """
    channel = interaction.channel
    place = (channel.parent_id if isinstance(channel, discord.Thread) else None) or interaction.channel_id
    allowed = interaction.permissions
    return Caller(
        target=Target(platform=Platform.DISCORD, workspace=str(interaction.guild_id), channel=str(place)),
        user=str(interaction.user.id),
        may_manage=allowed.manage_channels or allowed.administrator,
        language=language_of(interaction.locale),
    )


def language_of(locale: discord.Locale | str) -> Language:
    """What Discord speaks to this person, as far as we speak it."""
    return "fr" if str(locale).startswith("fr") else "en"
