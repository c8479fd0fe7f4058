"""Mistakes that a facilitator makes in the method's files: each is told with its file and its line, none is a crash."""

from __future__ import annotations

import copy

import pytest

from alliage.vocabulary import (
    advice,
    agreements,
    deriving,
    evaluation,
    health_check,
    method,
    road_map,
    talk,
    tools,
    workshop,
)
from alliage.vocabulary.loading import ContentError, read_yaml

READERS = {
    module.FILE: (module, shape)
    for module, shape in (
        (advice, advice.advice_content), (agreements, agreements.agreements), (deriving, deriving.deriving),
        (evaluation, evaluation.evaluation), (health_check, health_check.health_check), (method, method.bank),
        (road_map, road_map.road_map_words), (talk, talk.talk), (tools, tools.tools), (workshop, workshop.workshop_words),
    )
}  # fmt: skip


def keys(tree, path=(), seen=None):
    """A path to each key of a tree, once for all rows of a list."""
    seen = set() if seen is None else seen
    if isinstance(tree, dict):
        for name, value in tree.items():
            kind = (*(n for n in path if isinstance(n, str)), name)
            if kind not in seen:
                seen.add(kind)
                yield (*path, name)
            yield from keys(value, (*path, name), seen)
    elif isinstance(tree, list):
        for at, value in enumerate(tree):
            yield from keys(value, (*path, at), seen)


def changed(tree, path, change):
    """A copy of the tree after `change` of the mapping that holds the key at the end of the path."""
    copied = at = copy.deepcopy(tree)
    for step in path[:-1]:
        at = at[step]
    change(at, path[-1])
    return copied


def drop(row, name):
    del row[name]


def misspell(row, name):
    if isinstance(row[name], (int, float, str)):
        row[name] = "beaucoup"


@pytest.mark.parametrize("change", [drop, misspell], ids=["a key is gone", "a word stands where something else was"])
@pytest.mark.parametrize("file", READERS)
def test_a_mistake_is_told_with_its_file_and_its_line(monkeypatch, file, change):
    module, shape = READERS[file]
    tree, told = read_yaml(file), []
    try:
        for path in keys(tree):
            broken = changed(tree, path, change)
            monkeypatch.setattr(module, "read_yaml", lambda name, broken=broken: broken)
            shape.cache_clear()
            try:
                shape()
            except ContentError as error:
                told.append((path, error))
    finally:
        shape.cache_clear()
    assert told or change is misspell
    assert not [t for t in told if not t[1].line and "le fichier manque" not in t[1].cause]
    assert all(error.file.startswith(file.partition("/")[0]) for _, error in told)
