"""Identity over a socket: consent, tokens, connections, by Xero's own SDK and where it does not reach by plain HTTP."""

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions.http_status_exceptions import HTTPStatusException
from xero_python.identity import IdentityApi

from localxero.oauth import App

pytestmark = pytest.mark.filterwarnings("ignore")

CALLBACK = "http://localhost:8123/callback"
SECRET = ("client", "secret")
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def identity(sdk, server):
    return IdentityApi(sdk, base_url=server.url)


@pytest.fixture(scope="module")
def web(server):
    """A browser, or an app's plain HTTP client, outside the accounting API."""
    with httpx2.Client(base_url=server.url) as client:
        yield client


@pytest.fixture
def consent(web, xero, tenant):
    """Walk through consent: read the form, send it back with a choice, and return what the redirect carries."""

    def walk(**change):
        asked = {"response_type": "code", "client_id": "client", "redirect_uri": CALLBACK, "state": "s-1"}
        asked |= {"scope": "openid offline_access accounting.settings"} | change
        page = web.get("/identity/connect/authorize", params=asked)
        form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        assert form.keys() >= asked.keys()
        answer = web.post("/identity/connect/authorize", data=form | asked | {"tenant": tenant, "decision": "allow"})
        location = urlsplit(answer.headers["location"])
        assert location.geturl().startswith(CALLBACK)
        return {name: values[0] for name, values in parse_qs(location.query).items()}

    return walk


@pytest.fixture
def exchange(web):
    """Ask the token endpoint."""
    return lambda auth=SECRET, **form: web.post("/connect/token", data=form, auth=auth)


class TestTheSdk:
    def test_lists_the_connection(self, identity, tenant):
        (only,) = identity.get_connections()
        assert (only.tenant_id, only.tenant_type, only.tenant_name) == (tenant, "ORGANISATION", "Birch & Bell Ltd")

    def test_lists_those_of_one_consent(self, identity, xero):
        (first,) = identity.get_connections()
        xero.sign_in(xero.tenant_id("AU"))
        assert len(identity.get_connections()) == 2
        (alone,) = identity.get_connections(auth_event_id=first.auth_event_id)
        assert alone.id == first.id

    def test_deletes_the_connection_once(self, identity, accounting, tenant):
        (only,) = identity.get_connections()
        identity.delete_connection(only.id)
        assert identity.get_connections() == []
        with pytest.raises(HTTPStatusException) as refused:
            identity.delete_connection(only.id)
        assert refused.value.status == 404
        with pytest.raises(HTTPStatusException) as refused:
            accounting.get_organisations(tenant)
        assert refused.value.status == 403

    def test_refreshes_by_itself(self, sdk, accounting, tenant):
        before = dict(sdk.kept)
        sdk.kept["expires_at"] = 1
        assert accounting.get_organisations(tenant).organisations
        assert sdk.kept["access_token"] != before["access_token"]
        assert sdk.kept["refresh_token"] != before["refresh_token"]

    def test_is_refused_a_token_that_was_never_given(self, sdk, accounting, tenant):
        sdk.kept |= {"expires_at": 1, "refresh_token": "nonsense"}
        with pytest.raises(Exception, match="invalid_grant"):
            accounting.get_organisations(tenant)

    def test_revokes_everything(self, sdk, accounting, tenant):
        token = OAuth2Token(client_id="client", client_secret="secret")
        token.update_token(**{key: sdk.kept[key] for key in ("access_token", "scope", "expires_in", "token_type")})
        token.refresh_token = sdk.kept["refresh_token"]
        assert token.revoke_access_token(sdk)
        with pytest.raises(HTTPStatusException) as refused:
            accounting.get_organisations(tenant)
        assert refused.value.status == 401


class TestConsent:
    def test_leads_to_the_organisation(self, consent, exchange, web, tenant):
        back = consent()
        assert back["state"] == "s-1"
        tokens = exchange(grant_type="authorization_code", code=back["code"], redirect_uri=CALLBACK).json()
        assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 1800)
        assert {"access_token", "refresh_token", "id_token"} <= tokens.keys()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert [each["tenantId"] for each in web.get("/connections", headers=bearer).json()] == [tenant]
        asked = bearer | {"xero-tenant-id": tenant, "Accept": "application/json"}
        assert web.get("/api.xro/2.0/Organisation", headers=asked).status_code == 200

    def test_shows_a_page_and_never_redirects_what_is_asked_wrongly(self, web, xero):
        asked = {
            "response_type": "code",
            "client_id": "client",
            "redirect_uri": "http://elsewhere.example/",
            "scope": "openid",
        }
        answer = web.get("/identity/connect/authorize", params=asked)
        assert (answer.status_code, "location" in answer.headers) == (500, False)

    def test_of_a_native_app_needs_no_secret_but_the_verifier(self, consent, exchange, xero):
        xero.register_app(App(client_id="native", name="Native", client_secret=None, redirect_uris=(CALLBACK,)))
        form = {"grant_type": "authorization_code", "client_id": "native", "redirect_uri": CALLBACK}
        challenge = {"client_id": "native", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        for verifier, status in (("w" * 64, 400), (VERIFIER, 200)):
            code = consent(**challenge)["code"]
            assert exchange(auth=None, **form, code=code, code_verifier=verifier).status_code == status


class TestTokenErrors:
    """Each code of xero-rules.md 1.5."""

    @pytest.mark.parametrize(
        ("error", "auth", "form"),
        [
            ("invalid_grant", SECRET, {"grant_type": "refresh_token", "refresh_token": "never given"}),
            ("invalid_grant", SECRET, {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}),
            ("invalid_client", ("client", "wrong"), {"grant_type": "refresh_token", "refresh_token": "x"}),
            ("unauthorized_client", None, {"grant_type": "refresh_token", "refresh_token": "x"}),
            ("invalid_scope", SECRET, {"grant_type": "client_credentials", "scope": "nonsense"}),
            ("unsupported_grant_type", SECRET, {"grant_type": "password"}),
            ("invalid_request", SECRET, {"grant_type": "refresh_token"}),
        ],
    )
    def test_are_json(self, exchange, xero, error, auth, form):
        answer = exchange(auth=auth, **form)
        assert (answer.status_code, answer.json()) == (400, {"error": error})

    def test_say_that_a_code_was_used(self, consent, exchange):
        form = {"grant_type": "authorization_code", "code": consent()["code"], "redirect_uri": CALLBACK}
        assert exchange(**form).status_code == 200
        assert exchange(**form).json() == {"error": "invalid_grant"}

    def test_do_not_touch_the_tokens_when_identity_is_down(self, sdk, xero, accounting, tenant):
        xero.add_fault("identity_down", times=1)
        before = dict(sdk.kept) | {"expires_at": 1}
        sdk.kept["expires_at"] = 1
        with pytest.raises(Exception, match="503"):
            accounting.get_organisations(tenant)
        assert sdk.kept == before
        assert accounting.get_organisations(tenant).organisations
