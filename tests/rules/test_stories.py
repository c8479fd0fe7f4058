"""Stories a facilitator could write: who asks, what is answered, what is advised first and why."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from alliage.rules.advice import advise
from alliage.vocabulary.method import bank
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology

FOLDER = Path(__file__).parent / "stories"
STORIES = [story for file in sorted(FOLDER.glob("*.yaml")) for story in yaml.safe_load(file.read_text("utf-8"))]


def answers_of(story) -> dict[str, tuple[str, ...]]:
    return {q: tuple(v) if isinstance(v, list) else (v,) for q, v in story["answers"].items()}


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s["name"])
def test_a_story_ends_as_a_facilitator_would_end_it(story):
    advice = advise(answers_of(story))
    if "mode" in story:
        assert advice.modes[0].id == story["mode"]
    if "trend" in story:
        assert advice.trends[0].id == story["trend"]
    if "word" in story:
        assert story["word"] in " ".join(reason.says for reason in advice.trends[0].reasons)
    assert advice.certain is story.get("certain", advice.certain)
    for section, wanted in story.get("says", {}).items():
        if section == "form":
            assert advice.form.id == wanted
        else:
            assert set(wanted) <= {s.id for s in getattr(advice, section)}
    for section, unwanted in story.get("silent", {}).items():
        assert not set(unwanted) & {s.id for s in getattr(advice, section)}


def test_there_are_sixty_stories_of_different_names_and_one_for_each_trend():
    assert len({story["name"] for story in STORIES}) == len(STORIES) >= 60
    assert {story.get("trend") for story in STORIES} >= set(terms("trends"))
    assert all(typology().trend(s["trend"]).mode == s["mode"] for s in STORIES if "trend" in s)


def test_every_answer_of_a_story_can_be_given():
    for story in STORIES:
        for question, given in answers_of(story).items():
            known = bank().questions[question]
            assert set(given) <= {o.id for o in known.options} | {"ne-sais-pas"}, story["name"]
            assert len(given) <= known.max, story["name"]
