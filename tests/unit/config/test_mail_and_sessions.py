"""What the environment says of mail and of sessions."""

import pytest

from daybook.config import environment
from daybook.secrets import keyring

BASE = {
    "DATABASE_URL": "postgresql://user@host/name",
    "DAYBOOK_SECRET_KEY": "of-the-tests-only",
    "DAYBOOK_ENCRYPTION_KEYS": keyring.new_key(),
}
MAIL = {"DAYBOOK_SMTP_HOST": "mail.example.com", "DAYBOOK_MAIL_FROM": "daybook@example.com"}


class TestMail:
    def test_is_sent_by_nobody_unless_a_server_is_named(self):
        assert environment.read(BASE).smtp_host == ""

    def test_goes_encrypted_to_the_usual_port(self):
        read = environment.read(BASE | MAIL)

        assert (read.smtp_port, read.smtp_tls, read.mail_from) == (587, "starttls", "daybook@example.com")

    def test_may_go_in_the_open_on_this_machine_only(self):
        local = MAIL | {"DAYBOOK_SMTP_HOST": "localhost", "DAYBOOK_SMTP_TLS": "none"}

        assert environment.read(BASE | local).smtp_tls == "none"
        with pytest.raises(environment.EnvironmentIncompleteError, match="DAYBOOK_SMTP_TLS may be none only"):
            environment.read(BASE | MAIL | {"DAYBOOK_SMTP_TLS": "none"})

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("DAYBOOK_MAIL_FROM", ""),
            ("DAYBOOK_SMTP_TLS", "ssl"),
            ("DAYBOOK_SMTP_PORT", "0"),
            ("DAYBOOK_SMTP_PORT", "65536"),
            ("DAYBOOK_SMTP_PORT", "\N{SUPERSCRIPT TWO}"),
            ("DAYBOOK_SESSION_DAYS", "0"),
            ("DAYBOOK_SESSION_IDLE_HOURS", "9" * 5000),
            ("DAYBOOK_SESSION_IDLE_HOURS", "1.5"),
        ],
    )
    def test_and_sessions_name_the_variable_that_is_wrong(self, name, text):
        with pytest.raises(environment.EnvironmentIncompleteError, match=name):
            environment.read(BASE | MAIL | {name: text})


def test_sessions_last_a_working_day_and_two_weeks():
    read = environment.read(BASE)

    assert (read.session_idle_hours, read.session_days) == (12, 14)
