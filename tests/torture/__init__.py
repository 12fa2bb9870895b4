"""What the bot must survive, one command each: `python -m tests.torture.kills --help`. See docs/reliability.md."""
