"""A local Xero: OAuth, the accounting API, limits, faults and pages on one port. A simulator, not Xero."""

from localxero.app import LocalXero, create_app

__all__ = ["LocalXero", "create_app"]
