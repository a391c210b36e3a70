"""Apps as the developer portal has them: kinds, scopes, tiers, custom connections."""

import re
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from localkit.ids import seeded_id
from localxero.api import ROUTES
from localxero.oauth import App, AuthorizeError, ConsentError, RegistrationError
from localxero.oauth.asking import check_room, check_several, check_uncertified
from localxero.oauth.scopes import is_scope, opens
from localxero.testing import in_process, signed_in

CALLBACK = "https://app.example/cb"
SCOPES = "openid profile email offline_access accounting.invoices"


@pytest.fixture
def http(xero):
    with in_process(xero) as client:
        yield client


def app(client_id="shop", secret="s", **more):  # noqa: S107
    return App(client_id=client_id, client_secret=secret, name=client_id.title(), redirect_uris=(CALLBACK,), **more)


def asked(client_id="shop", scope=SCOPES):
    return {"response_type": "code", "client_id": client_id, "redirect_uri": CALLBACK, "scope": scope, "state": "s"}


def consent(http, tenants, client_id="shop", scope=SCOPES, **more):
    form = {"decision": "allow", "tenant": tenants}
    return http.post("/identity/connect/authorize", params=asked(client_id, scope) | more, data=form)


def tokens(http, answer, client_id="shop"):
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return http.post("/connect/token", data=form, auth=(client_id, "s")).json()


def credentials(http, client_id, secret="s", **form):  # noqa: S107
    body = {"grant_type": "client_credentials"} | form
    return http.post("/connect/token", data=body, auth=(client_id, secret))


def bearer(granted):
    return {"Authorization": f"Bearer {granted['access_token']}", "Accept": "application/json"}


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "broad", "may"),
        [
            ("accounting.invoices", False, True),
            ("accounting.invoices.read", False, True),
            ("accounting.banktransactions", False, True),
            ("accounting.reports.balancesheet.read", False, True),
            ("accounting.transactions", False, False),
            ("accounting.transactions", True, True),
            ("accounting.reports.read", False, False),
            ("accounting.reports.read", True, True),
            ("accounting.nonsense", True, False),
            ("app.connections", True, False),
        ],
    )
    def test_are_granular_for_new_apps(self, scope, broad, may):
        assert is_scope(scope, broad=broad) is may

    @pytest.mark.parametrize(
        ("held", "needed", "writing", "may"),
        [
            ("accounting.transactions", "accounting.invoices", True, True),
            ("accounting.transactions", "accounting.contacts", False, False),
            ("accounting.transactions.read", "accounting.payments", True, False),
            ("accounting.transactions.read", "accounting.payments", False, True),
        ],
    )
    def test_broad_ones_stand_for_granular_ones(self, held, needed, writing, may):
        assert opens((held,), needed, writing=writing) is may

    def test_broad_ones_are_refused_on_the_page_of_a_new_app(self, http, xero, gb):
        xero.register_app(app())
        page = consent(http, gb, scope="accounting.transactions")
        assert (page.status_code, "invalid_scope: accounting.transactions" in page.text) == (500, True)
        xero.register_app(app(broad_scopes=True))
        assert consent(http, gb, scope="accounting.transactions").status_code == 302

    def test_add_up_over_consents_until_revoked(self, http, xero, gb):
        xero.register_app(app())
        tokens(http, consent(http, gb))
        wider = tokens(http, consent(http, gb, scope="accounting.contacts.read"))
        assert wider["scope"] == f"{SCOPES} accounting.contacts.read"
        http.post("/connect/revocation", data={"token": wider["refresh_token"]}, auth=("shop", "s"))
        assert tokens(http, consent(http, gb, scope="accounting.contacts.read"))["scope"] == "accounting.contacts.read"

    def test_stay_in_a_token_as_they_were(self, http, xero, gb):
        xero.register_app(app())
        narrow = tokens(http, consent(http, gb))
        consent(http, gb, scope="accounting.contacts")
        form = {"grant_type": "refresh_token", "refresh_token": narrow["refresh_token"]}
        assert http.post("/connect/token", data=form, auth=("shop", "s")).json()["scope"] == SCOPES

    def test_profile_and_email_decide_what_the_id_token_says(self, http, xero, gb):
        xero.register_app(app())
        granted = tokens(http, consent(http, gb, scope="openid accounting.invoices"))
        claims = jwt.decode(granted["id_token"], options={"verify_signature": False})
        assert {"email", "given_name"} & claims.keys() == set()


class TestScopesOfEveryEndpoint:
    @pytest.mark.parametrize("route", ROUTES, ids=[route.path for route in ROUTES])
    def test_are_asked_for(self, xero, gb, route):
        path = re.sub(r"<\w+>", "x", route.path)
        with signed_in(xero, gb, scope="openid") as client:
            for method in route.methods:
                answer = client.request(method, path)
                assert (answer.status_code, answer.json()["Detail"]) == (401, "AuthorizationUnsuccessful")
        for scope in route.scopes:
            with signed_in(xero, gb, scope=f"{scope}.read") as client:
                for method in route.methods:
                    assert (client.request(method, path).status_code == 401) is (method != "GET")


class TestTiers:
    def test_cap_connections(self):
        starter = app(tier="starter")
        check_room(starter, {"1", "2", "3", "4"}, ["5"])
        check_room(starter, {"1", "2", "3", "4", "5"}, ["5"])
        with pytest.raises(AuthorizeError, match="at most 5"):
            check_room(starter, {"1", "2", "3", "4", "5"}, ["6"])
        check_room(app(tier="enterprise"), {str(number) for number in range(20_000)}, ["x"])

    def test_keep_several_at_once_for_advanced(self):
        check_several(app(tier="advanced"), ["1", "2"])
        for refused, wanted in ((app(tier="plus"), True), (app(tier="advanced"), False)):
            with pytest.raises(ConsentError):
                check_several(refused, ["1", "2"], wanted=wanted)

    def test_allow_an_organisation_two_uncertified_apps(self):
        others = [app("one"), app("two", tier="starter")]
        check_uncertified(app("one"), others, "Birch")
        check_uncertified(app("three", tier="plus"), others, "Birch")
        with pytest.raises(AuthorizeError, match="Birch has 2"):
            check_uncertified(app("three"), others, "Birch")

    def test_show_on_the_consent_page(self, http, xero, gb):
        for name in ("one", "two", "three"):
            xero.register_app(app(name))
        statuses = [consent(http, gb, name).status_code for name in ("one", "two", "three")]
        assert statuses == [302, 302, 500]
        assert consent(http, [gb, xero.tenant_id("AU")], "one").status_code == 400
        assert "location" not in consent(http, gb, "three").headers

    def test_decide_the_day_limit(self, xero, gb):
        xero.state.limits.set("live")
        xero.register_app(app(tier="starter"))
        with signed_in(xero, gb, client_id="shop") as client:
            assert client.get("/Organisation").headers["X-DayLimit-Remaining"] == "999"
        with signed_in(xero, gb) as client:
            assert client.get("/Organisation").headers["X-DayLimit-Remaining"] == "4999"


class TestCustomConnections:
    @pytest.fixture
    def own(self, xero, gb):
        return xero.register_app(app("own", tenant_id=gb))

    def test_get_a_token_without_anybody(self, http, own):
        granted = credentials(http, "own", scope="accounting.invoices accounting.contacts.read").json()
        assert granted.keys() == {"access_token", "expires_in", "token_type", "scope"}
        assert granted["scope"] == "accounting.invoices accounting.contacts.read"
        assert "xero_userid" not in jwt.decode(granted["access_token"], options={"verify_signature": False})

    def test_need_no_tenant_header(self, http, own, xero):
        headers = bearer(credentials(http, "own").json())
        answer = http.get("/api.xro/2.0/Organisation", headers=headers)
        assert answer.json()["Organisations"][0]["Name"] == "Birch & Bell Ltd"
        other = headers | {"xero-tenant-id": xero.tenant_id("AU")}
        assert http.get("/api.xro/2.0/Organisation", headers=other).status_code == 403

    def test_see_their_one_connection(self, http, own, gb):
        (only,) = http.get("/connections", headers=bearer(credentials(http, "own").json())).json()
        assert only["tenantId"] == gb

    def test_are_over_once_disconnected(self, http, own, xero, gb):
        headers = bearer(credentials(http, "own").json())
        xero.disconnect(gb, "own")
        assert http.get("/api.xro/2.0/Organisation", headers=headers).status_code == 403
        assert credentials(http, "own").json() == {"error": "unauthorized_client"}

    def test_have_no_consent_page(self, http, own):
        page = http.get("/identity/connect/authorize", params=asked("own"))
        assert page.status_code == 500

    def test_may_not_ask_for_what_is_none(self, http, own):
        refused = credentials(http, "own", scope="accounting.transactions")
        assert (refused.status_code, refused.json()) == (400, {"error": "invalid_scope"})

    def test_survive_a_reset(self, http, own, xero):
        xero.reset()
        assert credentials(http, "own").status_code == 200


class TestAppConnections:
    def test_are_listed_and_deleted_without_a_person(self, http, xero, gb):
        xero.register_app(app())
        xero.sign_in(gb, client_id="shop")
        headers = bearer(credentials(http, "shop", scope="app.connections").json())
        (only,) = http.get("/connections", headers=headers).json()
        inside = http.get("/api.xro/2.0/Organisation", headers=headers | {"xero-tenant-id": gb})
        assert inside.status_code == 403
        assert http.delete(f"/connections/{only['id']}", headers=headers).status_code == 204
        assert http.get("/connections", headers=headers).json() == []

    @pytest.mark.parametrize("scope", ["", "accounting.invoices", "app.connections accounting.invoices"])
    def test_are_all_a_web_app_may_ask_for_alone(self, http, xero, scope):
        xero.register_app(app())
        assert credentials(http, "shop", scope=scope).json() == {"error": "invalid_scope"}

    def test_are_not_for_apps_without_a_secret(self, http, xero):
        xero.register_app(app("native", None))
        assert credentials(http, "native", "", scope="app.connections").json() == {"error": "unauthorized_client"}


class TestRegistering:
    @pytest.mark.parametrize(
        "change",
        [
            {"redirect_uris": ("https://*.example/cb",)},
            {"redirect_uris": ("http://localhost.evil.example/cb",)},
            {"redirect_uris": tuple(f"https://a.example/{number}" for number in range(51))},
            {"tier": "golden"},
            {"client_id": " "},
            {"client_secret": None, "tenant_id": "t"},
        ],
    )
    def test_refuses_what_the_portal_refuses(self, xero, change):
        base = {"client_id": "a", "client_secret": "b", "name": "A"}
        with pytest.raises(RegistrationError):
            xero.register_app(App(**base | change))

    def test_makes_id_and_secret(self, http):
        made = http.post("/_local/apps", json={"name": "Made", "redirect_uris": [CALLBACK], "tier": "starter"}).json()
        assert len(made["client_id"]) == 32
        assert made["client_secret"]
        assert made["tier"] == "starter"

    def test_is_undone_with_all_that_was_granted(self, http, xero, gb):
        xero.register_app(app())
        headers = bearer(xero.sign_in(gb, client_id="shop")) | {"xero-tenant-id": gb}
        assert http.delete("/_local/apps/shop").status_code == 200
        assert http.get("/api.xro/2.0/Organisation", headers=headers).status_code == 401
        assert http.delete("/_local/apps/shop").status_code == 400

    def test_gives_the_same_ids_at_every_start(self, xero, gb):
        xero.sign_in(gb)
        assert next(iter(xero.state.identity.connections)) == seeded_id("identity", "connection", "2")
