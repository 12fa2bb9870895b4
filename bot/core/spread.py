"""spread: when a tool fails, not everybody should go to the same other one. Pure.

On 4 June 2024 the tools that people fled to from ChatGPT fell too, most likely under the load.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import takewhile

from bot.core.alternatives import Counsel
from bot.core.ranking import Ranked, Reason, Why, place


def spread(counsels: Sequence[Counsel], channel: str) -> tuple[Counsel, ...]:
    """The same advice, beginning for each channel with another one of the equally good ones, always the same there."""
    return tuple(replace(counsel, advice=rotated(counsel.advice, channel)) for counsel in counsels)


def rotated(advice: Sequence[Ranked], channel: str) -> tuple[Ranked, ...]:
    """One of those that are as good as the first comes first; the others keep their order.

    Only of tools whose pages we read: an offline template does not get slower when many use it, and it is the last.
    """
    alike = _as_good_as_the_first(advice)
    if len(alike) <= 1:
        return tuple(advice)
    first = alike[_number(channel) % len(alike)]
    if first is advice[0]:
        return tuple(advice)
    said = replace(first, whys=(*first.whys, Why(reason=Reason.SPREAD)))
    return (said, *(one for one in advice if one is not first))


def _as_good_as_the_first(advice: Sequence[Ranked]) -> list[Ranked]:
    if not advice or not advice[0].is_recommended or advice[0].standing is None:
        return []
    return list(takewhile(lambda one: place(one) == place(advice[0]), advice))


def _number(channel: str) -> int:
    """Not `hash`, which is another one in every process."""
    return int.from_bytes(sha256(channel.encode("utf-8", "replace")).digest()[:8], "big")
