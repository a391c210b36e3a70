"""The set-up wizard: an order, a frame and a progress over the rooms of the settings; it has no form of settings of its own.

steps.py        which steps there are, and how each stands: decided by what the connection says and what a person went past
answers.py      the opening questions, and what their answers propose for each step
standing.py     reads what these decide from
pages.py        what a step's page is drawn from; drawing.py what single steps show beside their form
views.py        showing a step, going past it, setting it aside
making.py       an account or a contact made in the ledger on one button
"""
