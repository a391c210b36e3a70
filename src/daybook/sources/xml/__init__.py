"""PURE: orders in XML, by simple paths."""
