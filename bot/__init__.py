"""Plan B: which of a team's tools are down, told in Slack and Discord, and what to use instead.

The map (pseudocode; each word is a function or a method you can grep)::

    every feed, when its own next_poll is due:             jobs/poll.py
        fetcher.fetch(feed)                                feeds/fetch.py       I/O, conditional, bounded
        | format.parse(documents)          -> Snapshot     feeds/formats/       pure
        | diff(old, new, now)              -> Changes      core/diff.py         pure
        | route(changes, subscriptions)    -> Deliveries   core/route.py        pure, each with its reason
        | store.save_polls(outcomes)                       store/               ONE transaction

    whenever a delivery is due:                            jobs/deliver.py
        store.claim_due(now)                               store/               lease, committed before any HTTP call
        | render(change, advice, words)    -> Card         core/render.py       pure, no platform in it
        | chat.deliver(claim, card)        -> Receipt      chat/<platform>/     I/O
        | store.sent(...) or store.failed(...)             store/

    /outage ...  ->  commands/<name>.py  ->  Card  ->  chat/<platform>/         from stored state, never polls
"""

__version__ = "0.1.0"
