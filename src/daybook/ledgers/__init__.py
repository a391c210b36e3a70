"""PURE: the ledgers that Daybook posts to, one folder each; they know nothing of each other."""
