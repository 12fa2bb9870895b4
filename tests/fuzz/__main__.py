"""The command. Prints the seed and the counts; a document that breaks a rule is kept, and said how to look at again."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.feeds import FORMATS
from bot.feeds.detect import documents_at
from tests.feeds.cases import CASES
from tests.fuzz.mutations import mutated
from tests.fuzz.oracle import look


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--format", default="", choices=["", *FORMATS])
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--look", type=Path, help="only look at this kept document again, as --format")
    asked = parser.parse_args()
    if asked.look:
        print(look(FORMATS[asked.format], documents_at(asked.look)))
        return 0
    print(f"seed {asked.seed}")
    return fuzz(asked.format, asked.seconds, random.Random(asked.seed))


def fuzz(only: str, seconds: float, luck: random.Random, rounds: int = 10**9) -> int:
    """Until the time or the rounds are over. The number of rules broken."""
    cases = [(path.parent.name, documents_at(path)) for path in CASES if only in {"", path.parent.name}]
    read: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    broken = 0
    end = time.monotonic() + seconds
    while rounds and time.monotonic() < end:
        rounds -= 1
        name, documents = luck.choice(cases)
        victim = luck.choice(sorted(documents))
        changed = {**documents, victim: mutated(documents[victim], luck)}
        tried[name] += 1
        try:
            read[name] += look(FORMATS[name], changed) is not None
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            broken += 1
            print(f"{name}: {type(error).__name__}: {error!s:.300}\n  {_keep(name, changed)}", file=sys.stderr)
    for name in sorted(tried):
        print(f"{name:20} {tried[name]:7} tried {read[name]:7} read {tried[name] - read[name]:7} refused")
    print(f"{sum(tried.values())} documents, {broken} broken rules")
    return min(broken, 1)


def _keep(name: str, documents: dict[str, bytes]) -> str:
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for document, raw in documents.items():
        (folder / document).write_bytes(raw)
    return f"python -m tests.fuzz --format {name} --look {folder}"


if __name__ == "__main__":
    sys.exit(main())
