"""The formats we can read, in order of detection. To add one: write the module, list it here, add a fixture."""

from bot.feeds import incidentio, statuspage, syndication
from bot.ports import Format

# The most particular first: incident.io also serves Statuspage's shape, and any page may have a feed.
FORMATS: dict[str, Format] = {
    format_.name: format_ for format_ in (incidentio.FORMAT, statuspage.FORMAT, syndication.FORMAT)
}
