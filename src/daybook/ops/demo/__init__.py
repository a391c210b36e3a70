"""`daybook demo`: everything on one machine, against a local Xero.

stage.py     a folder, ports, and the processes
play.py      what a person does: companies, consent, settings, orders
browser.py   a browser without a screen, with which the play uses our own pages
"""
