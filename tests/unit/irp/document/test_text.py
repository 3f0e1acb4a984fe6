"""Text as the portal accepts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.document.text import clean_text, last_characters


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Plot 14,\n Main Road\t2", "Plot 14, Main Road 2"),
        ('Rod 1/2"', "Rod 1/2'"),
        ("C:\\parts", "C:/parts"),
        ("\x00\x1f", None),
        (None, None),
        ("", None),
    ],
)
def test_cleaning(text, clean):
    assert clean_text(text, longest=100) == clean


def test_too_short_is_left_out_and_too_long_is_cut():
    assert clean_text("ab", longest=100, shortest=3) is None
    assert clean_text("abc def", longest=4) == "abc"


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        ("AWB/2026/000123456", "/2026/000123456"),
        ("LR-1", "LR-1"),
        (" 123456789012345\n", "123456789012345"),
        ("1234567890123456", "234567890123456"),
        ("AWB 00012345678901", "00012345678901"),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_last_characters_of_a_number(number, sent):
    assert last_characters(number, longest=15) == sent


@given(st.text(), st.integers(3, 300))
def test_result_always_fits(text, longest):
    clean = clean_text(text, longest=longest, shortest=3)
    assert clean is None or 3 <= len(clean) <= longest
    assert clean is None or not set('"\\\n\r\t') & set(clean)
    assert clean is None or clean == clean_text(clean, longest=longest)
