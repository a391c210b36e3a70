"""The processes of one installation: what each opens, what holds them together, how they end.

everything.py    `daybook up`, over supervisor.py
web_server.py    the web process: front.py is its door; worker.py the worker
installation.py  which database and which keys (keys.py) they all work on
stops.py         exit codes; lifelines.py ends a child with its parent
locks.py         locks on files; waiting.py the one place that waits
"""
