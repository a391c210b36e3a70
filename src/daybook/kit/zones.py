"""The time zones that people may choose."""

from zoneinfo import available_timezones

NAMES = frozenset(available_timezones() - {"Factory", "localtime", "posixrules"})
"""Without what is no place's clock: a placeholder, and that of the machine Daybook happens to run on."""
