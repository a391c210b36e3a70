"""Operations: the command line, the processes, the database and the demo.

cli/         `daybook ...`: the app, its commands, and what only they do
processes/   what runs: one installation, `up`, the web process with its door, the worker
postgres/    the embedded server and the tables
demo/        everything on one machine, against a local ledger
jobs.py      every job of the worker
"""
