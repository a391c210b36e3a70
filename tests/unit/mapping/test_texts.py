"""Texts as people read them."""

import pytest

from daybook.mapping.texts import without_entities


class TestEntities:
    @pytest.mark.parametrize(
        ("sent", "meant"),
        [
            ("Salt &amp; pepper &ndash; 2&nbsp;pc", "Salt & pepper \u2013 2 pc"),
            ("Caf&eacute; &#39;Z&uuml;rich&#x27;", "Café 'Zürich'"),
            ("Mug &amp;amp; cup", "Mug & cup"),
            ("5&quot; &lt; 6&quot;&#160;", '5" < 6" '),
        ],
    )
    def test_are_undone(self, sent, meant):
        assert without_entities(sent) == meant

    @pytest.mark.parametrize(
        "text", ["AT&T", "R&D; more", "Tom &notes", "Fish & chips; peas", "&", "&&;", "&#;", "&nosuch;"]
    )
    def test_are_not_seen_in_what_merely_holds_an_ampersand(self, text):
        assert without_entities(text) == text

    @pytest.mark.parametrize("text", ["&#0;", "&#xD800;", "&#x110000;", "&#7;"])
    def test_never_make_what_is_no_character(self, text):
        assert "\x00" not in without_entities(text)
        without_entities(text).encode()
