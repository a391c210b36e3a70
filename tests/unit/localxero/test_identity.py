import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from localxero.testing import in_process

CALLBACK = "http://localhost:8123/callback"
SCOPES = "openid profile email offline_access accounting.invoices accounting.settings.read"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def http(xero):
    with in_process(xero) as client:
        yield client


@pytest.fixture
def request_():
    return {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": CALLBACK,
        "scope": SCOPES,
        "state": "s-1",
    }


def consent(http, asked, tenant, **form):
    answer = http.post("/identity/connect/authorize", params=asked, data={"decision": "allow", "tenant": tenant} | form)
    assert answer.status_code == 302, answer.text
    return {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchange(http, code, **form):
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | form
    return http.post("/connect/token", data=body, auth=("client", "secret"))


def refresh(http, token):
    body = {"grant_type": "refresh_token", "refresh_token": token}
    return http.post("/connect/token", data=body, auth=("client", "secret"))


@pytest.fixture
def tokens(http, request_, gb):
    return exchange(http, consent(http, request_, gb)["code"]).json()


class TestConsent:
    def test_shows_app_scopes_people_and_organisations(self, http, request_):
        page = http.get("/identity/connect/authorize", params=request_)
        assert page.status_code == 200
        assert page.headers["x-frame-options"] == "DENY"
        for words in ("Daybook (local)", "Birch &amp; Bell Ltd", "Southern Print Co", "Ada Birch", "Stay connected"):
            assert words in page.text

    def test_comes_back_with_code_and_state(self, http, request_, gb):
        back = consent(http, request_, gb)
        assert back["state"] == "s-1"
        assert back["code"]

    def test_denied_comes_back_with_access_denied(self, http, request_, gb):
        assert consent(http, request_, gb, decision="deny")["error"] == "access_denied"

    @pytest.mark.parametrize(
        "change",
        [
            {"client_id": "nobody"},
            {"redirect_uri": CALLBACK + "/"},
            {"response_type": "token"},
            {"scope": "accounting.transactions"},
            {"scope": "accounting.invoices nonsense"},
            {"scope": ""},
            {"code_challenge": "x", "code_challenge_method": "plain"},
        ],
    )
    def test_never_redirects_a_wrong_request(self, http, request_, change):
        answer = http.get("/identity/connect/authorize", params=request_ | change)
        assert answer.status_code == 500
        assert "location" not in answer.headers

    def test_asks_again_when_no_organisation_was_chosen(self, http, request_):
        answer = http.post("/identity/connect/authorize", params=request_, data={"decision": "allow"})
        assert answer.status_code == 400


class TestCodes:
    def test_give_a_token_set(self, tokens):
        assert tokens["expires_in"] == 1800
        assert tokens["token_type"] == "Bearer"
        claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert claims["exp"] - claims["nbf"] == 1800
        assert {"authentication_event_id", "xero_userid", "client_id", "scope"} <= claims.keys()
        assert {"refresh_token", "id_token"} <= tokens.keys()

    def test_are_signed_with_the_published_key(self, http, tokens):
        (key,) = http.get("/.well-known/openid-configuration/jwks").json()["keys"]
        claims = jwt.decode(
            tokens["id_token"],
            jwt.PyJWK(key),
            algorithms=["RS256"],
            audience="client",
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        assert claims["email"] == "ada@birchandbell.example"

    def test_without_offline_access_give_no_refresh_token(self, http, request_, gb):
        code = consent(http, request_ | {"scope": "accounting.invoices"}, gb)["code"]
        assert "refresh_token" not in exchange(http, code).json()

    def test_are_used_once(self, http, request_, gb):
        code = consent(http, request_, gb)["code"]
        assert exchange(http, code).status_code == 200
        assert exchange(http, code).json() == {"error": "invalid_grant"}

    def test_live_five_minutes(self, http, request_, gb, xero):
        code = consent(http, request_, gb)["code"]
        xero.clock.advance(301)
        assert exchange(http, code).json() == {"error": "invalid_grant"}

    @pytest.mark.parametrize("verifier", [None, "short", "w" * 64])
    def test_are_bound_to_their_verifier(self, http, request_, gb, verifier):
        asked = request_ | {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        form = {"code_verifier": verifier} if verifier else {}
        assert exchange(http, consent(http, asked, gb)["code"], **form).json() == {"error": "invalid_grant"}

    def test_open_with_the_right_verifier(self, http, request_, gb):
        asked = request_ | {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        assert exchange(http, consent(http, asked, gb)["code"], code_verifier=VERIFIER).status_code == 200


class TestTokenErrors:
    @pytest.mark.parametrize(
        ("form", "auth", "error"),
        [
            ({"grant_type": "refresh_token", "refresh_token": "x"}, ("client", "wrong"), "invalid_client"),
            ({"grant_type": "refresh_token", "refresh_token": "x"}, ("nobody", "x"), "invalid_client"),
            ({"grant_type": "refresh_token", "refresh_token": "x"}, None, "unauthorized_client"),
            ({"grant_type": "refresh_token", "refresh_token": "x"}, ("client", "secret"), "invalid_grant"),
            ({"grant_type": "refresh_token"}, ("client", "secret"), "invalid_request"),
            ({"grant_type": "password"}, ("client", "secret"), "unsupported_grant_type"),
            ({}, ("client", "secret"), "unsupported_grant_type"),
            ({"grant_type": "authorization_code", "code": "x"}, ("client", "secret"), "invalid_request"),
        ],
    )
    def test_are_those_of_xero(self, http, form, auth, error):
        answer = http.post("/connect/token", data=form, auth=auth)
        assert (answer.status_code, answer.json()) == (400, {"error": error})

    def test_credentials_may_come_in_the_form(self, http, tokens):
        body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        answer = http.post("/connect/token", data=body | {"client_id": "client", "client_secret": "secret"})
        assert answer.status_code == 200


class TestRefreshing:
    def test_rotates(self, http, tokens):
        after = refresh(http, tokens["refresh_token"]).json()
        assert after["refresh_token"] != tokens["refresh_token"]
        assert after["access_token"] != tokens["access_token"]

    def test_gives_half_an_hour_of_grace(self, http, tokens, xero):
        refresh(http, tokens["refresh_token"])
        xero.clock.advance(29 * 60)
        assert refresh(http, tokens["refresh_token"]).status_code == 200
        xero.clock.advance(60)
        assert refresh(http, tokens["refresh_token"]).json() == {"error": "invalid_grant"}

    def test_ends_after_sixty_days_unused(self, http, tokens, xero):
        xero.clock.advance(60 * 86_400 - 1)
        after = refresh(http, tokens["refresh_token"]).json()
        xero.clock.advance(60 * 86_400)
        assert refresh(http, after["refresh_token"]).json() == {"error": "invalid_grant"}


class TestConnections:
    def bearer(self, tokens):
        return {"Authorization": f"Bearer {tokens['access_token']}"}

    def test_are_a_bare_array(self, http, tokens, gb):
        (only,) = http.get("/connections", headers=self.bearer(tokens)).json()
        assert (only["tenantId"], only["tenantType"], only["tenantName"]) == (gb, "ORGANISATION", "Birch & Bell Ltd")
        claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert only["authEventId"] == claims["authentication_event_id"]

    def test_are_filtered_by_consent(self, http, tokens, request_, xero):
        au = xero.tenant_id("AU")
        later = exchange(http, consent(http, request_, au)["code"]).json()
        claims = jwt.decode(later["access_token"], options={"verify_signature": False})
        everything = http.get("/connections", headers=self.bearer(later)).json()
        assert len(everything) == 2
        params = {"authEventId": claims["authentication_event_id"]}
        (only,) = http.get("/connections", params=params, headers=self.bearer(later)).json()
        assert only["tenantId"] == au

    def test_are_deleted_once(self, http, tokens):
        (only,) = http.get("/connections", headers=self.bearer(tokens)).json()
        statuses = [
            http.delete(f"/connections/{only['id']}", headers=self.bearer(tokens)).status_code for _ in range(2)
        ]
        assert statuses == [204, 404]

    def test_show_a_reconnect_by_their_dates(self, http, tokens, request_, gb, xero):
        xero.clock.advance(5)
        later = exchange(http, consent(http, request_, gb)["code"]).json()
        (only,) = http.get("/connections", headers=self.bearer(later)).json()
        assert only["createdDateUtc"] != only["updatedDateUtc"]

    def test_all_go_with_a_revoked_refresh_token(self, http, tokens):
        answer = http.post("/connect/revocation", data={"token": tokens["refresh_token"]}, auth=("client", "secret"))
        assert answer.status_code == 200
        assert http.get("/connections", headers=self.bearer(tokens)).status_code == 401
        assert refresh(http, tokens["refresh_token"]).json() == {"error": "invalid_grant"}


class TestRegistering:
    @pytest.mark.parametrize("uri", ["http://127.0.0.1:8000/cb", "http://shop.example/cb"])
    def test_refuses_redirect_uris_as_xero_does(self, http, uri):
        answer = http.post("/_local/apps", json={"client_id": "a", "client_secret": "b", "redirect_uris": [uri]})
        assert answer.status_code == 400


class TestWhoSomebodyIs:
    def test_is_told_without_connecting_an_organisation(self, http, request_, xero):
        asked = request_ | {"scope": "openid profile email"}
        page = http.get("/identity/connect/authorize", params=asked).text
        assert "It asks for no organisation" in page
        assert "Southern Print" not in page.split("<form")[1]
        answer = http.post("/identity/connect/authorize", params=asked, data={"decision": "allow"})
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        given = exchange(http, code).json()
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        assert http.get("/connections", headers=headers).json() == []
        assert "refresh_token" not in given
        who = http.get("/connect/userinfo", headers=headers).json()
        assert (who["name"], who["email"]) == ("Ada Birch", "ada@birchandbell.example")

    def test_is_told_as_far_as_the_scopes_go(self, http, xero, gb):
        for scope, status, fields in (
            ("openid accounting.settings", 200, {"sub", "xero_userid"}),
            ("openid email accounting.settings", 200, {"sub", "xero_userid", "email"}),
            ("accounting.settings", 401, set()),
        ):
            token = xero.sign_in(gb, scope=scope)["access_token"]
            answer = http.get("/connect/userinfo", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == status
            assert not fields or set(answer.json()) == fields

    def test_is_tied_to_the_access_token(self, tokens):
        claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
        digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
        assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def test_is_described_where_clients_look_for_it(self, http):
        described = http.get("/.well-known/openid-configuration").json()
        assert described["userinfo_endpoint"] == "http://localhost/connect/userinfo"
        assert {"app.connections", "accounting.invoices.read"} <= set(described["scopes_supported"])
        (key,) = http.get("/.well-known/openid-configuration/jwks").json()["keys"]
        assert "key_ops" not in key

    def test_cannot_be_revoked_without_a_token(self, http):
        answer = http.post("/connect/revocation", auth=("client", "secret"))
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})

    def test_is_not_decided_by_looking(self, http, request_, gb):
        asked = request_ | {"decision": "allow", "tenant": gb}
        assert http.head("/identity/connect/authorize", params=asked).status_code == 200

    def test_wants_a_challenge_of_some_length(self, http, request_):
        asked = request_ | {"code_challenge": "abc", "code_challenge_method": "S256"}
        assert http.get("/identity/connect/authorize", params=asked).status_code == 500
