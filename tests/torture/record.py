"""What the chat platforms show, and whether that is what was promised. Pure.

Every text of a page says which update it is: `K3U7K` is the seventh update of incident 3. A message's history is the
list of the updates that it has shown.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_TOLD = re.compile(rb"K(\d+)U(\d+)K")
Told = tuple[int, int]


def words(incident: int, update: int) -> str:
    """The text of an update."""
    return f"We look into it and will say more soon. K{incident}U{update}K"


@dataclass(slots=True)
class Message:
    """`channel` is where the incident is followed, also of what is shown in a thread of it. `at` is in seconds."""

    channel: str
    id: str
    root: str | None
    at: float
    said: list[Told] = field(default_factory=list)


class Record:
    """All that is shown, in the order in which it came."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.by_id: dict[tuple[str, str], Message] = {}
        self.strays: list[str] = []

    def post(self, channel: str, name: str, root: str | None, body: bytes, at: float) -> None:
        message = Message(channel, name, root, at)
        self.by_id[channel, name] = message
        if told := _told(body):
            message.said.append(told)
            self.messages.append(message)
        else:
            self.strays.append(body.decode(errors="replace")[:300])

    def edit(self, channel: str, name: str, body: bytes) -> bool:
        """False where there is no such message."""
        message = self.by_id.get((channel, name))
        if message and (told := _told(body)):
            message.said.append(told)
        return message is not None


def _told(body: bytes) -> Told | None:
    found = _TOLD.search(body)
    return (int(found[1]), int(found[2])) if found else None


@dataclass(slots=True)
class Findings:
    """`merged` are updates that never had a reply of their own because a newer one spoke for them.

    `copies` are those who stand there twice, each with the next one: first messages of one incident, whatever they
    say, and replies of the same words. `most_copies` counts the same words alone.
    """

    threads: int = 0
    shown: int = 0
    lost: int = 0
    disordered: int = 0
    merged: int = 0
    most_copies: int = 1
    copies: list[tuple[Message, Message]] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def doubled(self) -> int:
        return len(self.copies)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.disordered)

    def show(self, kind: str, thread: Sequence[Message]) -> None:
        if len(self.examples) < 5:
            shown = [f"{one.id[-6:]}{' under it' * (one.root is not None)} {one.said}" for one in thread]
            self.examples.append(f"{kind} in {thread[0].channel}: {'; '.join(shown)}")


def audit(messages: Iterable[Message], channels: Iterable[str], last: Mapping[int, int]) -> Findings:
    """Compare what is shown with each incident's number of updates, in every channel."""
    threads: dict[tuple[str, int], list[Message]] = defaultdict(list)
    for message in messages:
        threads[message.channel, message.said[0][0]].append(message)
    findings = Findings()
    for channel in channels:
        for incident, final in last.items():
            _thread(findings, threads.get((channel, incident), []), channel, final)
    return findings


def _thread(findings: Findings, thread: Sequence[Message], channel: str, final: int) -> None:
    findings.threads += 1
    findings.shown += len(thread)
    roots = [one for one in thread if one.root is None]
    if not roots:
        findings.lost += 1
        findings.show("lost", [Message(channel, "no message", None, 0), *thread])
        return
    findings.most_copies = max(findings.most_copies, *Counter((m.root is None, m.said[0]) for m in thread).values())
    told: dict[int, list[Message]] = defaultdict(list)
    for one in (roots[0], *(m for m in thread if m.root is not None)):
        told[one.said[0][1]].append(one)
    # What is shown twice is not also out of order.
    once = list(told)
    copies = [pair for same in (roots, *told.values()) for pair in pairwise(same)]
    lost = int(all(root.said[-1][1] != final for root in roots)) + int(
        (thread[0].said[0][0], final) not in {m.said[0] for m in thread}
    )
    disordered = _falls(once) + _falls([update for _, update in roots[0].said])
    findings.copies += copies
    findings.lost += lost
    findings.disordered += disordered
    findings.merged += final - once[0] + 1 - len(once)
    for kind, broken in (("doubled", copies), ("lost", lost), ("disordered", disordered)):
        if broken:
            findings.show(kind, thread)


def _falls(numbers: Sequence[int]) -> int:
    return sum(later < earlier for earlier, later in pairwise(numbers))
