"""PURE: what Xero is asked about itself, of a demo company only (xero-rules.md 11)."""
