"""What Prometheus is told at /metrics, read from the database, so that it is the same from every web process.

families.py   PURE: every metric, its labels and what it means
reading.py    the statements, a constant number of them
exposing.py   the collector and the guarded address
"""
