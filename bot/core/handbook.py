"""handbook: all playbooks in one file, in both languages, for the day when the wiki is away too. Pure."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.alternatives import CAPABILITY
from bot.core.catalogue import Catalogue
from bot.core.playbooks import ANY, Playbooks
from bot.domain.continuity import Alternative, Data, Plan
from bot.domain.playbook import Playbook
from bot.domain.words import Words, mark

DATA = {Data.PUBLIC: mark("public"), Data.INTERNAL: mark("internal"), Data.CLIENT: mark("client")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One heading with what stands under it, in this order."""

    level: int
    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    template: str = ""
    tools: tuple[str, ...] = ()

    @property
    def has_more(self) -> bool:
        """Whether there is anything but tools: then the tools have a heading of their own."""
        return bool(self.text or self.steps or self.template)


def handbook(
    playbooks: Playbooks, plans: Sequence[Plan], catalogue: Catalogue, words: Words, today: date
) -> Iterator[Chapter]:
    """The team's playbooks with what to use instead, its other alternatives, then ours."""
    instead = {plan.wanted: plan for plan in plans}
    about = words("Written on {day}. It needs no network: print it, or keep it on every computer.", day=today)
    yield Chapter(level=1, title=words("When a tool fails: our plan B"), text=about)
    if playbooks.ours:
        yield Chapter(level=2, title=words("Our playbooks"))
    for one in playbooks.ours:
        yield _chapter(one, instead.pop(one.wanted, None), catalogue, words)
    if instead:
        yield Chapter(level=2, title=words("What to use instead"))
    for plan in instead.values():
        yield Chapter(level=3, title=_name(plan.wanted, catalogue, words), tools=_tools(plan, words))
    if playbooks.defaults:
        said = words("These come with Plan B. Your team has not written them.")
        yield Chapter(level=2, title=words("General playbooks"), text=said)
    for one in playbooks.defaults:
        yield _chapter(one, None, catalogue, words)


def _chapter(playbook: Playbook, plan: Plan | None, catalogue: Catalogue, words: Words) -> Chapter:
    link = playbook.link.of(words.language)
    name = _name(playbook.wanted, catalogue, words)
    return Chapter(
        level=3,
        title=_titled(playbook, name, words),
        text=words("The team's own page: {url}", url=link) if link else "",
        steps=tuple(_owned(step.do.of(words.language), step.owner) for step in playbook.steps),
        template=playbook.template.of(words.language),
        tools=_tools(plan, words) if plan else (),
    )


def _titled(playbook: Playbook, name: str, words: Words) -> str:
    """A title says itself what a playbook for a use is for."""
    title = playbook.title.of(words.language)
    if title and playbook.wanted.startswith(CAPABILITY):
        return title
    return words("{name}: {says}", name=name, says=title) if title else name


def _owned(what: str, owner: str) -> str:
    return _one_line(f"{what} – {owner}" if owner else what)


def _one_line(text: str) -> str:
    """Without line breaks; French no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _name(wanted: str, catalogue: Catalogue, words: Words) -> str:
    if wanted == ANY:
        return words("Any other tool")
    if wanted.startswith(CAPABILITY):
        return words("Any tool for “{use}”", use=wanted.removeprefix(CAPABILITY))
    found = catalogue.find(wanted)
    return found.label if found else wanted


def _tools(plan: Plan, words: Words) -> tuple[str, ...]:
    return tuple(_tool(one, words) for one in plan.alternatives)


def _tool(one: Alternative, words: Words) -> str:
    said = (
        one.url,
        one.note,
        words("ask {owner}", owner=one.owner) if one.owner else "",
        words.plural("{n} seat", "{n} seats", one.seats) if one.seats else "",
        words("data: up to {data}", data=words(DATA[one.data])) if one.data else "",
        f"{words('built on')} {', '.join(one.upstreams)}" if one.upstreams else "",
        words("last tried on {day}", day=one.tested) if one.tested else "",
    )
    return _one_line(" – ".join((one.name, *(part for part in said if part))))


def markdown(chapters: Iterable[Chapter], words: Words) -> str:
    """As Markdown; steps are boxes to tick."""
    return "\n\n".join(block for chapter in chapters for block in _markdown(chapter, words)) + "\n"


def _markdown(chapter: Chapter, words: Words) -> Iterator[str]:
    yield f"{'#' * chapter.level} {_one_line(chapter.title)}"
    if chapter.text:
        yield chapter.text
    if chapter.steps:
        yield "\n".join(f"{number}. [ ] {step}" for number, step in enumerate(chapter.steps, 1))
    if chapter.template:
        longest = max((len(run) for run in re.findall(r"`+", chapter.template)), default=0)
        fence = "`" * max(3, longest + 1)
        yield f"**{words('To copy')}**\n\n{fence}\n{chapter.template}\n{fence}"
    if chapter.tools:
        if chapter.has_more:
            yield f"**{words('What to use instead')}**"
        yield "\n".join(f"- {tool}" for tool in chapter.tools)


_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }}
h1 {{ border-bottom: 3px solid #c33; padding-bottom: .3rem; margin-top: 3rem; }}
h2 {{ margin-top: 2.5rem; color: #c33; }} h3 {{ margin: 2rem 0 .3rem; break-after: avoid; }}
ol {{ list-style: none; padding: 0; }} li {{ margin: .3rem 0; }}
pre {{ white-space: pre-wrap; background: #f4f2ee; border-left: 4px solid #c33; padding: .8rem; font: inherit; }}
pre, ol {{ break-inside: avoid; }}
</style></head><body>
{body}
</body></html>
"""


def page(languages: Iterable[tuple[Iterable[Chapter], Words]]) -> str:
    """As one HTML file that loads nothing, one language after the other."""
    bodies = "\n".join(_section(chapters, words) for chapters, words in languages)
    return _PAGE.format(title="Plan B", body=bodies)


def _section(chapters: Iterable[Chapter], words: Words) -> str:
    blocks = "\n".join(block for chapter in chapters for block in _html(chapter, words))
    return f'<section lang="{words.language}">\n{blocks}\n</section>'


def _html(chapter: Chapter, words: Words) -> Iterator[str]:
    yield f"<h{chapter.level}>{html.escape(chapter.title)}</h{chapter.level}>"
    if chapter.text:
        yield f"<p>{_linked(chapter.text)}</p>"
    if chapter.steps:
        boxes = "".join(
            f'<li><label><input type="checkbox"> {n}. {_linked(step)}</label></li>'
            for n, step in enumerate(chapter.steps, 1)
        )
        yield f"<ol>{boxes}</ol>"
    if chapter.template:
        yield f"<p><b>{html.escape(words('To copy'))}</b></p><pre>{html.escape(chapter.template)}</pre>"
    if chapter.tools:
        tools = "".join(f"<li>{_linked(tool)}</li>" for tool in chapter.tools)
        heading = f"<p><b>{html.escape(words('What to use instead'))}</b></p>" if chapter.has_more else ""
        yield f"{heading}<ul>{tools}</ul>"


def _linked(text: str) -> str:
    """Escaped, with its web addresses as links."""
    return re.sub(r"https?://[^\s<>\"']+", r'<a href="\g<0>">\g<0></a>', html.escape(text))
