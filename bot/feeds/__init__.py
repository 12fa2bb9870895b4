"""The formats we can read. To add one: write its file in `formats/`, list it here, add fixtures."""

from bot.feeds.formats import heroku, incidentio, statuspage, syndication
from bot.ports import Format

# In order of recognition, the most particular first: incident.io also serves Statuspage's shape, and any page may
# have a feed. Formats that nothing else could be mistaken for come in order of their names.
FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        heroku.FORMAT,
        incidentio.FORMAT,
        statuspage.FORMAT,
        syndication.FORMAT,
    )
}
