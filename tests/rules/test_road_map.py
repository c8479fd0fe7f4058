"""A road map as a list that people edit: terms become days, no edit loses a step, and two people at once are told."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alliage.rules.road_map import UnfitStep, day_of, first_steps, joined, progress
from alliage.rules.road_map_edits import (
    Add,
    Change,
    Held,
    Move,
    Note,
    Overtaken,
    PutBack,
    Remove,
    Replace,
    Shown,
    edited,
    mark_of,
)
from alliage.vocabulary.road_map import read_day, road_map_words, step_of
from alliage.vocabulary.typology import typology

BEGUN = dt.date(2026, 11, 25)
A, B, C = (step_of(what=w) for w in ("Appeler", "Visiter", "Signer"))


def shown(steps, step):
    return Shown(steps.index(step), mark_of(step))


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("15/03/2027", dt.date(2027, 3, 15)),
        ("15 mars 2027", dt.date(2027, 3, 15)),
        ("1er décembre 2026", dt.date(2026, 12, 1)),
        ("2027-3-5", dt.date(2027, 3, 5)),
        ("cette semaine", dt.date(2026, 12, 2)),
        ("Dans le mois", dt.date(2026, 12, 25)),
        ("dans les deux mois", dt.date(2027, 1, 25)),
        ("dans 3 mois", dt.date(2027, 2, 24)),
        ("d’ici six mois", dt.date(2027, 5, 27)),
        ("dans deux semaines", dt.date(2026, 12, 9)),
        ("dans un an", dt.date(2027, 11, 25)),
        ("au printemps", None),
        ("", None),
    ],
)
def test_a_term_is_counted_from_the_day_the_road_map_was_begun(when, day):
    assert day_of(step_of(what="x", when=when), BEGUN) == day


def test_a_term_of_any_form_of_alliance_has_a_day():
    for mode in typology().modes:
        for step in first_steps(mode.first_steps):
            assert day_of(step, BEGUN), step.when


@given(st.one_of(st.text(max_size=40), st.from_regex(r"\d{4}[-/]\d\d?[-/]\d\d?|\d\d?/\d\d?/\d{4}", fullmatch=True)))
@example("2027-02-30")
@example("0000-01-01")
@example("٢٠٢٧-٠٢-٣٠")
def test_no_text_breaks_the_reading_of_a_day(text):
    step = step_of(what="x", when=text)
    assert step == step_of(what=step.what, when=step.when)
    assert step.day is None or read_day(step.when) == step.day
    assert step.when_said or not step.when
    day_of(step, BEGUN)


def test_a_day_that_does_not_exist_and_a_step_without_words_are_refused_with_a_sentence():
    for step, says in ((step_of(what="x", when="31/02/2027"), "calendrier"), (step_of(what="  "), "à faire")):
        with pytest.raises(UnfitStep, match=says):
            edited(Held(), Add((step,)))
    with pytest.raises(UnfitStep, match="200"):
        edited(Held((A,) * road_map_words().most), Add((B,)))


EDITS = st.lists(
    st.tuples(st.sampled_from(["add", "up", "down", "remove", "back", "note"]), st.integers(0, 9)), max_size=25
)


@given(EDITS)
def test_whatever_the_edits_no_step_is_lost_and_the_last_one_removed_can_be_put_back(edits):
    held, names = Held((A, B, C)), ["Appeler", "Visiter", "Signer"]
    for number, (verb, at) in enumerate(edits):
        step = held.steps[at % len(held.steps)] if held.steps else None
        if verb == "add":
            held = edited(held, Add((step_of(what=f"pas {number}"),)))
            names.append(f"pas {number}")
        elif verb == "back" and held.removed:
            names.append(held.removed.steps[0].title)
            held = edited(held, PutBack())
            assert held.removed is None
        elif step and verb in ("up", "down"):
            held = edited(held, Move(shown(held.steps, step), -1 if verb == "up" else 1))
        elif step and verb == "note":
            held = edited(held, Note(shown(held.steps, step), "fait"))
        elif step and verb == "remove":
            held = edited(held, Remove(shown(held.steps, step)))
            names.remove(step.title)
            assert held.removed.steps[0] == step
        assert sorted(s.title for s in held.steps) == sorted(names)


def test_a_step_put_back_stands_where_it_stood():
    held = edited(Held((A, B, C)), Remove(shown((A, B, C), B)))
    assert edited(held, PutBack()).steps == (A, B, C)


def test_a_step_moved_by_somebody_else_is_still_the_one_meant_and_a_changed_one_is_told():
    seen = Shown(0, mark_of(A))
    moved = edited(Held((A, B, C)), Move(seen, 1))
    assert moved.steps == (B, A, C)
    assert edited(moved, Note(seen, "fait")).steps[1].state == "fait"
    changed = edited(moved, Change(Shown(1, mark_of(A)), step_of(what="Appeler demain")))
    for edit in (Remove(seen), Note(seen, "fait"), Move(seen, 1), Change(seen, B)):
        with pytest.raises(Overtaken):
            edited(changed, edit)


def test_the_list_that_a_table_replaced_can_be_put_back_even_when_it_was_sent_twice():
    once = edited(Held((A, B)), Replace((C,)))
    twice = edited(once, Replace((C,)))
    assert twice == once
    assert edited(twice, PutBack()).steps == (A, B)
    # An edit made since would be lost with the former list.
    assert edited(twice, Add((A,))).removed is None


def test_what_was_dropped_does_not_count_as_left_to_do():
    steps = [step_of(what=s, state=s) for s in road_map_words().states]
    assert progress(steps) == (1, 3)


def test_a_step_said_by_the_advice_and_by_the_form_is_proposed_once():
    assert joined((A, B), (step_of(what="APPELER !"), C)) == (A, B, C)
