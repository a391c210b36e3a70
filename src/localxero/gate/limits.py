"""Call limits: 5 at once, 60 a minute, 1,000 or 5,000 a day per app and tenant; 10,000 a minute per app.

Windows are fixed and begin at a different moment for each tenant (xero-rules.md 2.1). A refused call is not counted.
Every answer to a known app says what remains. Rapid Sync is off until switched on, so that a client meets its limits.
"""

import re
import threading
from dataclasses import dataclass, replace

from localkit.clock import Clock
from localkit.windows import Window, offset_of

MINUTE, DAY = 60, 86_400
RAPID_SECONDS = 30 * 60
# An Idempotency-Key is kept for six minutes and has 128 characters at most (xero-rules.md 3).
KEY_LIFETIME, LONGEST_KEY = 360, 128
# What each app reads is metered by month, but for the Organisation endpoint (xero-rules.md 2.3).
FREE_TO_READ = re.compile(r"/api\.xro/2\.0/organisation(/.*)?", re.IGNORECASE)
MODES = ("live", "starter", "off")


@dataclass(frozen=True, slots=True)
class Ceilings:
    """How much is allowed; None is no limit."""

    concurrent: int | None = 5
    minute: int | None = 60
    day: int | None = 5_000
    app_minute: int | None = 10_000


CEILINGS = {
    "live": Ceilings(),
    "starter": Ceilings(day=1_000),
    "off": Ceilings(concurrent=None, minute=None, day=None, app_minute=None),
}


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call may go ahead, and what remains."""

    headers: tuple[tuple[str, str], ...]
    problem: str | None = None
    retry_after: int | None = None


class Limits:
    """Counts calls in fixed windows of virtual time."""

    def __init__(self, clock: Clock, mode: str = "live") -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str, str], Window] = {}
        self._in_flight: dict[tuple[str, str], int] = {}
        self.mode, self.ceilings = mode, CEILINGS[mode]
        self.rapid_sync = False

    def set(self, mode: str | None = None, *, rapid_sync: bool | None = None, **ceilings: int | None) -> None:
        """Choose a mode, or single ceilings, or whether there is Rapid Sync; all counts start anew."""
        with self._lock:
            if rapid_sync is not None:
                self.rapid_sync = rapid_sync
            if mode is not None:
                self.mode, self.ceilings = mode, CEILINGS[mode]
            if ceilings:
                self.ceilings = replace(self.ceilings, **ceilings)
            self._windows.clear()

    def enter(
        self, app: str, tenant: str, *, tier_day: int | None = None, rapid_until: float | None = None
    ) -> Admission:
        """Count a call in, or say which limit it meets; every admitted call must `leave`.

        `tier_day` is the app's own daily ceiling, which holds unless another was set here; until `rapid_until`, in
        seconds, Rapid Sync lifts the ceilings of minute and day where it is switched on (xero-rules.md 2.1).
        """
        with self._lock:
            now = self._clock.seconds()
            windows = self._windows_of(app, tenant, now)
            ceilings = self._ceilings_for(tier_day)
            if self.rapid_sync and rapid_until is not None and now < rapid_until:
                ceilings = replace(ceilings, minute=None, day=None)
            refused = self._refusal(ceilings, windows, self._in_flight.get((app, tenant), 0), now)
            if refused is None:
                self._in_flight[app, tenant] = self._in_flight.get((app, tenant), 0) + 1
                for window in windows.values():
                    window.used += 1
            headers = _headers(ceilings, windows)
            return Admission(headers) if refused is None else Admission(headers, *refused)

    def standing(self, app: str, tenant: str | None, *, tier_day: int | None = None) -> tuple[tuple[str, str], ...]:
        """Return the headers that say what remains, without counting; without a tenant only the app's own."""
        with self._lock:
            headers = _headers(self._ceilings_for(tier_day), self._windows_of(app, tenant or "", self._clock.seconds()))
            return headers if tenant else headers[-1:]

    def count_for_app(self, app: str) -> None:
        """Count a call that is for no tenant, such as /connections."""
        with self._lock:
            self._window(app, "", "appminute", MINUTE).at(self._clock.seconds()).used += 1

    def leave(self, app: str, tenant: str) -> None:
        """Count a finished call out."""
        with self._lock:
            self._in_flight[app, tenant] -= 1

    def usage(self) -> list[dict[str, object]]:
        """Tell what each app has used with each tenant in the windows now open."""
        with self._lock:
            now = self._clock.seconds()
            return [
                {"app": app, "tenant_id": tenant or None, "window": kind, "used": window.at(now).used}
                for (app, tenant, kind), window in self._windows.items()
            ]

    def _windows_of(self, app: str, tenant: str, now: float) -> dict[str, Window]:
        return {
            "minute": self._window(app, tenant, "minute", MINUTE).at(now),
            "day": self._window(app, tenant, "day", DAY).at(now),
            "appminute": self._window(app, "", "appminute", MINUTE).at(now),
        }

    def _window(self, app: str, tenant: str, kind: str, length: int) -> Window:
        key = (app, tenant, kind)
        if key not in self._windows:
            self._windows[key] = Window(length, offset_of(tenant, length))
        return self._windows[key]

    def _ceilings_for(self, tier_day: int | None) -> Ceilings:
        if tier_day is None or self.ceilings.day != CEILINGS["live"].day:
            return self.ceilings
        return replace(self.ceilings, day=tier_day)

    @staticmethod
    def _refusal(
        ceilings: Ceilings, windows: dict[str, Window], in_flight: int, now: float
    ) -> tuple[str, int | None] | None:
        """Name the limit met; a concurrent one comes without Retry-After (unsure)."""
        if ceilings.concurrent is not None and in_flight >= ceilings.concurrent:
            return "concurrent", None
        by_kind = {"minute": ceilings.minute, "day": ceilings.day, "appminute": ceilings.app_minute}
        for kind, ceiling in by_kind.items():
            if ceiling is not None and windows[kind].used >= ceiling:
                return kind, windows[kind].ends_in(now)
        return None


def _headers(ceilings: Ceilings, windows: dict[str, Window]) -> tuple[tuple[str, str], ...]:
    live = CEILINGS["live"]
    names = {
        "X-DayLimit-Remaining": (ceilings.day, live.day, "day"),
        "X-MinLimit-Remaining": (ceilings.minute, live.minute, "minute"),
        "X-AppMinLimit-Remaining": (ceilings.app_minute, live.app_minute, "appminute"),
    }
    return tuple(
        (name, str(full if most is None else max(0, most - windows[kind].used)))
        for name, (most, full, kind) in names.items()
    )
