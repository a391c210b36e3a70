"""A local Xero on a socket, its every answer judged by Xero's OpenAPI file, and Xero's own Python SDK connected to it."""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import urllib3
from xero_python.accounting import AccountingApi, Contact
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException

from localxero.testing import running

from . import documents
from .contract import Contract, Watch, WatchedXero, at_hand

ROOT = Path(__file__).parents[2]
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def contract():
    """Xero's OpenAPI file, or nothing where it is not at hand."""
    path = at_hand(ROOT)
    return Contract.read(path) if path else None


@pytest.fixture(scope="session")
def watch(contract):
    return Watch(contract)


@pytest.fixture(autouse=True)
def every_answer_keeps_to_the_contract(watch):
    yield
    assert watch.take() == []


@pytest.fixture(scope="module")
def server(watch):
    with running(xero=WatchedXero(watch, limits="off")) as made:
        yield made


@pytest.fixture
def xero(server):
    """The local Xero as new, its clock standing at noon of 20 November 2026."""
    server.xero.reset()
    server.xero.state.limits.set("off")
    server.xero.clock.freeze(NOON)
    return server.xero


@pytest.fixture
def tenant(xero):
    return xero.tenant_id("GB")


@pytest.fixture
def sdk(server, xero, tenant, monkeypatch):
    """The SDK's API client, connected to the British organisation, unchanged but for its addresses and its retries."""
    monkeypatch.setattr(TokenApi, "refresh_token_url", f"{server.url}/connect/token")
    monkeypatch.setattr(TokenApi, "revoke_token_url", f"{server.url}/connect/revocation")
    kept = xero.sign_in(tenant)
    kept["scope"] = kept["scope"].split()
    configuration = Configuration(oauth2_token=OAuth2Token(client_id="client", client_secret="secret"))
    client = ApiClient(configuration, oauth2_token_saver=kept.update, oauth2_token_getter=lambda: kept)
    client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(0)
    client.kept = kept
    yield client
    client.rest_client.pool_manager.clear()


@pytest.fixture
def accounting(sdk, server):
    return AccountingApi(sdk, base_url=f"{server.url}/api.xro/2.0")


@pytest.fixture
def company(xero, tenant):
    """The customer and supplier of most documents here."""
    return Contact(contact_id=xero.books(tenant).contact_named("Custom Gateway Orders").contact_id)


@pytest.fixture
def invoice_id(accounting, tenant, company):
    """An approved sales invoice over 120.00."""
    made = accounting.create_invoices(tenant, documents.invoices(documents.invoice(company)))
    return made.invoices[0].invoice_id


@pytest.fixture
def credit_id(accounting, tenant, company):
    """An approved credit note over 120.00 for the same customer."""
    made = accounting.create_credit_notes(tenant, documents.credit_notes(documents.credit_note(company)))
    return made.credit_notes[0].credit_note_id


@pytest.fixture
def payment_id(accounting, tenant, invoice_id):
    """50.00 paid on the invoice."""
    return accounting.create_payment(tenant, documents.payment(invoice_id, 50)).payments[0].payment_id


@pytest.fixture
def order_id(accounting, tenant, company):
    """An approved purchase order."""
    made = accounting.create_purchase_orders(tenant, documents.orders(documents.order(company)))
    return made.purchase_orders[0].purchase_order_id


@pytest.fixture
def books(xero, tenant):
    """What Xero holds of one kind, read past the API."""
    return lambda plural: xero.export(tenant)[plural]


@pytest.fixture
def http(server, xero, tenant):
    """A plain client of the accounting API, for what the SDK cannot ask."""
    token = xero.sign_in(tenant)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "xero-tenant-id": tenant, "Accept": "application/json"}
    with httpx2.Client(base_url=f"{server.url}/api.xro/2.0", headers=headers) as client:
        yield client


@pytest.fixture
def refused():
    """The block is refused by the SDK's exception for a 400, in these words and no others."""

    @contextmanager
    def check(*words):
        with pytest.raises(AccountingBadRequestException) as caught:
            yield
        elements = caught.value.error_data["Elements"]
        assert [error["Message"] for element in elements for error in element["ValidationErrors"]] == list(words)

    return check
