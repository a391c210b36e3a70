"""Export and close, on the pages, at the API and on the command line: who may, and what is said afterwards."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from daybook.companies import keys
from daybook.companies.models import Company
from daybook.ending import deletion
from daybook.history.models import Event
from daybook.kit import clock
from daybook.ops.cli import closing, status
from daybook.ops.processes.stops import Stop
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def page(cast: Cast, place: str = "") -> str:
    return f"/c/{cast.company.public_id}/{place}"


def close(browser: Client, cast: Cast, name: str = "Acme") -> str:
    browser.post(page(cast, "company/close/"), {"name": name})
    return browser.get(page(cast, "company/")).content.decode()


class TestAnOwner:
    def test_takes_everything_away_as_one_file(self, acme, logged_in):
        answer = logged_in("owner").get(page(acme, "company/export/"))
        content = b"".join(answer.streaming_content)
        answer.close()
        assert answer["Content-Disposition"].startswith(f'attachment; filename="daybook-{acme.company.public_id}-')
        assert "documents.csv" in zipfile.ZipFile(io.BytesIO(content)).namelist()
        assert Event.objects.get(what="exported").person.email == "owner@acme.example"

    def test_closes_it_by_typing_its_name(self, acme, logged_in):
        acme.ready_invoice()
        browser = logged_in("owner")
        assert "Nothing was closed" in close(browser, acme, "acme")
        assert not Company.objects.get().is_closed
        shown = close(browser, acme)
        assert "Acme is closed: it can be read, and nothing else" in shown
        assert "Close the company" not in shown

    def test_sees_what_it_waits_for_and_may_keep_it_open(self, acme, logged_in):
        browser, entry = logged_in("owner"), acme.ready_invoice()
        type(entry).objects.update(state="unknown")
        shown = close(browser, acme)
        assert "Posting is stopped, and the company is not closed yet" in shown
        assert "Keep it open" in shown
        assert "Posting to Xero is stopped" in browser.get(page(acme)).content.decode()
        browser.post(page(acme, "company/keep-open/"))
        assert "is stopped" not in browser.get(page(acme)).content.decode()


class TestAClosedCompany:
    @pytest.fixture
    def owner(self, acme, logged_in) -> Client:
        acme.ready_invoice()
        _, self.key = keys.create_api_key(acme.company, "OMS")
        browser = logged_in("owner")
        close(browser, acme)
        return browser

    @pytest.mark.parametrize(
        "place", ["connection/settings/", "connections/add/", "keys/", "people/", "costs/", "company/close/", "look/"]
    )
    def test_refuses_to_change_anything_and_names_the_cure(self, acme, owner, place):
        answer = owner.post(page(acme, place), {"name": "Acme"})
        assert answer.status_code == 403
        assert "daybook company reopen" in answer.content.decode()

    def test_is_read_on_every_page(self, acme, owner):
        for place in ("", "orders/", "documents/", "connection/", "costs/", "keys/", "people/", "company/"):
            answer = owner.get(page(acme, place))
            assert (answer.status_code, "is closed" in answer.content.decode()) == (200, True), place

    def test_answers_its_keys_of_before_with_403_and_the_cure(self, acme, owner):
        answer = Client().get("/api/v1/orders?source=a&id=b", headers={"Authorization": f"Bearer {self.key}"})
        assert (answer.status_code, "daybook company reopen" in answer.json()["detail"]) == (403, True)

    def test_needs_nobody(self, acme, owner):
        read = status.read(clock.now()).companies[0]
        assert (read.needs_a_person, read.closed_until is not None) == (False, True)

    def test_that_was_deleted_is_nobodys(self, acme, owner):
        Company.objects.update(kept_until=clock.now() - timedelta(days=1))
        deletion.delete_due(clock.now())
        assert owner.get(page(acme)).status_code == 404


class TestOthers:
    @pytest.mark.parametrize("role", ["accountant", "viewer"])
    def test_may_neither_export_nor_close(self, acme, logged_in, role):
        browser = logged_in(role)
        assert browser.get(page(acme, "company/")).status_code == 403
        assert browser.get(page(acme, "company/export/")).status_code == 403
        assert browser.post(page(acme, "company/close/"), {"name": "Acme"}).status_code == 403
        assert not Company.objects.get().closing_at

    def test_of_another_company_find_nothing(self, acme, birch, logged_in):
        browser = logged_in("owner")
        assert browser.get(page(birch, "company/export/")).status_code == 404
        assert browser.post(page(birch, "company/close/"), {"name": "Birch"}).status_code == 404


class TestTheCommandLine:
    def test_closes_exports_reopens_and_keeps_certificates(self, acme, tmp_path):
        file = tmp_path / "acme.zip"
        assert closing.close(acme.company, 10, client=acme.client).startswith("Acme is closed, and kept until")
        assert acme.company.kept_until.year == acme.company.closed_at.year + 10
        assert str(file) in closing.export(acme.company, file)
        assert zipfile.ZipFile(file).testzip() is None
        assert (file.stat().st_mode & 0o777, list(tmp_path.iterdir())) == (0o600, [file])
        with pytest.raises(Stop, match="there already"):
            closing.export(acme.company, file)
        assert "open again" in closing.reopen(acme.company)
        assert closing.reopen(acme.company) == "Acme is open already."
        closing.close(acme.company, None, client=acme.client)
        Company.objects.update(kept_until=clock.now() - timedelta(days=1))
        deletion.delete_due(clock.now())
        assert [row[1] for row in closing.listed()] == ["Acme"]
        assert closing.certificate_of("Acme").company_public_id == acme.company.public_id
        with pytest.raises(Stop, match="no certificate"):
            closing.certificate_of("Birch")

    def test_says_where_a_file_cannot_be_written(self, acme, tmp_path):
        with pytest.raises(Stop, match="cannot be written"):
            closing.export(acme.company, tmp_path / "nowhere" / "acme.zip")
