"""Installations of their own, on SQLite or on the PostgreSQL of the tests. Every test here is slow."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.resilience.installation import Installation

Made = Callable[[str], Installation]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def installation(tmp_path: Path, new_database: Callable[[], str]) -> Made:
    """Makes an empty installation of that name."""
    return lambda name: Installation(tmp_path / name, new_database())


def written(path: Path, rows: int, *, seed: int = 5) -> Path:
    """A table of alliances: partners shared by several rows, and places; no two rows alike."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["identifiant", "titre", "besoin", "partenaires", "lieu", "année de début"])
        for number in range(rows):
            word = "".join(chance.choices("bcdfglmnprstv", k=9)) + "ette"
            need = chance.choice(["mobilité", "logement", "emploi", "jardin"])
            partners = f"Association {word} {number // 3} ; Société {seed} {chance.randrange(rows)}"
            place = chance.choice(["Lyon", "Figeac", "Brest", ""])
            out.writerow([f"r{number}", f"{word} {number}", need, partners, place, 2000 + number % 24])
    return path
