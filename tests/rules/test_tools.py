"""Which tools answer, how many each choice leaves, which fit best: counts that never lie, an order that never varies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.rules.tools import (
    FACETS,
    NONE,
    ToolFilter,
    counts,
    matching,
    questions_helped,
    stage_by_actor,
    tools_for,
    values_of,
)
from alliage.vocabulary.method import bank
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.terms import terms
from alliage.vocabulary.tools import Tool, tools

STAGES, ACTORS, MODES = [s.id for s in bank().stages], list(profiles()), list(terms("modes"))
KINDS = list(tools().kinds)
some = lambda values: st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)  # noqa: E731
a_tool = st.builds(
    Tool,
    id=st.uuids().map(str),
    name=st.sampled_from(["Guide d’été", "Carte", "Le guide du maire"]),
    summary=st.just("Pour commencer."),
    kind=st.sampled_from(KINDS),
    medoc=st.just("M"),
    stages=some(STAGES),
    actors=some(ACTORS),
    modes=some(MODES),
    cost=st.sampled_from(["", "gratuit", "payant"]),
)
a_filter = st.builds(
    ToolFilter,
    stage=st.sampled_from(["", NONE, *STAGES]),
    actor=st.sampled_from(["", NONE, *ACTORS]),
    mode=st.sampled_from(["", NONE, *MODES]),
    kind=st.sampled_from(["", *KINDS]),
    cost=st.sampled_from(["", NONE, "gratuit", "payant"]),
    q=st.sampled_from(["", "guide", "ete", "zzz"]),
)


@given(st.lists(a_tool, max_size=12), a_filter)
def test_a_count_is_what_choosing_that_value_gives(cards, wanted):
    counted = counts(cards, wanted)
    for facet in FACETS:
        for value in {v for t in cards for v in values_of(t, facet)}:
            left = matching(cards, replace(wanted, **{facet: value}))
            assert counted[facet].get(value, 0) == len(left)


@given(st.lists(a_tool, max_size=12), a_filter)
def test_each_cell_of_the_matrix_is_what_its_link_gives(cards, wanted):
    told = stage_by_actor(cards, wanted)
    for stage in STAGES:
        for actor in ACTORS:
            assert told.get((stage, actor), 0) == len(matching(cards, replace(wanted, stage=stage, actor=actor)))


@given(a_filter)
def test_on_the_real_cards_counts_hold_too(wanted):
    counted = counts(tools(), wanted)
    for facet in FACETS:
        for value, number in counted[facet].items():
            assert number == len(matching(tools(), replace(wanted, **{facet: value}))) > 0


def test_words_find_without_accents_and_all_of_them():
    assert {t.id for t in matching(tools(), ToolFilter(q="mecenat recu"))} >= {"recu-fiscal-entreprises"}
    assert matching(tools(), ToolFilter(q="mécénat xylophone")) == ()
    assert len(matching(tools(), ToolFilter(q="  "))) == len(tools())
    assert matching(tools(), ToolFilter(q="(((")) == matching(tools(), ToolFilter())


@given(
    st.sampled_from(["", "inconnue", *STAGES]), st.sampled_from(["", "x", *ACTORS]), st.sampled_from(["", "x", *MODES]),
    st.integers(0, 8),
)  # fmt: skip
def test_what_fits_is_never_for_somebody_else_never_dead_and_says_why(stage, actor, mode, limit):
    found = tools_for(stage=stage, actor=actor, mode=mode, limit=limit)
    assert len(found) <= limit
    assert len({f.tool.id for f in found}) == len(found)
    for fit in found:
        assert fit.tool.link != "dead"
        for value, held, known in (
            (stage, fit.tool.stages, STAGES),
            (actor, fit.tool.actors, ACTORS),
            (mode, fit.tool.modes, MODES),
        ):
            assert value not in known or not held or value in held
        assert not (stage in STAGES and stage in fit.tool.stages) or any("étape" in r for r in fit.reasons)
    assert found == tools_for(stage=stage, actor=actor, mode=mode, limit=limit)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("actor", ACTORS)
def test_everybody_finds_a_tool_for_each_step_with_its_reason(stage, actor):
    found = tools_for(stage=stage, actor=actor)
    assert found
    assert all(f.reasons for f in found)
    assert stage in found[0].tool.stages


@given(st.permutations(list(tools())))
def test_the_order_of_the_file_changes_nothing(turned):
    asked = {"stage": "avec-qui", "actor": "association", "limit": 6}
    assert tools_for(**asked, cards=turned) == tools_for(**asked)


def test_a_small_association_looking_for_sponsors_gets_its_receipt_and_its_agreement():
    ids = [f.tool.id for f in tools_for(stage="s-organiser", actor="association", mode="mecenat", limit=4)]
    assert {"recu-fiscal-entreprises", "convention-de-mecenat"} <= set(ids)


def test_a_card_helps_with_questions_of_its_steps_alone():
    for tool in tools():
        assert {q.stage for q in questions_helped(tool)} <= set(tool.stages)
