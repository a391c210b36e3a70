"""What is shown once: kept sealed in the session from the POST that made it to the page that shows it, then gone.

So a reload of that page makes nothing new and shows nothing again.
"""

import base64

from django.http import HttpRequest

from daybook.secrets import vault
from daybook.secrets.keyring import CannotOpenError


def keep(request: HttpRequest, name: str, text: str) -> None:
    """Keep `text` for the next page of this session that takes `name`."""
    request.session[_key(name)] = base64.b64encode(vault.seal(text, context=_key(name))).decode()


def is_kept(request: HttpRequest, name: str) -> bool:
    """Tell whether something is kept under `name` that no page has shown yet."""
    return _key(name) in request.session


def take(request: HttpRequest, name: str) -> str:
    """Return what was kept under `name` and forget it; "" where nothing was, or where the page is not asked for itself."""
    if request.method != "GET" or _key(name) not in request.session:
        return ""
    try:
        return vault.unseal(base64.b64decode(request.session.pop(_key(name))), context=_key(name))
    except CannotOpenError:
        return ""


def _key(name: str) -> str:
    return f"shown_once:{name}"
