"""A short dose of every torture: `pytest --dose -m dose`. The whole thing: docs/reliability.md."""

import os
import random
import subprocess
import sys

import pytest

DOSES = (
    ("kills", "sqlite"),
    ("kills", "postgres"),
    ("crashpoints", "sqlite"),
    ("overlap", "postgres"),
    ("restarts", "postgres"),
    ("outage", "sqlite"),
    ("burst", "sqlite"),
    ("restore", "sqlite"),
    ("soak", "sqlite"),
)


@pytest.mark.torture
@pytest.mark.dose
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("name", "database"), DOSES)
def test_a_short_dose_breaks_no_promise(name: str, database: str) -> None:
    seed = os.environ.get("PLANB_SEED", str(random.randrange(10**6)))  # noqa: TID251 - a way back to it
    call = [sys.executable, "-m", f"tests.torture.{name}", "--quick", "--seed", seed, "--database", database]
    done = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603 - our own modules

    assert done.returncode == 0, f"PLANB_SEED={seed}\n{done.stdout}\n{done.stderr[-3000:]}"
