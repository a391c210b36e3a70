"""Nothing that a person typed is lost: their session ends, they leave the page, they go to Xero and come back."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from daybook.companies import people
from daybook.companies.models import Membership
from daybook.connections.models import PostingSettings
from tests.journeys.test_connecting import PASSWORD, acme, log_in, open_room  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def log_in_again(screen: Page, email: str) -> None:
    """On the page that an ended session led to."""
    screen.get_by_label("Email").fill(email)
    screen.get_by_label("Password").fill(PASSWORD)
    screen.get_by_role("button", name="Log in").click()


def test_a_session_that_ends_within_a_form_gives_it_back(screen: Page, daybook, acme):  # noqa: F811
    log_in(screen, daybook)
    open_room(screen)
    screen.locator("#id_number_prefix").fill("AC-")
    screen.get_by_label("Payment terms (days)").fill("14")
    Session.objects.all().delete()
    screen.get_by_role("button", name="Save settings").click()

    log_in_again(screen, "olive@acme.example")
    expect(screen.get_by_text("Your session had ended, and nothing was saved.")).to_be_visible()
    expect(screen.locator("#id_number_prefix")).to_have_value("AC-")
    screen.get_by_role("button", name="Save settings").click()

    expect(screen.get_by_text("Saved.")).to_be_visible()
    stored = PostingSettings.objects.get(connection__company=acme)
    assert (stored.number_prefix, stored.payment_terms_days) == ("AC-", 14)


def test_who_logs_in_next_sees_nothing_of_what_somebody_else_typed(screen: Page, daybook, acme):  # noqa: F811
    people.join(acme, people.add_person("ned@acme.example", password=PASSWORD), Membership.Role.OWNER)
    log_in(screen, daybook)
    open_room(screen)
    screen.locator("#id_number_prefix").fill("OLIVE-")
    Session.objects.all().delete()
    screen.get_by_role("button", name="Save settings").click()

    log_in_again(screen, "ned@acme.example")
    expect(screen.locator("#id_number_prefix")).to_have_value("")
    expect(screen.get_by_text("Your session had ended")).not_to_be_visible()
    assert "OLIVE-" not in screen.evaluate("JSON.stringify(sessionStorage)")


def test_a_session_that_ends_over_the_app_gives_all_back_but_the_secret(screen: Page, daybook, acme):  # noqa: F811
    log_in(screen, daybook)
    open_room(screen, "Connect")
    screen.get_by_label("Client ID").fill("client")
    screen.get_by_label("Client Secret").fill("a secret of mine")
    Session.objects.all().delete()
    screen.get_by_role("button", name="Save", exact=True).click()

    assert "a secret of mine" not in screen.evaluate("JSON.stringify(sessionStorage)")
    log_in_again(screen, "olive@acme.example")
    expect(screen.get_by_label("Client ID")).to_have_value("client")
    expect(screen.get_by_label("Client Secret")).to_have_value("")


def test_leaving_a_room_with_something_typed_asks(screen: Page, daybook, acme):  # noqa: F811
    log_in(screen, daybook)
    open_room(screen, "Numbers and references")
    screen.locator("#id_number_prefix").fill("AC-")

    asked = []
    screen.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    screen.get_by_role("navigation").get_by_role("link", name=re.compile("Orders$")).click()
    expect(screen.locator("#id_number_prefix")).to_have_value("AC-")
    assert asked == ["beforeunload"]
