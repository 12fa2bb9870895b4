"""playbooks: the shape of a playbook in a file, the same in a team's `planb.toml` and in our own `playbooks.toml`."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, model_validator

from bot.domain.playbook import Playbook, Step, Text

TEMPLATE_MOST = 20_000
"""Characters. A template is a page that people read in a hurry, not a manual."""
STEPS_MOST = 30
_Line = Annotated[str, Field(max_length=300)]
_Template = Annotated[str, Field(max_length=TEMPLATE_MOST)]


class StepStanza(BaseModel):
    """One of `[[playbooks."openai:chatgpt".steps]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: _Line = Field(default="", description="What to do, in English")
    do_fr: _Line = Field(default="", description="The same in French; without it, French channels read the English")
    owner: str = Field(default="", max_length=80, description="Who usually does it")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.do.strip() or self.do_fr.strip()):
            raise ValueError('say what to do: do = "...", in French do_fr = "..."')
        return self

    def step(self) -> Step:
        return Step(do=Text(en=self.do.strip(), fr=self.do_fr.strip()), owner=self.owner.strip())


class PlaybookStanza(BaseModel):
    """`[playbooks."openai:chatgpt"]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Line = Field(default="", description="What it is called, in English")
    title_fr: _Line = Field(default="", description="The same in French")
    template: _Template = Field(default="", description="Markdown to copy while the tool is away, in English")
    template_fr: _Template = Field(default="", description="The same in French")
    link: HttpUrl | None = Field(default=None, description="Where your team keeps its template")
    link_fr: HttpUrl | None = Field(default=None, description="Where the French one is")
    steps: list[StepStanza] = Field(default_factory=list, max_length=STEPS_MOST, description="The checklist, in order")

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not (self.steps or self.template or self.template_fr or self.link or self.link_fr):
            raise ValueError("an empty playbook: give it steps, a template or a link")
        return self

    def playbook(self, wanted: str, *, chosen: bool = True) -> Playbook:
        return Playbook(
            wanted=wanted,
            title=Text(en=self.title.strip(), fr=self.title_fr.strip()),
            steps=tuple(stanza.step() for stanza in self.steps),
            template=Text(en=self.template.strip(), fr=self.template_fr.strip()),
            link=Text(en=_address(self.link), fr=_address(self.link_fr)),
            chosen=chosen,
        )


def default_playbooks() -> tuple[Playbook, ...]:
    """Those that come with Plan B, one for each use of a tool and one for any."""
    text = resources.files("bot.catalogue").joinpath("playbooks.toml").read_text("utf-8")
    stanzas: Mapping[str, PlaybookStanza] = TypeAdapter(dict[str, PlaybookStanza]).validate_python(tomllib.loads(text))
    return tuple(stanza.playbook(f"capability:{use}", chosen=False) for use, stanza in stanzas.items())


def _address(url: HttpUrl | None) -> str:
    return str(url) if url else ""
