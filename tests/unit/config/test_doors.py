"""What the environment may say, who a caller is, and what never reaches a log."""

import io
import logging

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as some

from daybook.config import environment, proxies
from daybook.config.masking import masked
from daybook.config.outages import WithoutTraceback
from daybook.intake import door

RIGHT = {
    "DATABASE_URL": "postgresql://daybook@db/daybook",
    "DAYBOOK_SECRET_KEY": "s",
    "DAYBOOK_ENCRYPTION_KEYS": "k1:" + "A" * 43 + "=",
}
KEY = "dbk_" + "Ab1" * 14 + "x"


class TestTheEnvironment:
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("DATABASE_URL", "mysql://root:secret@db/x", "wants a PostgreSQL"),
            ("DATABASE_URL", "db/x", "wants a PostgreSQL"),
            ("DAYBOOK_CLOCK", "fast", "wants a whole number and a moment"),
            ("DAYBOOK_CLOCK", "20@2026-11-20T12:00:00Z", "for trials against a simulator"),
            ("DAYBOOK_LOG_FORMAT", "jason", "wants console or json, not 'jason'"),
            ("DAYBOOK_PUBLIC_URL", "ftp://daybook.example", "wants a URL such as"),
            ("DAYBOOK_PUBLIC_URL", "daybook.example", "wants a URL such as"),
            ("DAYBOOK_TRUSTED_PROXIES", "nginx", "wants addresses or networks"),
            ("XERO_API_BASE", "http://api.example", "https"),
        ],
    )
    def test_is_refused_by_name_and_without_its_secrets(self, name, value, words):
        with pytest.raises(environment.EnvironmentIncompleteError, match=words) as refused:
            environment.read(RIGHT | {name: value})
        assert name in str(refused.value)
        assert "secret@" not in str(refused.value)

    def test_names_what_is_none_of_ours_and_what_was_meant(self):
        given_names = {"DAYBOOK_PUBLC_URL": "x", "DAYBOOK_SERVICE_HOST": "x", "DAYBOOK_LOG_FORMAT": "json", "HOME": "/"}

        assert environment.unknown(given_names) == ("DAYBOOK_PUBLC_URL", "DAYBOOK_SERVICE_HOST")
        assert environment.meant("DAYBOOK_PUBLC_URL") == "DAYBOOK_PUBLIC_URL"
        assert environment.meant("DAYBOOK_SERVICE_HOST") == ""


class TestTheCaller:
    TRUSTED = proxies.networks("127.0.0.1, 10.0.0.0/8, ::1")

    @pytest.mark.parametrize(
        ("peer", "forwarded", "caller"),
        [
            ("203.0.113.7", "", "203.0.113.7"),
            ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # no proxy of ours: what it says of others is nothing
            ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first was written by the caller
            ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
            ("::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
            ("127.0.0.1", "junk", "127.0.0.1"),
            ("127.0.0.1", "", "127.0.0.1"),
        ],
    )
    def test_is_known_by_a_named_proxy_only(self, peer, forwarded, caller):
        assert proxies.client(peer, forwarded, self.TRUSTED) == caller

    @given(some.text(), some.ip_addresses(v=4).filter(lambda address: not address.is_private))
    def test_cannot_put_words_before_what_the_proxy_wrote(self, written, address):
        assert proxies.client("127.0.0.1", f"{written},{address}", self.TRUSTED) == str(address)

    def test_comes_by_https_where_a_named_proxy_says_so(self):
        assert proxies.scheme("127.0.0.1", "https", "http", self.TRUSTED) == "https"
        assert proxies.scheme("203.0.113.7", "https", "http", self.TRUSTED) == "http"
        assert proxies.scheme("127.0.0.1", "gopher", "http", self.TRUSTED) == "http"


class TestALog:
    @pytest.mark.parametrize(
        ("text", "secret"),
        [
            ("Not Found: /api/v1/intake/kornitx/abc/status/s3cr-et", "s3cr-et"),
            ("Gone: /setup/s3cret", "s3cret"),
            ("Not Found: /join/s3cret/", "s3cret"),
            ("Not Found: /mail/stop/s3cret:1x:y", "s3cret"),
            ("/accounts/password/reset/key/3-s3cret/", "s3cret"),
            ("/xero/callback?code=s3cret&state=0ther", "s3cret"),
            ("/xero/callback?code=s3cret&state=0ther", "0ther"),
            (f"Authorization: Bearer {KEY}", KEY),
            (f"the key {KEY} is wrong", KEY),
            ("client_secret=s3cret&grant_type=x", "s3cret"),
            ("Cookie: sessionid=s3cret; csrftoken=x", "s3cret"),
            ("something/new/" + "Zz9-_" * 8, "Zz9-_Zz9"),
        ],
    )
    def test_never_shows_a_secret(self, text, secret):
        assert secret not in masked(text)
        assert masked(text).split("***")[0]

    @pytest.mark.parametrize(
        "text",
        [
            "Not Found: /c/hh9tvmze4vkc/documents/",
            "job of a dead worker job=17 task=posting.drain",
            "invoice 6f6b3ab2-2f1c-4a5b-9c1d-2d7f0a9e3b11 posted",
            "test_the_very_long_name_of_something_in_a_traceback.py line 12",
        ],
    )
    def test_shows_what_is_none(self, text):
        assert masked(text) == text

    def test_masks_what_libraries_say_and_their_tracebacks(self):
        said = io.StringIO()
        handler = logging.StreamHandler(said)
        handler.setFormatter(_formatter())
        logger = logging.getLogger("some.library")
        logger.addHandler(handler)
        try:
            int("/setup/s3cret")
        except ValueError:
            logger.exception("while serving %s", "/xero/callback?code=s3cret")
        finally:
            logger.removeHandler(handler)

        assert "s3cret" not in said.getvalue()
        assert "ValueError" in said.getvalue()
        assert "\x1b[" not in said.getvalue()

    def test_says_a_database_that_is_away_in_one_line_whoever_wraps_it(self):
        wrapped = RuntimeError("Database error.")
        wrapped.__cause__ = psycopg.OperationalError("connection failed")
        record = logging.LogRecord("jobs", logging.ERROR, "", 0, "listener error", (), (RuntimeError, wrapped, None))

        WithoutTraceback().filter(record)

        assert record.exc_info is None

    @pytest.mark.parametrize(("level", "is_kept"), [(logging.WARNING, False), (logging.ERROR, True)])
    def test_keeps_tracebacks_for_faults_of_ours(self, level, is_kept):
        """A page that somebody may not see is answered 403; Django would log where in its code that was decided."""
        record = logging.LogRecord("django.request", level, "", 0, "Forbidden", (), (ValueError, ValueError(), None))

        WithoutTraceback().filter(record)

        assert bool(record.exc_info) == is_kept


def _formatter():
    return next(
        handler.formatter for handler in logging.getLogger().handlers if "Processor" in type(handler.formatter).__name__
    )


class TestTheDoor:
    @pytest.mark.parametrize(
        ("method", "path", "headers", "declared", "size"),
        [
            ("POST", "/api/v1/orders", {}, 10, None),
            ("POST", "/api/v1/orders", {"AUTHORIZATION": f"Bearer {KEY[:47]}"}, 10, door.LARGEST_ORDERS),
            ("POST", "/api/v1/orders", {"AUTHORIZATION": f"Bearer {KEY[:47]}"}, door.LARGEST_ORDERS + 1, None),
            ("POST", "/api/v1/intake/kornitx/x", {"X_CUSTOMGATEWAY_HMAC": "junk"}, 10, None),
            ("POST", "/api/v1/intake/kornitx/x", {"X_CUSTOMGATEWAY_HMAC": "aB" * 32}, 10, door.LARGEST_ORDERS),
            ("PUT", "/api/v1/intake/kornitx/x/status/short", {}, 10, None),
            ("PUT", "/api/v1/intake/kornitx/x/status/" + "x" * 32, {}, 10, door.LARGEST_ORDERS),
            ("POST", "/c/x/costs/upload/", {}, 9_000_000, None),
            ("POST", "/c/x/costs/upload/", {"COOKIE": "a=b; sessionid=" + "a" * 32}, 9_000_000, door.LARGEST_UPLOAD),
            ("GET", "/", {}, 0, door.LARGEST_OF_STRANGERS),
        ],
    )
    def test_lets_in_as_much_as_was_shown_for(self, method, path, headers, declared, size):
        allowed = door.judge(method, path, headers, declared)

        assert (allowed.size if allowed else None) == size
