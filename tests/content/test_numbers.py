"""Numbers as French writes them: one separator, and nothing small written as nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.vocabulary.numbers import SMALLEST, in_round_figures, written
from alliage.web.templatetags.french import day, full_stop, number


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (1_234_567, 0, "1\u202f234\u202f567"),
        (12.45, 1, "12,4"),
        (0, 0, "0"),
        (0.0, 1, "0,0"),
        (0.04, 0, "0,04"),
        (0.6, 0, "0,6"),
        (0.0349, 1, "0,035"),
        (-0.04, 1, "-0,04"),
        (float("nan"), 0, "…"),
    ],
)
def test_a_number_is_written_with_its_narrow_space_its_comma_and_enough_digits(value, decimals, said):
    assert written(value, decimals) == said


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_what_is_not_nothing_is_never_written_as_nothing(value, decimals):
    said = written(value, decimals)
    if abs(value) >= SMALLEST:
        assert re.search("[1-9]", said)
        back = float(said.replace("\u202f", "").replace(",", "."))
        assert abs(back - value) <= max(0.51 * 10**-decimals, 0.06 * abs(value))
    assert not re.search(r"[.\u00a0 ]", said)


def test_a_density_is_said_as_one_says_it():
    assert [in_round_figures(n) for n in (0.04, 3.25, 12.6, 21_057)] == ["0,04", "3,2", "13", "21\u202f057"]


def test_a_page_writes_numbers_in_the_same_way():
    assert number(0.04) == written(0.04)
    assert number(12345.6, 1) == written(12345.6, 1)
    assert number(None) == number("") == ""


def test_a_day_is_written_in_french_and_a_note_ends_once():
    assert (day("2026-03-01"), day("2026-11-25"), day("")) == ("1er\u00a0mars 2026", "25\u00a0novembre 2026", "")
    assert full_stop("somme de 312 communes") == full_stop("somme de 312 communes.") == "somme de 312 communes."
