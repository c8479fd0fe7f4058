"""The printed name of each of the founding sheet's 41 lines finds its alliances, however it is typed."""

from __future__ import annotations

import random

import pytest

from alliage.intake.starter import founding_lines
from alliage.search.request import SearchRequest
from alliage.vocabulary.words import fold

LINES = founding_lines()
pytestmark = pytest.mark.django_db


def first_ids(search, q: str, number: int) -> list[str]:
    answer = search.answer(SearchRequest(q=q, limit=number), facets=())
    return [hit.record["id"] for hit in answer.hits]


def with_one_typing_error(text: str, seed: int) -> str:
    """One letter doubled, dropped, swapped or replaced in a word of six letters or more (else the longest)."""
    chance = random.Random(f"{text}{seed}")
    words = text.split(" ")
    long = [i for i, w in enumerate(words) if sum(c.isalpha() for c in w) >= 6]
    at = chance.choice(long) if long else max(range(len(words)), key=lambda i: len(words[i]))
    word = words[at]
    inside = [i for i, c in enumerate(word) if c.isalpha() and 0 < i < len(word) - 1]
    i = chance.choice(inside)
    match chance.randrange(4):
        case 0:
            word = word[:i] + word[i] + word[i:]
        case 1:
            word = word[:i] + word[i + 1 :]
        case 2:
            word = word[: i - 1] + word[i] + word[i - 1] + word[i + 1 :]
        case _:
            word = word[:i] + chance.choice("aeiorst") + word[i + 1 :]
    return " ".join([*words[:at], word, *words[at + 1 :]])


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.number:02}")
@pytest.mark.parametrize("typed", [str, lambda text: fold(text).upper()], ids=["as printed", "capitals"])
def test_the_printed_name_finds_one_alliance_first_and_all_among_the_first(starter_search, line, typed):
    found = first_ids(starter_search, typed(line.text), 10)
    assert found[0] in line.alliances
    assert set(line.alliances) <= set(found[: len(line.alliances) + 2])


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.number:02}")
@pytest.mark.parametrize("seed", range(6))
def test_with_one_typing_error_it_is_among_the_first_three(starter_search, line, seed):
    typed = with_one_typing_error(line.text, seed)
    assert set(first_ids(starter_search, typed, 3)) & set(line.alliances), typed
