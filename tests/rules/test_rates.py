"""Rates: none below the threshold, an interval that holds, and the forms that are missing here."""

from __future__ import annotations

from math import exp, lgamma, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.rules.rates import (
    LEAST_ALLIANCES,
    UNDER_REPORTING,
    Rate,
    TooFew,
    may_be_ranked,
    missing_forms,
    poisson_interval,
    rate_per_10000,
)


@given(st.integers(0, LEAST_ALLIANCES - 1), st.none() | st.integers(1, 10_000_000))
def test_below_the_threshold_there_is_no_rate_and_no_rank(count, people):
    found = rate_per_10000(count, people)
    assert isinstance(found, TooFew)
    assert str(LEAST_ALLIANCES) in found.notice
    assert not may_be_ranked(count)
    assert not hasattr(found, "value")


@given(st.integers(LEAST_ALLIANCES, 1_000_000), st.integers(1, 100_000_000))
def test_from_the_threshold_on_the_rate_lies_in_its_interval_and_says_what_it_does_not_know(count, people):
    found = rate_per_10000(count, people)
    assert isinstance(found, Rate)
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(count / people * 10_000)
    assert found.notice == UNDER_REPORTING


def test_a_rate_redone_by_hand():
    found = rate_per_10000(25, 50_000)
    assert isinstance(found, Rate)
    assert found.value == 5.0
    # Exact Poisson limits of 25 (published tables): 16.18 to 36.90.
    assert (round(found.low, 1), round(found.high, 1)) == (3.2, 7.4)


def test_without_a_known_population_there_is_no_rate():
    assert isinstance(rate_per_10000(100, None), TooFew)
    assert isinstance(rate_per_10000(100, 0), TooFew)
    with pytest.raises(ValueError):
        rate_per_10000(-1, 100)


def chance_of_at_most(count: int, mean: float) -> float:
    return sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count + 1))


@given(st.integers(LEAST_ALLIANCES, 400))
def test_the_interval_is_the_exact_one_of_a_poisson_count_within_a_thousandth_of_chance(count):
    low, high = poisson_interval(count)
    assert chance_of_at_most(count, high) == pytest.approx(0.025, abs=0.001)
    assert 1 - chance_of_at_most(count - 1, low) == pytest.approx(0.025, abs=0.001)


counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5))


@given(counts, st.lists(counts, max_size=8))
def test_a_missing_form_is_one_that_others_have_and_this_one_has_not(own, theirs):
    found = missing_forms(own, theirs)
    assert {f.trend for f in found} == {t for c in theirs for t, n in c.items() if n} - {t for t, n in own.items() if n}
    for form in found:
        assert form.territories == sum(1 for c in theirs if c.get(form.trend))
        assert form.alliances == sum(c.get(form.trend, 0) for c in theirs)
    order = [(-f.territories, -f.alliances, f.trend) for f in found]
    assert order == sorted(order)


def test_the_form_of_most_territories_comes_first():
    found = missing_forms({"mecenat": 2}, [{"mecenat": 1, "ptce": 1}, {"ptce": 1, "fonds": 9}, {"fonds": 0}])
    assert [(f.trend, f.territories, f.alliances) for f in found] == [("ptce", 2, 2), ("fonds", 1, 9)]
