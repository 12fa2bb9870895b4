"""What we measure and how: `.venv/bin/python -m benchmarks.run`."""
