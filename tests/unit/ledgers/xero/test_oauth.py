"""The words of consent and tokens, as Xero wants and says them (xero-rules.md 1)."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from oauthlib.oauth2 import InsecureTransportError

from daybook.ledgers.consent import App, Bases
from daybook.ledgers.xero import oauth
from daybook.wire.asks import Answer
from daybook.wire.errors import ConsentNeeded, Misconfigured, NotSent, Offline, Throttled, Unexpected

XERO = Bases("https://api.xero.com", "https://identity.xero.com", "https://login.xero.com")
HERE = Bases("http://localhost:8090", "http://localhost:8090", "http://localhost:8090")
APP = App("the-client", "the/secret", "http://localhost:8000/xero/callback")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def answer(status: int, body: object, **headers: str) -> Answer:
    return Answer(status, headers, json.dumps(body).encode())


def form(body: bytes) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(body.decode()).items()}


class TestTheConsentPage:
    def test_is_asked_with_state_challenge_and_the_exact_redirect_uri(self):
        verifier = oauth.new_code_verifier()
        url = urlsplit(oauth.authorize_url(XERO, APP, "s t/ate", verifier, oauth.SCOPES_BEFORE))
        asked = {key: values[0] for key, values in parse_qs(url.query).items()}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        assert f"{url.scheme}://{url.netloc}{url.path}" == "https://login.xero.com/identity/connect/authorize"
        assert asked == {
            "response_type": "code",
            "client_id": "the-client",
            "redirect_uri": "http://localhost:8000/xero/callback",
            "scope": "openid profile email offline_access accounting.invoices accounting.contacts "
            "accounting.settings.read accounting.attachments",
            "state": "s t/ate",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }

    def test_of_a_local_xero_may_be_plain_http(self):
        url = oauth.authorize_url(HERE, APP, "s", "v" * 43, ["openid"])
        assert url.startswith("http://localhost:8090/identity/connect/authorize?")

    def test_of_any_other_machine_may_not(self):
        elsewhere = Bases("http://xero.example", "http://xero.example", "http://xero.example")
        with pytest.raises(InsecureTransportError):
            oauth.authorize_url(elsewhere, APP, "s", "v" * 43, ["openid"])


class TestATokenRequest:
    def test_for_a_code_shows_the_app_by_basic_and_the_verifier_in_the_form(self):
        request = oauth.code_request(XERO, APP, "c0de", "v" * 43)
        assert (request.method, request.url) == ("POST", "https://identity.xero.com/connect/token")
        basic = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        assert basic == "the-client:the%2Fsecret"
        assert form(request.body) == {
            "grant_type": "authorization_code",
            "code": "c0de",
            "redirect_uri": "http://localhost:8000/xero/callback",
            "code_verifier": "v" * 43,
        }

    def test_for_the_next_pair_names_the_refresh_token_only(self):
        request = oauth.refresh_request(XERO, APP, "r3fresh")
        assert form(request.body) == {"grant_type": "refresh_token", "refresh_token": "r3fresh"}


class TestATokenAnswer:
    def test_gives_both_tokens_and_their_end(self):
        tokens = oauth.read_tokens(
            answer(
                200,
                {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "token_type": "Bearer", "scope": "x y"},
            ),
            NOW,
        )
        assert (tokens.access_token, tokens.refresh_token, tokens.scope) == ("a", "r", "x y")
        assert tokens.expires_at == NOW + timedelta(minutes=30)

    def test_never_shows_its_tokens(self):
        body = {"access_token": "acc-ess", "refresh_token": "ref-resh", "token_type": "Bearer"}
        shown = repr(oauth.read_tokens(answer(200, body), NOW))
        assert "acc-ess" not in shown
        assert "ref-resh" not in shown

    def test_that_is_cut_off_may_be_asked_for_again(self):
        with pytest.raises(NotSent):
            oauth.read_tokens(Answer(200, {}, b'{"access_tok'), NOW)

    def test_without_a_refresh_token_is_not_what_we_asked_for(self):
        with pytest.raises(Unexpected, match="offline_access"):
            oauth.read_tokens(answer(200, {"access_token": "a", "token_type": "Bearer"}), NOW)

    def test_saying_invalid_grant_is_the_only_one_that_needs_consent(self):
        with pytest.raises(ConsentNeeded):
            oauth.read_tokens(answer(400, {"error": "invalid_grant"}), NOW)

    @pytest.mark.parametrize(
        "problem", ["invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"]
    )
    @pytest.mark.parametrize("status", [400, 401])
    def test_about_the_app_sends_a_person_to_the_apps_settings(self, problem, status):
        with pytest.raises(Misconfigured) as caught:
            oauth.read_tokens(answer(status, {"error": problem}), NOW)
        assert caught.value.problem == problem

    def test_each_fault_of_the_app_has_words_of_its_own(self):
        words = set()
        for problem in ("invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"):
            with pytest.raises(Misconfigured) as caught:
                oauth.read_tokens(answer(400, {"error": problem}), NOW)
            words.add(caught.value.words)
        assert len(words) == 4

    @pytest.mark.parametrize(
        ("status", "expected"), [(500, NotSent), (502, NotSent), (503, Offline), (429, Throttled), (418, Unexpected)]
    )
    def test_that_says_nothing_about_the_tokens_leaves_them_alone(self, status, expected):
        with pytest.raises(expected):
            oauth.read_tokens(Answer(status, {"retry-after": "9"}, b"<html>"), NOW)


class TestConnections:
    def test_are_asked_for_one_consent_where_it_is_known(self):
        request = oauth.connections_request(XERO, "a", "e/1")
        assert request.url == "https://api.xero.com/connections?authEventId=e%2F1"
        assert oauth.connections_request(XERO, "a").url == "https://api.xero.com/connections"

    def test_keep_organisations_only(self):
        rows = [
            {"id": "1", "tenantId": "t1", "tenantType": "ORGANISATION", "tenantName": "Acme"},
            {"id": "2", "tenantId": "t2", "tenantType": "PRACTICE", "tenantName": "Accountants"},
            {"id": "3", "tenantId": "t3", "tenantType": "ORGANISATION", "tenantName": None},
        ]
        assert [(tenant.their_id, tenant.name) for tenant in oauth.read_connections(answer(200, rows))] == [
            ("t1", "Acme"),
            ("t3", ""),
        ]

    def test_of_another_form_are_not_guessed_at(self):
        with pytest.raises(Unexpected):
            oauth.read_connections(answer(200, {"connections": []}))

    def test_are_left_by_their_own_id(self):
        request = oauth.delete_connection_request(XERO, "a", "c1")
        assert (request.method, request.url) == ("DELETE", "https://api.xero.com/connections/c1")


class TestTheConsentsName:
    def test_stands_in_the_access_token(self):
        claims = base64.urlsafe_b64encode(b'{"authentication_event_id":"e1"}').decode().rstrip("=")
        assert oauth.authentication_event_id(f"head.{claims}.signature") == "e1"

    @pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.e30.c", "a.W10.c", "a.\u00e9.c"])
    def test_is_empty_where_the_token_does_not_say(self, token):
        assert oauth.authentication_event_id(token) == ""
