"""Secrets at rest: sealed with AES-256-GCM and bound to the row and field they belong to."""
