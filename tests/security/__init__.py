"""Nobody in: what strangers may try, and what must come of it."""
