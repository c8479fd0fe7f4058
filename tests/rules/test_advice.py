"""What holds of any advice, whatever is answered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliage.rules.advice import advise, order, usable
from alliage.rules.change import smallest_change
from alliage.rules.questionnaire import taken
from alliage.vocabulary.advice import advice_content
from alliage.vocabulary.conditions import questions_of
from alliage.vocabulary.method import UNSURE, bank
from alliage.vocabulary.terms import terms

READ = sorted({q for line in advice_content().lines for q in questions_of(line.when)})


def _given(question):
    """Any answer that the question takes, as the site would keep it."""
    options = [o.id for o in question.options] + ([UNSURE] if question.unsure else [])
    if not question.options:
        return st.sampled_from(["Un besoin", "epci:200069193"]).map(lambda v: (v,))
    return st.lists(st.sampled_from(options), min_size=1, max_size=question.max).map(lambda v: taken(question, v))


ANSWERS = st.fixed_dictionaries({}, optional={q.id: _given(q) for q in bank().questions.values()})
DECIDING = st.fixed_dictionaries({}, optional={q: _given(bank().questions[q]) for q in READ})


@given(ANSWERS)
@settings(max_examples=150, deadline=None)
def test_all_modes_and_trends_are_ranked_once_and_the_first_trend_is_of_the_first_mode(answers):
    advice = advise(answers)
    assert sorted(m.id for m in advice.modes) == sorted(terms("modes"))
    assert sorted(t.id for t in advice.trends) == sorted(terms("trends"))
    scores = [t.score for t in advice.trends]
    assert scores == sorted(scores, reverse=True)
    assert advice.modes[0].score == advice.trends[0].score
    for ranked in (*advice.modes, *advice.trends):
        assert ranked.score == sum(r.weight for r in (*ranked.reasons, *ranked.against))


@given(ANSWERS, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_answers_never_changes_the_advice(answers, random):
    pairs = [(q, tuple(random.sample(v, len(v)))) for q, v in answers.items()]
    random.shuffle(pairs)
    assert advise(dict(pairs)) == advise(answers)


@given(DECIDING, st.text(max_size=40), st.sampled_from(["besoin", "refus", "inconnue", "lieu"]))
@settings(max_examples=100, deadline=None)
def test_an_answer_that_no_line_reads_never_changes_the_advice(answers, text, question):
    assert advise({**answers, question: (text,)}) == advise(answers)


@given(DECIDING)
@settings(max_examples=100, deadline=None)
def test_i_do_not_know_counts_as_no_answer(answers):
    unsure = {q: (UNSURE,) for q in READ if q not in answers and bank().questions[q].unsure}
    assert advise({**answers, **unsure}) == advise(answers)


@given(DECIDING)
@settings(max_examples=150, deadline=None)
def test_every_reason_quotes_an_answer_that_was_given(answers):
    advice = advise(answers)
    for ranked in advice.trends:
        for reason in (*ranked.reasons, *ranked.against):
            assert reason.quotes
            assert all(option in answers[question] for question, option in reason.quotes)
            assert all(bank().questions[q].label(o) in reason.says for q, o in reason.quotes)
    if advice.trends[0].score > 0:
        assert advice.trends[0].reasons


@given(DECIDING)
@settings(max_examples=80, deadline=None)
def test_what_goes_with_the_first_form_quotes_the_answers_that_put_it_first(answers):
    advice = advise(answers)
    for section in (advice.vehicles, advice.documents, advice.engages, advice.local_authority, advice.risks):
        for said in section:
            quotes = {q for reason in said.reasons for q, _ in reason.quotes}
            if advice.trends[0].reasons and quotes & {"mode", "tendance", "forme"}:
                assert quotes & set(answers)


@given(DECIDING)
@settings(max_examples=120, deadline=None)
def test_making_the_change_that_is_named_does_change_what_comes_first(answers):
    change = smallest_change(answers)
    before = advise(answers)
    assert change is not None
    after = advise(change.applied(answers))
    assert (after.modes[0].id, after.trends[0].id) == (change.first_mode, change.first_trend)
    assert after.trends[0].id != before.trends[0].id
    assert change.before == usable(answers).get(change.question, ())
    question = bank().questions[change.question]
    assert taken(question, change.after) == change.after


@given(DECIDING)
@settings(max_examples=25, deadline=None)
def test_two_answers_are_changed_only_when_no_single_one_is_enough(answers):
    change = smallest_change(answers)
    if change is None or not change.also:
        return
    first = order(usable(answers))[1][0][0]
    for question in READ:
        known = bank().questions[question]
        if question == "acteur" or known.kind == "choices":
            continue
        for option in known.options:
            assert order(usable({**answers, question: (option.id,)}))[1][0][0] == first


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {q.id: (UNSURE,) for q in bank().short},
        {"apport": ("don-argent", "achat", "essai"), "lien": ("parole",), "recettes": ("dons", "parts")},
        {"lien": ("societe",), "temps": ("deux-heures",), "deja": ("jamais",), "apport": ("don-argent",)},
    ],
    ids=["aucune réponse", "je ne sais pas partout", "réponses contraires", "beaucoup avec peu"],
)
def test_rare_or_contrary_answers_still_give_something_to_do(answers):
    advice = advise(answers)
    assert len(advice.next_steps) >= 3
    assert advice.form.text
    assert advice.local_authority
    assert advice.impacts
    assert smallest_change(answers) is not None


def test_too_few_answers_are_said_to_be_a_start_and_contrary_ones_are_pointed_out():
    assert not advise({}).certain
    assert not advise({q.id: (UNSURE,) for q in bank().short}).certain
    assert not advise({"apport": ("don-argent",), "lien": ("societe",)}).certain
    contrary = advise({"apport": ("don-argent", "achat"), "lien": ("parole",), "recettes": ("dons", "parts")})
    assert "don-et-achat" in {risk.id for risk in contrary.risks}


def test_without_answers_the_simplest_to_try_comes_first_and_a_dialogue_is_advised():
    advice = advise({})
    assert [m.id for m in advice.modes] == list(advice_content().start)
    assert advice.form.id == "dialogue"
    assert advice.trends[0].reasons == ()


def test_an_answer_to_a_question_that_is_not_asked_does_not_count():
    given_ = {"apport": ("reponse-qui-grandit",), "suite": ("grandir",), "avancement": ("idee",)}
    assert advise(given_) == advise({k: v for k, v in given_.items() if k != "suite"})
    later = {**given_, "avancement": ("bilan",)}
    assert "suite" in {r.question for r in advise(later).trends[0].reasons}


def test_two_hours_a_week_gets_smaller_steps():
    small = advise({"temps": ("deux-heures",), "apport": ("don-argent",)})
    large = advise({"temps": ("une-equipe",), "apport": ("don-argent",)})
    assert [s.id for s in small.next_steps if s.id.endswith("deux-heures")]
    assert not [s.id for s in large.next_steps if s.id.endswith("deux-heures")]
    assert not {"page-de-projet", "montrer-le-besoin"} & {s.id for s in small.next_steps}
