"""Mutated documents against every parser: `python -m tests.fuzz --seconds 60 [--format NAME] [--seed N]`."""
