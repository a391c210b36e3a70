"""The mail wire against a real server: a mail is handed over once, and how far it came is said exactly."""

import pytest

from daybook.wire.errors import LoginRefused, NotSent, OutcomeUnknown, Refused
from daybook.wire.smtp import AddressRefused, MailPatience, MailServer, SmtpSession
from tests.smtp_server import smtp_server

MAIL = b"Subject: Hello\r\n\r\n.A line that begins with a dot\r\n..\r\nEnd\r\n"
ME, ANN, BOB = "me@example.com", "ann@example.com", "bob@example.com"


@pytest.fixture
def server():
    with smtp_server() as running:
        yield running


def session(port: int, **said) -> SmtpSession:
    return SmtpSession(
        MailServer(**{"host": "127.0.0.1", "port": port, "security": "none"} | said), MailPatience(15, 0.5)
    )


class TestAMail:
    def test_arrives_to_the_byte(self, server):
        with session(server.port) as smtp:
            assert "queued" in smtp.send(ME, ANN, [BOB], MAIL).words
        (taken,) = server.taken
        assert (taken.sender, taken.recipients, taken.content) == (ME, [ANN, BOB], MAIL)

    def test_goes_without_a_copy_that_is_not_taken(self, server):
        server.refuses[BOB] = "550 no such user"
        with session(server.port) as smtp:
            assert smtp.send(ME, ANN, [BOB], MAIL).refused == (BOB,)
        assert server.taken[0].recipients == [ANN]

    def test_to_an_address_that_is_not_taken_is_not_sent_and_the_next_one_is(self, server):
        server.refuses[ANN] = "550 no such user"
        with session(server.port) as smtp:
            with pytest.raises(AddressRefused, match="no such user"):
                smtp.send(ME, ANN, [], MAIL)
            smtp.send(ME, BOB, [], MAIL)
        assert [each.recipients for each in server.taken] == [[BOB]]

    def test_to_an_address_that_is_taken_later_is_not_sent(self, server):
        server.refuses[ANN] = "450 greylisted"
        with session(server.port) as smtp, pytest.raises(NotSent) as said:
            smtp.send(ME, ANN, [], MAIL)
        assert said.value.http_status == 450

    def test_that_the_server_took_before_it_dropped_the_line_is_in_doubt(self, server):
        server.drops_after_taking = 1
        with session(server.port) as smtp:
            with pytest.raises(OutcomeUnknown):
                smtp.send(ME, ANN, [], MAIL)
            smtp.send(ME, BOB, [], MAIL)  # over a new line
        assert len(server.taken) == 2

    def test_of_which_the_server_has_heard_nothing_is_not_sent(self, server):
        server.drops_before_mail = True
        with session(server.port) as smtp, pytest.raises(NotSent):
            smtp.send(ME, ANN, [], MAIL)
        assert server.taken == []

    def test_to_which_no_answer_comes_in_time_is_in_doubt(self, server):
        server.hangs = 2
        with session(server.port) as smtp, pytest.raises(OutcomeUnknown, match="No answer in time"):
            smtp.send(ME, ANN, [], MAIL)

    @pytest.mark.parametrize(("answer", "means"), [("554 too large", Refused), ("451 try later", NotSent)])
    def test_that_the_server_read_and_did_not_take_was_not_sent(self, server, answer, means):
        server.answers_mail = answer
        with session(server.port) as smtp, pytest.raises(means):
            smtp.send(ME, ANN, [], MAIL)


class TestTheServer:
    def test_that_is_away_is_told(self):
        with session(1) as smtp, pytest.raises(NotSent):
            smtp.check()

    def test_lets_in_who_has_the_password(self):
        with smtp_server("sesame") as server:
            with session(server.port, username="me", password="sesame") as smtp:
                smtp.check()
            with session(server.port, username="me", password="wrong") as smtp, pytest.raises(LoginRefused):
                smtp.check()

    def test_elsewhere_is_never_spoken_to_in_the_open(self):
        with session(25, host="mail.example.com") as smtp, pytest.raises(Refused, match="on this machine"):
            smtp.check()

    def test_that_offers_no_encryption_is_not_spoken_to_where_it_is_wanted(self, server):
        with session(server.port, security="starttls") as smtp, pytest.raises(Refused):
            smtp.check()
