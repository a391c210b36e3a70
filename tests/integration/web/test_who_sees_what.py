"""Every address of a company: 404 for strangers, 403 for too small a role, the log-in page for nobody."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from daybook.companies import people
from daybook.companies.models import Company, Membership, SavedView
from daybook.connections.models import Gateway, PostingRule
from daybook.web import urls, ways_back
from tests.integration.web.conftest import PASSWORD, take_in

pytestmark = pytest.mark.django_db

ONE = "one of several: "
"""Before the name of an address that names a connection; without it the company's first is meant."""
ARGUMENTS = {
    "order": "order",
    "order-date": "order",
    "order-same-sale": "order",
    "document": "document",
    "document-retry": "document",
    "document-cancel": "document",
    "document-keep": "document",
    "document-preview": "document",
    "document-settle": "document",
    "document-look": "document",
    "document-restore": "document",
    "document-again": "document",
    "document-done": "document",
    "document-approve": "document",
    "cost-delete": "cost",
    "key-revoke": "key",
    "people-role": "person",
    "people-remove": "person",
    "people-address": "person",
    "people-withdraw": "invitation",
    "feed": "feed",
    "feed-rules": "feed",
    "feed-close": "feed",
    "feed-open": "feed",
    "feed-secret": "feed",
    **dict.fromkeys(
        (
            "feed-page",
            "feed-test",
            "feed-pull",
            "feed-pause",
            "feed-resume",
            "feed-backfill",
            "feed-backfill-stop",
            "feed-backfill-continue",
            "feed-pair",
            "feed-brings",
            "feed-end-overlap",
        ),
        "feed",
    ),
    **dict.fromkeys(("delivery", "delivery-raw", "delivery-replay", "delivery-aside"), "delivery"),
    **dict.fromkeys(("filesin-feed", "filesin-test", "filesin-trust"), "files_feed"),
    **dict.fromkeys(
        ("filesin-file", "filesin-columns", "filesin-take", "filesin-aside", "filesin-original", "filesin-refused"),
        "file",
    ),
    "connection-reopen": "connection",
    "order-refund": "order",
} | {f"{ONE}{pattern.name}": "connection" for pattern in urls.of_a_connection}
"""What an address names besides its company."""
MORE = {
    "feed-set-up": ["kornitx"],
    "feed-secret": ["callback"],
    "feed-end-overlap": ["callback"],
    **{name: [1] for name in ("rule", "rule-delete", "rule-move", "gateway-account", "gateway-fees")},
    "rule-set": ["uk"],
    "settings-room": ["connect"],
    "settings-restore": ["tax"],
    "wizard-step": ["tax"],
    "view-delete": [1],
    "needs-group": ["contact_archived"],
    **{name: ["csv"] for name in ("documents-file", "orders-file", "dryrun-file")},
}
NAMES = [
    *(pattern.name for pattern in (*urls.of_a_company, *urls.of_a_connection) if hasattr(pattern, "name")),
    *(f"{ONE}{pattern.name}" for pattern in urls.of_a_connection),
]
OWNERS_ONLY = {name for name in NAMES if name.startswith(("key", "people"))}
LOOKS = {
    "overview",
    "needs",
    "orders",
    "orders-file",
    "documents-file",
    "order",
    "documents",
    "document",
    "document-preview",
    "connection",
    "settings-example",
    "costs",
    "banner",
    "log",
    "log-file",
    "tour",
    "feeds",
    "feed-page",
    "inbox",
    "delivery",
    "delivery-raw",
    "payments",
    "payments-month",
    "proof",
    "dryrun",
    "dryrun-file",
}
LOOKS |= {"filesin", "filesin-feed", "filesin-file", "filesin-original", "filesin-refused"}
LOOKS |= {
    f"{each}{name}"
    for each in ("", ONE)
    for name in ("connection", "rules", "settings-example", "settings-room", "wizard", "wizard-step")
}
OWN = {"view-save", "view-delete"}
"""What everybody may change: it is their own, and nobody else sees it."""
COMPARES = {"log-head"}
"""Sent like a form, and changes nothing."""
NO_PAGES = {"banner", "settings-example", "contacts-pick", f"{ONE}settings-example", f"{ONE}contacts-pick"}
"""Parts of pages, that no person opens by themselves."""
CHANGES = [name for name in NAMES if name not in LOOKS | COMPARES | OWN]
PREPARES = {"filesin-upload", "filesin-columns", "filesin-aside", "order-refund"}
"""What a clerk may send besides giving out what waits (`needs-group`): nothing of it releases a document."""


def address(name: str, company: str, things) -> str:
    named = [getattr(things, ARGUMENTS[name])] if name in ARGUMENTS else []
    return reverse(f"web:{name.removeprefix(ONE)}", args=[company, *named, *MORE.get(name.removeprefix(ONE), [])])


class TestAStranger:
    def test_finds_nothing_of_another_company(self, logged_in, birch, things):
        client, theirs = logged_in("owner"), things(birch)

        for name in NAMES:
            url = address(name, birch.company.public_id, theirs)
            assert client.get(url).status_code == 404, name
            assert client.post(url, {"cause": "x", "document": theirs.document}).status_code == 404, name

    def test_finds_nothing_of_another_company_under_their_own(self, logged_in, acme, birch, things):
        client, theirs = logged_in("owner"), things(birch)

        for name in sorted(ARGUMENTS):
            url = address(name, acme.company.public_id, theirs)
            assert client.post(url, {"role": "viewer"}).status_code in {404, 405}, name
            assert client.get(url).status_code in {404, 405}, name

    @pytest.mark.parametrize("role", ["owner", "accountant"])
    def test_finds_no_rule_gateway_or_view_of_another_company_by_its_number(self, logged_in, acme, birch, role):
        client, mine = logged_in(role), acme.company.public_id
        theirs = people.add_person("dave@birch.example", password=PASSWORD)
        people.join(birch.company, theirs, "owner")
        view = SavedView.objects.create(company=birch.company, person=theirs, page="orders", name="Theirs", query="q=x")
        rule = PostingRule.objects.create(connection=birch.connection, position=1, title="Theirs", account="200")
        gateway = Gateway.objects.create(connection=birch.connection, name="stripe", currency="AUD")

        numbered = {"rule": rule.pk, "rule-delete": rule.pk, "rule-move": rule.pk, "view-delete": view.pk}
        numbered |= {"gateway-account": gateway.pk, "gateway-fees": gateway.pk}
        for name, number in numbered.items():
            for answer in (
                client.get(reverse(f"web:{name}", args=[mine, number])),
                client.post(reverse(f"web:{name}", args=[mine, number]), {"page": "orders", "to": "2"}),
            ):
                assert answer.status_code in {404, 405, 409}, name  # 409: of its own rules it sent no version
                assert "Theirs" not in answer.content.decode(), name

        assert SavedView.objects.filter(pk=view.pk).exists()
        assert PostingRule.objects.filter(pk=rule.pk, title="Theirs").exists()

    def test_cannot_retry_another_company_s_document(self, logged_in, acme, birch):
        held = take_in(birch, currency="USD")

        answer = logged_in("owner").post(
            reverse("web:documents-retry", args=[acme.company.public_id]), {"document": held.public_id}, follow=True
        )

        assert "None of these waits for a retry" in answer.content.decode()

    def test_is_not_told_whether_a_company_exists(self, logged_in, birch):
        client = logged_in("owner")

        existing = client.get(reverse("web:overview", args=[birch.company.public_id]))
        invented = client.get(reverse("web:overview", args=["nosuchthing"]))

        assert existing.content == invented.content


class TestNobody:
    def test_is_sent_to_the_log_in_page(self, acme, things):
        named = things(acme)

        for name in NAMES:
            answer = Client().get(address(name, acme.company.public_id, named))
            assert answer.status_code == 302, name
            assert answer["Location"].startswith(reverse("account_login")), name

    @pytest.mark.parametrize(
        ("name", "leads_to"),
        [
            ("settings-save", "connection"),
            ("connection-app", "settings-room"),
            ("feed-secret", "feed-page"),
            ("feed-rules", "feed-page"),
            ("delivery-replay", "delivery"),
            ("costs-upload", "costs"),
            ("filesin-upload", "filesin"),
            ("filesin-columns", "filesin-file"),
            ("costs", "costs"),
            ("document-retry", "document"),
            ("document-cancel", "document-cancel"),
        ],
    )
    def test_who_sends_a_form_comes_back_to_its_page(self, name, leads_to, acme, things):
        """What they typed waits in their browser; `kept` puts it back (a journey looks at that)."""
        named = things(acme)
        answer = Client().post(address(name, acme.company.public_id, named))

        back = address(leads_to, acme.company.public_id, named)
        assert answer["Location"] == f"{reverse('account_login')}?next={back}%3Fkept%3D1"

    def test_comes_back_to_every_page_that_can_be_opened(self, logged_in, acme, things):
        """Also to the refund, the connection or the filter that its address named."""
        client, named = logged_in("owner"), things(acme)
        elsewhere = []
        for name in sorted(set(NAMES) - NO_PAGES):
            url = address(name, acme.company.public_id, named)
            answer = client.get(url)
            assert answer.status_code != 405 or name.removeprefix(ONE) not in ways_back.PAGES, name
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                back = Client().post(f"{url}?which=1")["Location"]
                elsewhere += [] if back.endswith(f"?next={url}%3Fwhich%3D1%26kept%3D1") else [name]
        assert elsewhere == []

    def test_a_part_that_keeps_itself_fresh_is_not_filled_with_the_log_in_page(self, acme):
        url = reverse("web:overview", args=[acme.company.public_id])

        assert Client().get(url, headers={"HX-Request": "true"}).status_code == 401


class TestAnAddressThatOnlyTakesForms:
    def test_leads_who_opens_it_to_the_page_of_the_form(self, logged_in, acme, things):
        named = things(acme)
        answer = logged_in("owner").get(address("costs-upload", acme.company.public_id, named))
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert f'href="{address("costs", acme.company.public_id, named)}"' in answer.content.decode()


class TestAViewer:
    def test_may_look(self, acme, things):
        named = things(acme)  # has a viewer among them
        client = Client()
        client.login(email="viewer@acme.example", password=PASSWORD)

        for name in sorted(LOOKS):
            assert client.get(address(name, acme.company.public_id, named)).status_code == 200, name

    def test_may_change_nothing(self, acme, things):
        named = things(acme)  # has a viewer among them
        client = Client()
        client.login(email="viewer@acme.example", password=PASSWORD)

        for name in CHANGES:
            answer = client.post(address(name, acme.company.public_id, named))
            assert answer.status_code == 403, name
            assert "Nothing was changed" in answer.content.decode(), name


class TestAClerk:
    def test_may_look(self, logged_in, acme, things):
        client, named = logged_in(Membership.Role.CLERK), things(acme)

        for name in sorted(LOOKS):
            assert client.get(address(name, acme.company.public_id, named)).status_code == 200, name

    def test_prepares_and_releases_nothing(self, logged_in, acme, things):
        client, named = logged_in(Membership.Role.CLERK), things(acme)

        for name in CHANGES:
            answer = client.post(address(name, acme.company.public_id, named))
            if name in PREPARES | {"needs-group"}:
                assert answer.status_code != 403, name
            else:
                assert answer.status_code == 403, name
                assert "Nothing was changed" in answer.content.decode(), name

    @pytest.mark.parametrize(
        ("act", "status"), [("assign", 302), ("retry", 403), ("keep", 403), ("skip", 403), ("done", 403)]
    )
    def test_gives_out_what_waits_and_does_nothing_else_about_it(self, logged_in, person_with, acme, act, status):
        held, viewer = take_in(acme, rate="0.19"), person_with("owner")
        url = reverse("web:needs-group", args=[acme.company.public_id, held.cause])

        answer = logged_in(Membership.Role.CLERK).post(url, {"act": act, "to": viewer.pk, "note": "Look"})

        assert answer.status_code == status
        held.refresh_from_db()
        assert held.state == "held"

    def test_is_shown_no_button_that_is_refused(self, logged_in, acme, things):
        client, named = logged_in(Membership.Role.CLERK), things(acme)
        take_in(acme, 1002, rate="0.19")
        for name in ("needs", "filesin-file", "filesin", "documents", "document"):
            page = client.get(address(name, acme.company.public_id, named)).content.decode()
            assert 'value="retry"' not in page, name
            assert "Keep these columns" not in page, name
            assert "Take it in" not in page, name


class TestAnAccountant:
    def test_may_not_touch_people_and_keys(self, logged_in, acme, things):
        client, mine = logged_in(Membership.Role.ACCOUNTANT), things(acme)
        for name in sorted(OWNERS_ONLY):
            answer = client.post(address(name, acme.company.public_id, mine), {"role": "owner"})
            assert answer.status_code == 403, name

    def test_does_not_see_them_in_the_menu(self, logged_in, acme):
        page = logged_in(Membership.Role.ACCOUNTANT).get(reverse("web:overview", args=[acme.company.public_id]))

        assert reverse("web:keys", args=[acme.company.public_id]) not in page.content.decode()


class TestACompanyWithoutSettings:
    def test_shows_each_of_its_pages(self, person_with, client):
        company = Company.objects.create(name="Fresh")
        owner = person_with("owner")
        Membership.objects.create(company=company, person=owner, role="owner")
        client.force_login(owner)
        for name in sorted(LOOKS - ARGUMENTS.keys()):
            assert client.get(address(name, company.public_id, None)).status_code in {200, 204}, name


class TestLanding:
    def test_leads_to_the_only_company(self, logged_in, acme):
        assert logged_in().get("/")["Location"] == reverse("web:overview", args=[acme.company.public_id])

    def test_sign_up_is_closed(self, db):
        assert "Sign-up is closed" in Client().get(reverse("account_signup")).content.decode()

    def test_log_in_leads_in(self, person_with, acme):
        person_with("owner")
        client = Client()

        answer = client.post(
            reverse("account_login"), {"login": "owner@acme.example", "password": PASSWORD}, follow=True
        )

        assert answer.redirect_chain[-1][0] == reverse("web:overview", args=[acme.company.public_id])

    def test_the_operator_s_pages_ask_for_the_same_log_in(self, db):
        assert Client().get("/operator/", follow=True).redirect_chain[-1][0].startswith(reverse("account_login"))

    def test_the_operator_s_pages_are_not_for_members(self, logged_in):
        assert logged_in().get("/operator/", follow=True).status_code in {302, 403}


class TestFaults:
    @pytest.mark.parametrize("junk", ["%00", "a%00b", "%ED%A0%80", "'", "x" * 3000])
    def test_what_cannot_be_an_id_is_not_there(self, logged_in, acme, junk):
        client, place = logged_in(), f"/c/{acme.company.public_id}/"

        for path in ("orders/{}/", "documents/{}/", "documents/{}/retry/", "keys/{}/revoke/"):
            assert client.get(place + path.format(junk)).status_code == 404, path
            assert client.post(place + path.format(junk)).status_code == 404, path
        assert client.get(f"/c/{junk}/").status_code == 404

    @pytest.mark.parametrize("name", ["orders", "documents", "costs", "settings-example"])
    def test_junk_in_a_list_s_address_is_passed_over(self, logged_in, acme, name):
        client, url = logged_in(), address(name, acme.company.public_id, None)
        for asked in ("q", "cause", "state", "kind", "standing", "before", "after", "seen", "number_prefix"):
            for junk in ("%00", "a%00b", "%FF", "9" * 30, "-1"):
                assert client.get(f"{url}?{asked}={junk}").status_code == 200, (asked, junk)

    @pytest.mark.parametrize("sent", [{"document": "a\x00b"}, {"cause": "a\x00b"}, {"document": "x" * 5000}])
    def test_junk_that_was_ticked_is_passed_over(self, logged_in, acme, sent):
        answer = logged_in().post(address("documents-retry", acme.company.public_id, None), sent, follow=True)

        assert answer.status_code == 200

    def test_an_unknown_address_says_so_kindly(self, db):
        answer = Client().get("/nothing/here")

        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()

    def test_a_form_without_its_token_is_explained(self, acme, person_with):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person_with("owner"), backend="allauth.account.auth_backends.AuthenticationBackend")

        answer = client.post(reverse("web:keys", args=[acme.company.public_id]), {"name": "x"})

        assert answer.status_code == 403
        assert "Please send it again" in answer.content.decode()

    def test_a_form_beyond_all_sizes_is_answered_413(self, logged_in, acme):
        sent = {"name": "x" * (10 * 1024 * 1024 + 1)}
        url = address("keys", acme.company.public_id, None)
        answer = logged_in().post(url, sent, content_type="application/x-www-form-urlencoded")

        assert answer.status_code == 413
        assert "larger than Daybook takes" in answer.content.decode()

    def test_the_api_answers_in_json_even_where_it_has_no_address(self, client):
        answer = client.get("/api/v1/invoices")

        assert answer.status_code == 404
        assert "/api/v1/docs" in answer.json()["detail"]


class TestEveryPage:
    @pytest.mark.parametrize("url", ["/accounts/login/", "/operator/", "/nowhere"])
    def test_names_its_icon(self, person_with, acme, url):
        """A browser asks for /favicon.ico, which is not there, where a page names none."""
        operator = person_with("owner")
        operator.is_staff = operator.is_superuser = True
        operator.save()
        client = Client()
        if url == "/operator/":
            client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")

        icon = re.search(r'<link[^>]*href="([^"]+\.svg)(?:\?[0-9a-f]+)?"', client.get(url).content.decode())

        assert icon
        assert finders.find(icon[1].removeprefix("/static/"))

    @pytest.mark.parametrize("url", ["/accounts/login/", "/operator/login/?next=/", "/api/v1/docs", "/nowhere"])
    def test_loads_our_own_files_only(self, db, url):
        answer = Client().get(url, follow=True)

        assert "script-src 'self';" in answer["Content-Security-Policy"]
        assert not re.search(r"<(script|link|img)[^>]+(src|href)=\W(https?:)?//", answer.content.decode())
        assert not re.search(r"<script(?![^>]*(src=|application/json))", answer.content.decode())

    @pytest.mark.parametrize("page", ["company/", "company/add/", "person/", "membership/"])
    def test_of_the_operator_runs_under_the_policy(self, person_with, acme, page):
        operator = person_with("owner")
        operator.is_staff = operator.is_superuser = True
        operator.save()
        client = Client()
        client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")

        answer = client.get(f"/operator/companies/{page}")

        assert answer.status_code == 200
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*(src=|application/json))", answer.content.decode())
