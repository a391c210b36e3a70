"""Backups: one file with the whole database and what it says of itself; never the keys.

manifest.py    PURE: what a backup says of itself, and what speaks against using it
file.py        the file: a zip of the dump, the manifest and a note for people
programs.py    pg_dump, pg_restore and psql, of the embedded PostgreSQL or of the system
saving.py      database -> file
restoring.py   file -> database, whole or not at all
"""
