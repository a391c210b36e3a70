"""How often one may fail at the door, who is heard, and what is never parsed for a stranger."""

import io

import pytest
from django.core.files.uploadhandler import FileUploadHandler
from django.test import Client

from daybook.companies.models import Person
from daybook.feeds import roster
from daybook.feeds.models import Feed
from daybook.intake import door
from daybook.kit import clock
from daybook.sources.kornitx.source import KORNITX

pytestmark = pytest.mark.django_db

PASSWORD, WRONG = "a-long-enough-password", "not-that-password"
TOO_MANY = "Too many failed login attempts"


@pytest.fixture
def ann(db):
    return Person.objects.create_user("ann@example.com", PASSWORD)


@pytest.fixture
def log_in(client, ann):
    """Try to log in; return what the page says, or where it leads."""

    def send(email="ann@example.com", password=WRONG, address="203.0.113.7", **headers):
        sent = {"login": email, "password": password}
        answer = client.post("/accounts/login/", sent, REMOTE_ADDR=address, headers=headers)
        return answer.content.decode() if answer.status_code == 200 else answer["Location"]

    return send


class TestLoggingIn:
    def test_again_and_again_is_stopped_for_that_account_at_that_address_only(self, log_in, ann):
        Person.objects.create_user("bob@example.com", PASSWORD)
        for _ in range(5):
            assert TOO_MANY not in log_in()

        assert TOO_MANY in log_in(password=PASSWORD)
        assert log_in("bob@example.com", PASSWORD) == "/"
        assert log_in(password=PASSWORD, address="203.0.113.8") == "/"

    def test_with_ever_other_names_is_stopped_for_the_address(self, log_in, ann):
        tried = [log_in(f"x{number}@example.com") for number in range(61)]

        assert TOO_MANY not in tried[59]
        assert TOO_MANY in tried[60]

    def test_is_not_fooled_by_addresses_that_the_sender_makes_up(self, log_in):
        tried = [log_in(**{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(6)]

        assert TOO_MANY in tried[5]


class TestAnUploadOfAStranger:
    @pytest.mark.parametrize(("size", "path"), [(3_000_000, "/c/x/costs/upload/"), (30_000, "/accounts/login/")])
    def test_is_parsed_and_kept_by_nobody(self, client, db, monkeypatch, size, path):
        seen = []
        monkeypatch.setattr(FileUploadHandler, "new_file", lambda self, *args, **options: seen.append(args))
        file = io.BytesIO(b"x" * size)
        file.name = "costs.csv"

        assert client.post(path, {"file": file}).status_code in {200, 302}
        assert seen == []


def test_an_upload_that_is_too_large_is_told_so_and_nothing_of_forms_and_log_ins(acme, person_with):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person_with("owner"), backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(door.LARGEST_UPLOAD + 1)}

    answer = browser.generic("POST", f"/c/{acme.company.public_id}/costs/upload/", b"", **sent)

    assert (answer.status_code, "larger than Daybook takes" in answer.content.decode()) == (413, True)


class TestWhatEveryPageSays:
    def test_is_https_only_where_people_come_by_https(self, client, settings):
        assert "Strict-Transport-Security" not in client.get("/accounts/login/").headers

        settings.PUBLIC_URL = "https://daybook.example"

        assert client.get("/accounts/login/")["Strict-Transport-Security"] == "max-age=31536000"
        assert client.get("/api/v1/orders/x")["Strict-Transport-Security"]

    def test_is_that_no_text_is_evaluated(self, client):
        assert "unsafe-eval" not in client.get("/accounts/login/")["Content-Security-Policy"]

    @pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/v1/orders/x", "/health"])
    def test_is_400_under_another_name(self, client, path):
        answer = client.get(path, headers={"Host": "evil.example"})

        assert answer.status_code == 400
        assert "Traceback" not in answer.content.decode()


def test_refused_pushes_are_shown_with_the_time_and_reason_of_the_last(logged_in, acme):
    roster.own(acme.company, KORNITX)
    Feed.objects.update(refused=3, refused_at=clock.now(), refused_why="a push's signature was wrong")

    feed = Feed.objects.get(company=acme.company, source="kornitx")
    page = logged_in().get(f"/c/{acme.company.public_id}/feeds/{feed.public_id}/").content.decode()

    assert "3 refused, the last one" in page
    assert "a push&#x27;s signature was wrong" in page
