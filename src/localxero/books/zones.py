"""PURE: time zones by the names that organisations have for them."""

from zoneinfo import ZoneInfo

# Organisation.Timezone uses names of its own (xero-openapi: schema TimeZone); these are the ones the seeds use.
ZONES = {
    "GMTSTANDARDTIME": "Europe/London",
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "EASTERNSTANDARDTIME": "America/New_York",
    "UTC": "UTC",
}


def zone_of(timezone: str) -> ZoneInfo:
    """Find the zone that Organisation.Timezone names; UTC where it is none of ours."""
    return ZoneInfo(ZONES.get(timezone, "UTC"))
