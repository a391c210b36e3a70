"""Invoices as PDF: every script, every page numbered, the taxes and the total on one page."""

import contextlib
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import uharfbuzz

from daybook.printing import fonts, slimming
from daybook.printing.invoice import Letterhead, invoice_pdf
from tests.bench.bench_invoices import HEAD, invoice


def pages(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def test_each_page_has_its_number_and_the_last_one_the_total():
    found = pages(invoice_pdf([invoice("Ann", 80)], HEAD))
    assert len(found) > 2
    for number, text in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in text
        assert "Thank you" in text
    assert "Total GBP" in found[-1]
    assert "1,200.00" in found[-1]
    assert all("Description" in text for text in found[:-1])


def test_several_begin_on_pages_of_their_own():
    found = pages(invoice_pdf([invoice("Ann", 2), invoice("Bob", 80), invoice("Cem", 2)], HEAD))
    assert "Page 1 of 1" in found[0]
    assert [f"Page {at} of {len(found) - 2}" in text for at, text in enumerate(found[1:-1], start=1)].count(False) == 0
    assert "Page 1 of 1" in found[-1]


def test_latin_letters_below_chinese_ones_are_what_they_were_on_each_page():
    found = pages(invoice_pdf([invoice("王小明", 20, "白色馬克杯")], HEAD))
    assert len(found) == 2
    assert "MUG-0" in found[0]
    assert "MUG-19" in found[1]
    assert all("\ufffd" not in text for text in found)


@pytest.mark.parametrize(
    "name", ["Ann", "Ὀδυσσεύς", "Иван", "דוד", "प्रिया", "สมชาย", "山田太郎", "김철수", "王小明", "Nguyễn"]
)
def test_a_name_in_any_script_has_its_letters(name):
    (text,) = pages(invoice_pdf([invoice(name, 1)], Letterhead(seller="Acme")))
    assert "\N{REPLACEMENT CHARACTER}" not in text
    assert fonts.choose(name)


def test_a_font_is_cut_down_to_the_letters_of_a_pdf_and_goes_with_it():
    with fonts.cut("王小明") as faces:
        paths = [Path(each) for face in faces for each in (face.path, face.bold) if each]
        assert [path.stat().st_size < 200_000 for path in paths] == [True] * 3
    assert not any(path.exists() for path in paths)


def test_each_pdf_has_its_own_letters():
    for name in ("王小明", "王大明", "李大王"):
        (text,) = pages(invoice_pdf([invoice(name, 1, "白色馬克杯")], HEAD))
        assert name in text
        assert "白色馬克杯" in text


@pytest.mark.parametrize("name", ["محمد الأحمد", "प्रिया क्षत्रिय", "สมชายที่", "かがみ", "한국어", "שָׁלוֹם"])
def test_what_is_cut_down_is_shaped_as_the_whole_font_is(name):
    with fonts.cut(name) as small:
        assert [shaped(face, name) for face in small] == [shaped(face, name) for face in fonts.choose(name)]


def shaped(face: fonts.Face, text: str) -> list[tuple[int, int, int]]:
    """Where each glyph goes: the same shapes go the same ways, whatever their numbers are."""
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(face.path), face.index))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    places = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return [(info.cluster, place.x_advance, place.x_offset) for info, place in places if info.codepoint]


def test_a_font_that_cannot_be_cut_is_taken_whole(tmp_path):
    broken = tmp_path / "broken.otf"
    broken.write_bytes(b"OTTO and nothing else")
    with pytest.raises(slimming.NotCutError):
        slimming.cut(str(broken), 0, "a", tmp_path / "small.otf")


@pytest.mark.parametrize("name", ["محمد الأحمد", "דוד כהן", "Ann"])
def test_an_address_below_a_name_runs_its_own_way(name):
    one = invoice(name, 1, name)
    lines = tuple(replace(line, sku="1-MUG-7") for line in one.sale.lines)
    (text,) = pages(invoice_pdf([replace(one, sale=replace(one.sale, lines=lines))], HEAD))
    assert "2 Low Road" in text
    assert "1-MUG-7" in text


def test_letters_that_no_font_has_are_named():
    with pytest.raises(fonts.NoFontError) as missing:
        invoice_pdf([invoice("\U0001e7ff", 1)], Letterhead())
    assert missing.value.characters == "\U0001e7ff"


@pytest.mark.parametrize(
    "what", ["x" * 4000, "word " * 800, "", "\u202eabc", "a\u0000b", "👩\u200d👩\u200d👧", "line\nline"]
)
def test_odd_texts_are_printed_or_named_and_nothing_else_happens(what):
    with contextlib.suppress(fonts.NoFontError):
        assert invoice_pdf([invoice("Ann", 1, what)], HEAD).startswith(b"%PDF")
