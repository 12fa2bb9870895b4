"""The numbers by which every version of Cachet writes a state. https://docs.cachethq.io/v3.x/guide/incidents"""

from bot.domain.status import Health, Phase

HEALTHS = {
    "0": Health.UNKNOWN,
    "1": Health.OPERATIONAL,
    # Performance issues.
    "2": Health.DEGRADED,
    "3": Health.PARTIAL_OUTAGE,
    "4": Health.MAJOR_OUTAGE,
    "5": Health.UNKNOWN,
    "6": Health.MAINTENANCE,
}
PHASES = {
    "0": Phase.UNKNOWN,
    "1": Phase.INVESTIGATING,
    "2": Phase.IDENTIFIED,
    "3": Phase.MONITORING,
    "4": Phase.RESOLVED,
}
