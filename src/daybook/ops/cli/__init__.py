"""The command line: the app, its commands, and what only they do.

app.py         `daybook` and its exit codes
commands/      one module a subject: they read arguments, make one call inward and print
configure.py   `daybook company configure`
importing.py   `daybook import`, order_files.py its files; importing_by_feed.py with --feed
reconciling.py status.py rotation.py   what the commands of the same names do
"""
