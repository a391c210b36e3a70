"""Style sheets and scripts go out compressed, packed by the first who asks for one; a process keeps them in memory.

Pages are sent as they are: what of a page is ours and what somebody else put there would tell on each other by the
length of both (BREACH). A proxy before us that packs finds nothing left to do here.
"""

import gzip
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from daybook.web.policy import Answer

PACKED = (".css", ".js", ".svg")
"""Ends of names; fonts and pictures are compressed already."""


def compressed(answer: Answer) -> Answer:
    """Pack our files for browsers that unpack them: all do. Stands before what serves them."""

    def packed(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        is_one = request.path_info.startswith(settings.STATIC_URL) and request.path_info.endswith(PACKED)
        if not is_one or request.method != "GET" or response.status_code != HttpResponse.status_code:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return response
        response.close()
        small = _packed(request.path_info.removeprefix(settings.STATIC_URL))
        about = {**response.headers, "Content-Encoding": "gzip", "Content-Length": str(len(small))}
        return HttpResponse(small, headers=about)

    return packed


@cache
def _packed(name: str) -> bytes:
    """Return a file that there is, packed."""
    return gzip.compress(Path(str(finders.find(name))).read_bytes(), mtime=0)
