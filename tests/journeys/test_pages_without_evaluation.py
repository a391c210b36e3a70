"""Menu, colours and lists of the pages move under a policy that lets no script evaluate text."""

import os

import pytest
from playwright.sync_api import expect

from daybook.companies import people
from daybook.companies.models import Person

PASSWORD = "a-long-enough-password"
PAGES = ("", "orders/", "documents/", "feeds/", "inbox/", "connection/", "costs/", "keys/", "people/")


@pytest.fixture
def owner(transactional_db):
    person = Person.objects.create_user("ann@example.com", PASSWORD, is_staff=True, is_superuser=True)
    people.create_company("Acme", owner=person)
    return person


def test_of_a_company_and_its_operator(screen, live_server, owner):
    screen.set_viewport_size({"width": 390, "height": 800})
    screen.goto(f"{live_server.url}/accounts/login/")
    screen.get_by_role("button", name="Colours: auto").click()
    screen.get_by_role("button", name="Colours: light").click()
    assert "dark" in screen.locator("html").get_attribute("class")

    screen.get_by_label("Email").fill(owner.email)
    screen.get_by_label("Password").first.fill(PASSWORD)
    screen.get_by_role("button", name="Log in").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Overview")
    assert "dark" in screen.locator("html").get_attribute("class")

    menu = screen.get_by_role("navigation", name="Pages")
    expect(menu).not_to_be_visible()
    screen.get_by_role("button", name="Menu", exact=True).click()
    expect(menu).to_be_visible()
    if folder := os.environ.get("SCREENSHOTS"):
        screen.screenshot(path=f"{folder}/menu-390.png")
    menu.get_by_role("link", name="Orders").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Orders")
    expect(menu).not_to_be_visible()

    company = screen.url.split("/c/")[1].split("/")[0]
    for page in PAGES:
        response = screen.goto(f"{live_server.url}/c/{company}/{page}", wait_until="networkidle")
        assert "unsafe-eval" not in response.headers["content-security-policy"]
    for page in ("accounts/password/change/", "accounts/2fa/", "accounts/sessions/", "api/v1/docs"):
        screen.goto(f"{live_server.url}/{page}", wait_until="networkidle")
    screen.goto(f"{live_server.url}/operator/companies/person/", wait_until="networkidle")
    expect(screen.get_by_role("link", name=owner.email)).to_be_visible()
