"""The database: the embedded PostgreSQL, and the tables in it.

postgres.py     start, share, stop and remove a server (pgfolder.py its folder, pgprograms.py its programs)
migrations.py   bring the tables up to this version, on whatever PostgreSQL
"""
