"""A child that ends when its parent does, so that a killed parent leaves nothing running."""

import os
import runpy
import signal
import sys
import threading
import time

LOOK_EVERY_SECONDS = 0.5
GRACE_SECONDS = 90
"""Longer than a call to a ledger may take: the running job is finished first."""


def end_with_parent(parent: int) -> None:
    """Ask this process to end (SIGTERM) once its parent is no longer `parent`; make it end after the grace."""
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def _run_module(parent: str, module: str, *arguments: str) -> None:
    """Run another program's module on a lifeline: `python -m daybook.ops.processes.lifelines PARENT MODULE ARG...`."""
    end_with_parent(int(parent))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run_module(*sys.argv[1:])
