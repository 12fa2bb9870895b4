"""`planb demo`: a real outage through the whole pipeline: loopback status pages, database, diff, route, cards."""
