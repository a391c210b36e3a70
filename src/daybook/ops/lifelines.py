"""A child that ends when its parent does, so that a killed parent leaves nothing running."""

import multiprocessing
import os
import signal
import threading
import time

LOOK_EVERY_SECONDS = 0.5
GRACE_SECONDS = 90
"""Longer than a call to Xero may take: the running job is finished first."""


def end_with_parent(parent: int) -> None:
    """Ask this process to end (SIGTERM) once its parent is no longer `parent`; make it end after the grace."""
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def end_with_starter() -> None:
    """Do the same in a process that `multiprocessing` started."""
    starter = multiprocessing.parent_process()
    if starter and starter.pid:
        end_with_parent(starter.pid)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
