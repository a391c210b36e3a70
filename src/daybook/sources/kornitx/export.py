"""PURE: the "Standard Order Details Export API": orders asked for by status and by when they changed (docs/kornitx.md).

    token -> pages of one window of time, read until two readings agree -> rows, one an item -> orders as pushed ones

Of this interface only the token's address, the scope and the filter by status are documented. Address, path, the names
of the other parameters and those of the fields are settings; what stands as default is our reading of it.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from daybook.sources import json_text
from daybook.sources.http_answers import well
from daybook.sources.kornitx import rows
from daybook.sources.problems import NotAnOrderError
from daybook.sources.source import ACCESS, Field, Holds, NoPageError, Pulled, Secrets, Talk, Tested
from daybook.wire.asks import Answer, Request

SCOPE = "export-api.order-item-details"
CLIENT_ID, CLIENT_SECRET = "export_client_id", "export_client_secret"
OVERLAP = timedelta(minutes=5)
"""Asked for again with each pull: their clock and ours differ, and a change is stored a little after it is stamped."""
FIRST = timedelta(days=1)
"""So far back goes the first pull."""
WINDOW, SHORTEST = timedelta(days=1), timedelta(seconds=1)
MOST_ROWS = 2000
"""In a window; where there are more, a shorter one is asked for."""
MOST_PAGES = 200
MOST_READINGS = 4
_FIELD_HELP = "Leave it as it is unless the export of your OMS is documented otherwise."

FIELDS = (
    Field(
        name=CLIENT_ID,
        label="Export API: client id",
        to_pull=True,
        help="Of the OAuth user that the OMS's support sets up for the export API. Without it nothing is pulled.",
    ),
    Field(
        name=CLIENT_SECRET,
        label="Export API: client secret",
        holds=Holds.SECRET,
        to_pull=True,
        help="It comes with the client id. Write-only; leave empty to keep the stored one.",
        missing="No client secret: nothing is pulled",
    ),
    Field(
        name="export_statuses",
        label="Export API: statuses",
        default="8,64,128",
        help="Codes of the OMS, with commas: 8 and 64 dispatched, 128 cancelled. Only orders of these are pulled.",
    ),
    Field(
        name="export_token_url",
        label="Export API: token address",
        default="https://oauth.custom-gateway.net/token",
        help=_FIELD_HELP,
    ),
    Field(
        name="export_base",
        label="Export API: address",
        default="https://export-api.custom-gateway.net",
        help="The server of the export, as the OMS's support names it.",
    ),
    Field(name="export_path", label="Export API: path", default="/order-item-details", help=_FIELD_HELP),
    Field(
        name="export_parameters",
        label="Export API: parameters",
        holds=Holds.LINES,
        default="statuses = filter[status:in]\nsince = filter[updated_at:gte]\nuntil = filter[updated_at:lt]\n"
        "page = page[number]\nsize = page[size]",
        help="What the export calls them, one a line. A line left out is not sent; without “since” and “until” all "
        "orders are asked for each time.",
        longest=2000,
    ),
    Field(
        name="export_page_size",
        label="Export API: rows a page",
        default="100",
        help="How many rows are asked for at a time.",
    ),
    Field(
        name="export_fields",
        label="Export API: field map",
        holds=Holds.LINES,
        help="One a line: order.ref = OrderNumber, or item.quantity = Qty: our name, theirs. What is not listed is "
        "looked for under the names of the order push, with order. or item. before it or without.",
        longest=4000,
    ),
)


_PARAMETERS = ("statuses", "since", "until", "page", "size")
Rows = list[dict[str, Any]]


class _TooManyError(Exception):
    """The window holds more rows than are taken at a time."""


def faults(settings: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with what a person typed, by field."""
    found = {}
    for name in ("export_base", "export_token_url"):
        parts = urlsplit(_said(settings, name))
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            found[name] = "This is no address: it begins with https:// and names a server, without a login in it."
    statuses = [each.strip() for each in _said(settings, "export_statuses").split(",")]
    if not all(each.isascii() and each.isdigit() for each in statuses):
        found["export_statuses"] = "Enter codes with commas between them: 8,64."
    size = _said(settings, "export_page_size")
    if not (size.isascii() and size.isdigit() and 1 <= int(size[:9]) <= MOST_ROWS):
        found["export_page_size"] = f"Enter a number from 1 to {MOST_ROWS}."
    for name, read in (("export_parameters", _parameters), ("export_fields", rows.field_map)):
        try:
            read(_said(settings, name))
        except ValueError as error:
            found[name] = str(error)
    return found


def since(begin: datetime, now: datetime) -> str:
    """Return the cursor at which a backfill begins. It ends at the moment it was begun: what is later is pulled anyway."""
    return json.dumps({"from": begin.isoformat(), "begun": begin.isoformat(), "until": now.isoformat()})


def check(settings: Mapping[str, str], secrets: Secrets) -> Talk[Tested]:
    """Ask for a token and for a first page, as a pull does."""
    if not (settings.get(CLIENT_ID) and secrets.get(CLIENT_SECRET)):
        return Tested(wrong="Enter the client id and the client secret of the export API first.")
    access = yield from _token(settings, secrets)
    works = ["The login works: a token was given."]
    page, _ = yield from _page(settings, access, None, 1)
    if not page:
        return Tested(works=[*works, "The export answers. It holds no orders of these statuses yet."])
    one_row = "The export answers: the first page holds 1 row."
    works.append(one_row if len(page) == 1 else f"The export answers: the first page holds {len(page)} rows.")
    understood = rows.orders(page, rows.field_map(settings.get("export_fields", "")))
    good = [each for each in understood if each.is_order]
    if len(good) < len(understood):
        wrong = next(each for each in understood if not each.is_order).problems[0]
        return Tested(works=works, wrong=f"Not all is understood. {wrong.field}: {wrong.problem} Check the field map.")
    one_order = "They are understood, as 1 order."
    return Tested(works=[*works, one_order if len(good) == 1 else f"They are understood, as {len(good)} orders."])


def pull(cursor: str, settings: Mapping[str, str], secrets: Secrets, now: datetime) -> Talk[Pulled]:
    """Ask for the orders that changed in the next window of time. Raises NoPageError."""
    access = secrets.get(ACCESS) or (yield from _token(settings, secrets))
    stands = _stands(cursor)
    begin = _moment(stands.get("from")) or now - FIRST
    limit = _moment(stands.get("until")) or now
    end = max(min(begin + WINDOW, limit), begin)
    while True:
        try:
            found = yield from _window(settings, access, (begin, end))
            break
        except _TooManyError:
            end = begin + max((end - begin) / 2, SHORTEST)
    is_last = end >= limit or "since" not in _parameters(_said(settings, "export_parameters"))
    goes_on = end - OVERLAP if is_last and "until" not in stands else end
    understood = rows.orders(found, rows.field_map(settings.get("export_fields", "")))
    begun = _moment(stands.get("begun")) or begin
    return Pulled(
        read=[each.read for each in understood],
        raws=[each.raw for each in understood],
        cursor=json.dumps({**stands, "from": goes_on.isoformat()}),
        is_last=is_last,
        access=access,
        done=_hours(end - begun),
        total=_hours(limit - begun),
    )


def _hours(span: timedelta) -> int:
    return max(1, round(span / timedelta(hours=1)))


def _window(settings: Mapping[str, str], access: str, window: tuple[datetime, datetime]) -> Talk[Rows]:
    """Return the rows of a window, read so often that two readings agree.

    An order that changes meanwhile moves the rows behind it to another page: some would be missed, and an order with
    some of its lines would look like a whole one. One page that says it is the last cannot have moved.
    """
    before: Rows | None = None
    for _ in range(MOST_READINGS):
        found, pages = yield from _reading(settings, access, window)
        if pages == 1 or found == before:
            return found
        before = found
    cure = "Daybook asks again by itself. Should it go on, let it be pulled when less is going on there."
    raise NoPageError(f"The export changed while it was read, {MOST_READINGS} times.", cure)


def _reading(settings: Mapping[str, str], access: str, window: tuple[datetime, datetime]) -> Talk[tuple[Rows, int]]:
    """Return all rows of a window, and of how many pages."""
    found: Rows = []
    before: Rows | None = None
    for number in range(1, MOST_PAGES + 1):
        page, is_last = yield from _page(settings, access, window, number)
        if page and page == before:
            cure = "Check the name of the parameter “page”: the export does not seem to know it."
            raise NoPageError(f"Page {number} of the export is page {number - 1} again.", cure)
        found += page
        if len(found) > MOST_ROWS and window[1] - window[0] > SHORTEST and _is_bounded(settings):
            raise _TooManyError
        if not page or is_last:
            return found, number
        before = page
    cure = "Set a larger number of rows a page, or narrow the statuses."
    raise NoPageError(f"The export has more than {MOST_PAGES} pages of one moment.", cure)


def _is_bounded(settings: Mapping[str, str]) -> bool:
    return {"since", "until"} <= set(_parameters(_said(settings, "export_parameters")))


def _token(settings: Mapping[str, str], secrets: Secrets) -> Talk[str]:
    """Return an access token (RFC 6749 4.4, the client in the body as the vendor's page shows it)."""
    form = {
        "client_id": settings.get(CLIENT_ID, "").strip(),
        "client_secret": secrets.get(CLIENT_SECRET, ""),
        "grant_type": "client_credentials",
        "scope": SCOPE,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    url = _said(settings, "export_token_url")
    answer = yield Request("POST", url, headers, urlencode(form).encode())
    if answer.status == 400:  # RFC 6749 5.2: a wrong client or scope
        answer = Answer(401, answer.headers, answer.body)
    given = _json(well(answer, "The login of the export API").body, "The login's answer")
    access = given.get("access_token") if isinstance(given, dict) else None
    if not isinstance(access, str) or not access.isascii() or not access.isprintable():
        raise NoPageError("The login's answer holds no access_token.", "Check the token address.")
    return access


def _page(
    settings: Mapping[str, str], access: str, window: tuple[datetime, datetime] | None, number: int
) -> Talk[tuple[Rows, bool]]:
    """Return the rows of a page, and whether it says that it is the last."""
    said = {
        "statuses": ",".join(each.strip() for each in _said(settings, "export_statuses").split(",")),
        "page": str(number),
        "size": _said(settings, "export_page_size"),
    }
    if window is not None:
        said |= {"since": _written(window[0]), "until": _written(window[1])}
    named = _parameters(_said(settings, "export_parameters"))
    query = urlencode({name: said[ours] for ours, name in named.items() if ours in said}, safe="[]:,")
    base = _said(settings, "export_base").rstrip("/")
    url = f"{base}/{_said(settings, 'export_path').lstrip('/')}?{query}"
    answer = yield Request("GET", url, {"Authorization": f"Bearer {access}", "Accept": "application/json"})
    body = well(answer, "The export").body
    given = _json(body, f"Page {number} of the export")
    page = _rows(given)
    if page is None:
        cure = "Check address and path: a page is a list of rows, or an object that holds one as “data”."
        raise NoPageError(f"Page {number} of the export is no list of rows.", cure, body)
    return page, "page" not in named or _says_last(given, number)


def _json(body: bytes, what: str) -> Any:
    try:
        return json_text.parse(body, junk_numbers=True)
    except NotAnOrderError as error:
        raise NoPageError(
            f"{what} cannot be read: {error.problems[0].problem}", "Daybook asks for it again by itself.", body
        ) from error


def _rows(given: Any) -> Rows | None:
    """Return the rows of a page: the list itself, or `data` of an object; of JSON:API each row's attributes."""
    listed = given.get("data") if isinstance(given, dict) else given
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        return None
    return [
        {"id": each.get("id"), **each["attributes"]} if isinstance(each.get("attributes"), dict) else each
        for each in listed
    ]


def _says_last(given: Any, number: int) -> bool:
    """Tell whether a page says itself that none follows; how many rows it has says nothing, a server may allow fewer."""
    if not isinstance(given, dict):
        return False
    links, meta = given.get("links"), given.get("meta")
    if isinstance(links, dict) and "next" in links:
        return not links["next"]
    last = meta.get("last_page") if isinstance(meta, dict) else None
    return isinstance(last, int) and not isinstance(last, bool) and number >= last


def _parameters(text: str) -> dict[str, str]:
    """Return what the export calls its parameters, by ours. Raises ValueError in words."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        ours, _, theirs = (part.strip() for part in line.partition("="))
        if ours not in _PARAMETERS or not theirs:
            raise ValueError(
                f"“{line.strip()[:60]}” is not of the form NAME = THEIRS; names are {', '.join(_PARAMETERS)}."
            )
        found[ours] = theirs
    return found


def _said(settings: Mapping[str, str], name: str) -> str:
    """Return what was typed, else what holds without."""
    field = next(each for each in FIELDS if each.name == name)
    return str(settings.get(name, "")).strip() or field.default


def _stands(cursor: str) -> dict[str, str]:
    given = json.loads(cursor) if cursor else {}
    return given if isinstance(given, dict) else {}


def _moment(written: object) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) and written else None


def _written(moment: datetime) -> str:
    """Return a moment as the vendor writes them, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
