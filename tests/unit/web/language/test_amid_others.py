"""Words of ours beside others: English writes them small, German as far as they are no nouns."""

import pytest
from django.utils import translation

from daybook.web.templatetags import daybook


@pytest.mark.parametrize(
    ("language", "state", "kind"), [("en", "held in the oms", "credit note"), ("de", "held in the OMS", "Credit note")]
)
def test_words_amid_others(language: str, state: str, kind: str):
    with translation.override(language):
        assert daybook.midway("Held in the OMS") == state
        assert daybook.thing("Credit note") == kind
