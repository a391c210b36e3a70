"""A local Xero on a socket, and Xero's own Python SDK connected to it by walking through consent."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import urllib3
from xero_python.accounting import AccountingApi, Contact
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi

from localxero.testing import running

CALLBACK = "http://localhost:8123/callback"
SCOPE = (
    "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings "
    "accounting.payments accounting.attachments"
)


@pytest.fixture(scope="module")
def server():
    with running() as made:
        yield made


@pytest.fixture
def xero(server):
    server.xero.reset()
    server.xero.state.limits.set("off")
    return server.xero


def first_tokens(url, tenant_id):
    """Walk through consent as a plain HTTP client: read the form, send it, take the code, exchange it."""
    asked = {"response_type": "code", "client_id": "client", "redirect_uri": CALLBACK, "scope": SCOPE, "state": "s"}
    page = httpx2.get(f"{url}/identity/connect/authorize", params=asked)
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    assert form.keys() >= asked.keys()
    answer = httpx2.post(f"{url}/identity/connect/authorize", data=asked | {"tenant": tenant_id, "decision": "allow"})
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return httpx2.post(f"{url}/connect/token", data=body, auth=("client", "secret")).json()


@pytest.fixture
def sdk(server, xero, monkeypatch):
    """The SDK's API client, connected to the British organisation."""
    monkeypatch.setattr(TokenApi, "refresh_token_url", f"{server.url}/connect/token")
    monkeypatch.setattr(TokenApi, "revoke_token_url", f"{server.url}/connect/revocation")
    kept = first_tokens(server.url, xero.tenant_id("GB"))
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
def tenant(xero):
    return xero.tenant_id("GB")


@pytest.fixture
def company(accounting, tenant):
    found = accounting.get_contacts(tenant, where='Name=="Custom Gateway Orders"').contacts
    assert len(found) == 1
    return Contact(contact_id=found[0].contact_id)
