"""PURE: how people let Daybook into Slate (RFC 6749, 4.1), and what an organisation has there.

/authorize, /token and /revoke at the login; GET /slates, /facts, /accounts, /rates and /contacts at the API.
"""

import base64
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from daybook.ledgers.consent import App, Bases, Consent, Offered, Tokens
from daybook.ledgers.lists import ACTIVE, Account, AccountUse, Contact, Listing, ListName, Lists, Organisation, TaxRate
from daybook.ledgers.talk import Talk
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import ConsentNeeded, Misconfigured, NotSent, Unexpected

USES = {"income": AccountUse.SALES, "cost": AccountUse.COST, "stock": AccountUse.STOCK}


def page(bases: Bases, app: App, state: str, verifier: str, scopes: Sequence[str]) -> str:
    """Return the address of the consent page."""
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "scope": " ".join(scopes),
    }
    return f"{bases.login}/authorize?{urlencode(asked | {'state': state})}"


def redeem(bases: Bases, app: App, code: str, verifier: str) -> Request:
    """Return what turns a code into tokens."""
    return _token(bases, app, grant_type="authorization_code", code=code, redirect_uri=app.redirect_uri)


def refresh(bases: Bases, app: App, refresh_token: str) -> Request:
    """Return what turns a refresh token into the next pair."""
    return _token(bases, app, grant_type="refresh_token", refresh_token=refresh_token)


def _token(bases: Bases, app: App, **fields: str) -> Request:
    pair = base64.b64encode(f"{quote(app.client_id)}:{quote(app.client_secret)}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", f"{bases.identity}/token", headers, urlencode(fields).encode())


def read_tokens(answer: Answer, asked_at: datetime) -> Tokens:
    """Return what is granted. Raises as `Consent.read_tokens` says."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        raise NotSent("half an answer", answer.status) from None
    match said.get("error"):
        case "invalid_grant":
            raise ConsentNeeded("invalid_grant", answer.status)
        case "invalid_client":
            raise Misconfigured("Slate does not know this app.", answer.status, problem="invalid_client")
        case str(word):
            raise Unexpected(word, answer.status)
    lives = timedelta(seconds=said["expires_in"])
    return Tokens(said["access_token"], said["refresh_token"], asked_at + lives, said.get("scope", ""))


def reached(bases: Bases, granted: Tokens, query: Mapping[str, str]) -> Talk[tuple[Offered, ...]]:
    """Return the slate that the browser came back with; asked for where it names none."""
    if slate := query.get("slate"):
        return (Offered(slate, query.get("name", slate)),)
    return (yield from still_reached(bases, granted.access_token))


def still_reached(bases: Bases, access_token: str) -> Talk[tuple[Offered, ...]]:
    """Ask for the slates that a token reaches."""
    answer = yield Request("GET", f"{bases.api}/slates", {"Authorization": f"Bearer {access_token}"})
    if answer.status != 200:
        raise Unexpected("no list of slates", answer.status)
    return tuple(Offered(row["id"], row["name"]) for row in json.loads(answer.body))


def leave(bases: Bases, access_token: str, link_id: str) -> Request:
    """Return what ends the token, and with it the only way to the slate."""
    return Request("POST", f"{bases.identity}/revoke", {"Authorization": f"Bearer {access_token}"})


CONSENT = Consent(
    page=page,
    verifier=lambda: "",
    redeem=redeem,
    refresh=refresh,
    read_tokens=read_tokens,
    reached=reached,
    still_reached=still_reached,
    leave=leave,
    has_left=lambda answer: answer.status in {200, 404},
    over="Slate no longer accepts the consent that was given.",
    app_cure="Copy the Client ID and Client Secret from Slate again.",
    scope_cure="Let the app write on slates.",
    nothing_reached="Make a slate first.",
)


def organisation() -> Talk[tuple[Organisation, datetime | None]]:
    """Ask for the slate's facts."""
    answer = yield Request("GET", "/facts", {})
    said = json.loads(answer.body)
    facts = Organisation(
        name=said["name"], country_code=said["country"], base_currency=said["currency"], time_zone=said["zone"]
    )
    return facts, None


def _whole(path: str, read: Callable[[Mapping[str, str]], Any]) -> Callable[[datetime | None], Talk[Listing]]:
    def ask(since: datetime | None) -> Talk[Listing]:
        answer = yield Request("GET", path, {})
        return Listing([read(row) for row in json.loads(answer.body)], None)

    return ask


def _account(row: Mapping[str, str]) -> Account:
    return Account(
        account_id=row["code"],
        code=row["code"],
        name=row["name"],
        type=row["use"],
        use=USES.get(row["use"], AccountUse.NONE),
        tax_type="",
        status=ACTIVE,
    )


def _rate(row: Mapping[str, str]) -> TaxRate:
    return TaxRate(
        tax_type=row["code"],
        name=row["name"],
        status=ACTIVE,
        effective_rate=Decimal(row["percent"]),
        applies_to_revenue=True,
        applies_to_expenses=True,
        applies_to_assets=False,
    )


def _contacts(query: str) -> Talk[list[Contact]]:
    answer = yield Request("GET", f"/contacts?{query}", {})
    return [Contact(contact_id=row["id"], name=row["name"], status=ACTIVE) for row in json.loads(answer.body)]


def by_id(ids: Collection[str]) -> Talk[list[Contact]]:
    """Ask for contacts by their ids."""
    return (yield from _contacts(urlencode({"ids": ",".join(ids)})))


def by_name(name: str) -> Talk[list[Contact]]:
    """Ask for contacts by their name."""
    return (yield from _contacts(urlencode({"name": name})))


LISTS = Lists(
    organisation=organisation,
    whole={ListName.ACCOUNTS: _whole("/accounts", _account), ListName.TAX_RATES: _whole("/rates", _rate)},
    only_changes=frozenset(),
    contacts_by_id=by_id,
    contacts_by_name=by_name,
    usual_accounts={"sales_account": "1"},
)
