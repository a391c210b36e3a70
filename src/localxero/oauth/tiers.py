"""Developer tiers: how many organisations an app may connect and what it may call (xero-rules.md 2.3). Pure."""

from dataclasses import dataclass

UNCERTIFIED_APPS_PER_ORGANISATION = 2


@dataclass(frozen=True, slots=True)
class Tier:
    """What a tier allows; None is no ceiling."""

    connections: int | None
    calls_a_day: int
    egress_gib: int | None
    certified: bool
    bulk_connections: bool = False
    rapid_sync: bool = False


TIERS = {
    "starter": Tier(5, 1_000, None, certified=False),
    "core": Tier(50, 5_000, 10, certified=False),
    "plus": Tier(1_000, 5_000, 50, certified=True, rapid_sync=True),
    "advanced": Tier(10_000, 5_000, 250, certified=True, bulk_connections=True, rapid_sync=True),
    "enterprise": Tier(None, 5_000, None, certified=True, bulk_connections=True, rapid_sync=True),
}
