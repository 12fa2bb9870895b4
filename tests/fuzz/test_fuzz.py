"""A short dose; `python -m tests.fuzz --seconds 600` is the long one."""

import contextlib
import json
import random
from pathlib import Path

import pytest

from bot.domain.errors import NotTheFormat
from bot.domain.status import Health
from bot.feeds import FORMATS
from bot.feeds.detect import documents_at
from tests.feeds.cases import BASE, CASES, case_name
from tests.fuzz.__main__ import fuzz
from tests.fuzz.mutations import spots
from tests.fuzz.oracle import greener


def test_a_short_dose_breaks_no_rule() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    assert fuzz("", 20, random.Random(seed), rounds=600) == 0


@pytest.mark.parametrize("path", CASES, ids=case_name)
def test_a_nonsense_word_makes_nothing_green(path: Path) -> None:
    """Every text of a document in turn, replaced by a word that nobody knows."""
    name = path.parent.name
    documents = documents_at(path)
    before = FORMATS[name].parse(documents, BASE)
    bad = {component.id for component in before.components if component.health is not Health.OPERATIONAL}
    for document, raw in documents.items():
        try:
            content = json.loads(raw)
        except ValueError:
            continue
        words = [(owner, key) for owner, key in spots(content) if _is_word(key, owner[key])]
        for owner, key in words:
            kept, owner[key] = owner[key], "zorp"
            with contextlib.suppress(NotTheFormat):
                after = FORMATS[name].parse({**documents, document: json.dumps(content).encode()}, BASE)
                assert not greener(before, after), (key, kept)
            owner[key] = kept
    assert bad <= {component.id for component in before.components}


def _is_word(key: object, value: object) -> bool:
    """A word for a state, by its key: names and ids may change what is shown, not how it is."""
    states = ("status", "state", "health", "impact", "severity", "indicator", "condition", "current", "statusclass")
    return isinstance(value, str) and str(key).lower() in states
