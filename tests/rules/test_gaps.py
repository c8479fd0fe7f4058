"""How far the answers of several partners are from each other: told question by question, nobody left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.rules.gaps import ALIKE, DIFFERENT, PARTLY, UNCERTAIN, gaps
from alliage.vocabulary.method import UNSURE, bank

QUESTIONS = bank().questions


@pytest.mark.parametrize(
    ("question", "one", "two", "how"),
    [
        ("cercle", ("deux",), ("deux",), ALIKE),
        ("cercle", ("deux",), ("pays",), DIFFERENT),
        ("cercle", ("deux",), (UNSURE,), UNCERTAIN),
        ("lien", ("parole",), ("charte",), PARTLY),
        ("lien", ("parole",), ("societe",), DIFFERENT),
        ("apport", ("achat", "essai"), ("essai",), PARTLY),
        ("apport", ("achat",), ("essai",), DIFFERENT),
        ("besoin", ("a",), ("b",), UNCERTAIN),
    ],
)
def test_a_gap_is_told_as_far_as_it_goes(question, one, two, how):
    (gap,) = gaps(bank(), [("A", {question: one}), ("B", {question: two})])
    assert gap.how == how
    assert gap.answers == (("A", one), ("B", two))


_options = {q.id: [*(o.id for o in q.options), UNSURE] for q in QUESTIONS.values() if q.kind == "choice"}


@given(
    st.lists(
        st.fixed_dictionaries({}, optional={q: st.sampled_from(o).map(lambda v: (v,)) for q, o in _options.items()}),
        min_size=2, max_size=5,
    )
)  # fmt: skip
def test_nobodys_answer_is_lost_in_the_comparison_whatever_they_answered(given_answers):
    told = [(f"P{n}", answers) for n, answers in enumerate(given_answers)]
    for gap in gaps(bank(), told):
        assert gap.question.id != "acteur"
        assert gap.answers == tuple((name, answers.get(gap.question.id, ())) for name, answers in told)
        if gap.how == ALIKE:
            assert len({values for _, values in gap.answers if values}) == 1
    assert {g.question.id: g.how for g in gaps(bank(), told)} == {
        g.question.id: g.how for g in gaps(bank(), told[::-1])
    }
