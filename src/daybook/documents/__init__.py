"""PURE: what a document is, why one waits, and how that is said to people. Knows no ledger and no source."""
