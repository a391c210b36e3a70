"""PURE: canonical orders in files of JSON."""
