"""Every kind of line that waits for an account says on the page of posting rules what is usual."""

from daybook.documents.line_kinds import WITH_OWN_ACCOUNT
from daybook.web.reading.ruled import USUAL


def test_each_kind_with_an_account_of_its_own_says_what_is_usual():
    assert USUAL.keys() == set(WITH_OWN_ACCOUNT)
