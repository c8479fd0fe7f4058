"""The published mix of queries: a third narrow, a third broad, a tenth unfiltered, the rest by place and two filters."""

from __future__ import annotations

import random

from alliage.vocabulary.places import Place
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from benchmarks.national import NationalBase

KINDS = ("narrow", "broad", "unfiltered", "placed")
Asked = dict[str, str]


def mix(number: int, seed: int) -> list[tuple[str, Asked]]:
    """Queries in the order asked, each with its kind; another seed gives other queries of the same kinds."""
    base, chance = NationalBase(1_000, seed=1), random.Random(seed)
    words = [str(w) for w in base.words.items]
    often, rare = words[:60], words[len(words) // 2 :]
    domains, modes = list(terms("domains")), [m.id for m in typology().modes]
    base.communes.chance = chance
    found: list[tuple[str, Asked]] = []
    for at in range(number):
        kind = "narrow" if at % 30 < 10 else "broad" if at % 30 < 20 else "unfiltered" if at % 30 < 23 else "placed"
        if kind == "narrow":
            asked = {"q": f"{chance.choice(rare)} {chance.choice(rare)}"}
        elif kind == "broad":
            asked = {"q": chance.choice(often)}
        elif kind == "unfiltered":
            asked = {}
        else:
            place = base.communes.one()
            assert isinstance(place, Place)
            level = chance.choice(("region", "departement"))
            asked = {
                "place": f"{level}:{getattr(place, level)}",
                "domain": chance.choice(domains[:12]),
                "mode": chance.choice(modes),
            }
        found.append((kind, asked))
    chance.shuffle(found)
    return found
