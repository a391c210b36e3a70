"""How often a process looks for circles of what nobody refers to any more."""

import gc

AFTER = 50_000
"""New objects; Python's own 700 would have it walk through all of Django several times for each list of orders."""
GENERATIONS = (AFTER, 20, 50)


def look_seldom_while_starting() -> None:
    """Spare imports and migrations most looks: nothing of theirs is left over, and a sixth of their time went there."""
    gc.set_threshold(*GENERATIONS)


def look_seldom() -> None:
    """Leave alone what is there for good (code, settings, tables of words), and look at the rest seldom.

    Almost nothing of Daybook's hangs in circles; what does goes a little later. Called once, when all is imported.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GENERATIONS)
