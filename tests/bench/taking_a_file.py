"""The process of `bench_files_in`: takes one file in, as a worker does, and says what that took."""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import django


def main(path: Path, company_id: int) -> None:
    """Take the file in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybook.config.settings")
    django.setup()
    import psutil
    from django.db import connection

    from daybook.feeds.models import Feed
    from daybook.intake import file_taking

    feed = Feed.objects.get(company_id=company_id, name="sheet")
    begun, cpu = time.monotonic(), time.process_time()
    file = file_taking.take_in(file_taking.keep(feed, path.name, path.read_bytes()))
    said = {
        "seconds": round(time.monotonic() - begun, 1),
        "cpu": round(time.process_time() - cpu, 1),
        "cpu_of_postgresql": _cpu_of(psutil, connection),
        "most_mb": _most_kilobytes() // 1024,
        "state": file.state,
        "accepted": file.accepted,
        "problems": file.problems[:2],
    }
    print(json.dumps(said))


def _most_kilobytes() -> int:
    """Return the most that this process had in memory.

    Linux passes `ru_maxrss` on to a child, through its exec (getrusage(2)): it would be the most that the test had.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _cpu_of(psutil: Any, connection: Any) -> float:
    """Return the seconds that this process's own server process has worked, where it is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return round(sum(psutil.Process(pid).cpu_times()[:2]), 1) if psutil.pid_exists(pid) else 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
