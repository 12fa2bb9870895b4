"""The formats we can read. To add one: write its file in `formats/`, list it here, add fixtures."""

from bot.feeds.formats import (
    aws,
    aws_rss,
    azure,
    azuredevops,
    betterstack,
    google,
    heroku,
    incidentio,
    instatus,
    oci,
    slack,
    statuspage,
    syndication,
    xai,
)
from bot.ports import Format

# In order of recognition, the most particular first: incident.io also serves Statuspage's shape, and any page may
# have a feed. Formats that nothing else could be mistaken for come in order of their names.
FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        aws.FORMAT,
        aws_rss.FORMAT,
        azure.FORMAT,
        azuredevops.FORMAT,
        betterstack.FORMAT,
        google.FORMAT,
        heroku.FORMAT,
        instatus.FORMAT,
        oci.FORMAT,
        slack.FORMAT,
        xai.FORMAT,
        incidentio.FORMAT,
        statuspage.FORMAT,
        syndication.FORMAT,
    )
}
