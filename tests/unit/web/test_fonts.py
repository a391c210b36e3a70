"""Our fonts hold every icon that pages show and the letters of the names on them, and little else."""

import hashlib
import re

import pytest
from fontTools.ttLib import TTFont

from tests import fonts

MOST_BYTES = 120_000
NAMES = "Zoë Müller-Strauß, Łukasz Żółć, Šárka Ďuričková, Þórður Æsir, Gül Iğdır, Ștefan Țepeș: “1 234,50 €” – £5 × 2 …"  # noqa: RUF001 - as people write


def test_each_icon_that_a_page_names_is_among_the_symbols():
    """Make fonts anew where one is missing: `make fonts`."""
    known = fonts.ligatures(TTFont(fonts.MADE / "symbols.woff2"))
    assert fonts.icons() - set(known) == set()


@pytest.mark.parametrize("weight", fonts.WEIGHTS)
def test_letters_of_european_names_and_of_all_templates_are_there(weight):
    font = TTFont(fonts.MADE / f"inter-{weight}.woff2").getBestCmap()
    whole = TTFont(fonts.GIVEN / f"inter/Inter-{fonts.WEIGHTS[weight]}.woff2").getBestCmap()
    assert {each for each in NAMES if ord(each) not in font} == set()
    assert {chr(each) for each in fonts.letters() & set(whole) - set(font)} == set()


def test_their_addresses_say_what_is_in_them():
    named = re.findall(r"url\(([^?]+)\?(\w+)\)", (fonts.MADE / "styles.css").read_text())
    found = {name: hashlib.sha256((fonts.MADE / name).read_bytes()).hexdigest()[:8] for name, _ in named}
    assert dict(named) == found
    assert {path.name for path in fonts.MADE.glob("*.woff2")} == set(found)


def test_all_of_them_weigh_little():
    assert sum(path.stat().st_size for path in fonts.MADE.iterdir()) < MOST_BYTES
