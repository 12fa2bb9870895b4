"""`python -m bot` with two services instead of all, so that no test asks the real pages of the world."""

from collections.abc import Collection, Mapping

import bot.catalogue
from bot.core.catalogue import Catalogue

_whole = bot.catalogue.load_catalogue


def _only_ours(extra: Mapping[str, object] | None = None, *, formats: Collection[str] = ()) -> Catalogue:
    whole = _whole(extra, formats=formats)
    return Catalogue(tuple(one for one in whole.services if extra and one.slug in extra))


if __name__ == "__main__":
    bot.catalogue.load_catalogue = _only_ours  # before anybody imports it
    from bot.cli.main import main

    main()
