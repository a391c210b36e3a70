"""The process of `bench_files_in`: takes one file in, as a worker does, and says what that took."""

import json
import os
import resource
import sys
import time
from pathlib import Path

import django


def main(path: Path, company_id: int) -> None:
    """Take the file in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybook.config.settings")
    django.setup()
    from daybook.feeds.models import Feed
    from daybook.intake import file_taking

    feed = Feed.objects.get(company_id=company_id, name="sheet")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    begun, cpu = time.monotonic(), time.process_time()
    file = file_taking.take_in(file_taking.keep(feed, path.name, path.read_bytes()))
    said = {
        "seconds": round(time.monotonic() - begun, 1),
        "cpu": round(time.process_time() - cpu, 1),
        "most_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "mb_before": before,
        "state": file.state,
        "accepted": file.accepted,
        "problems": file.problems[:2],
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
