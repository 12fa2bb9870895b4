"""One file per wire format; they do not know one another. The list is in `bot/feeds/__init__.py`."""
