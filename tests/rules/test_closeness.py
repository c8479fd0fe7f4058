"""The closest cases: why each, a small one for a small asker, never the order of the candidates."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alliage.rules.closeness import Asker, Candidate, closeness, closest
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.profiles import profiles

FIGEAC = gazetteer().get("commune", "46102")


def record(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "title": id, "domains": [], "partners": [], "places": [], "scale": "local", **more}


def partner(kind: str, size: str | None = None) -> dict[str, Any]:
    return {"name": f"{kind} {size}", "kind": kind, "size": size, "role": ""}


def test_each_thing_in_common_adds_its_points_and_its_reason():
    asker = Asker(profiles()["tpe-pme"], ("mobilite",), FIGEAC, ("petite-ville",))
    case = record(
        "rezo",
        domains=["mobilite", "emploi-insertion"],
        partners=[partner("entreprise", "pme")],
        places=[{"level": "departement", "code": "46", "name": "Lot"}],
        documentation="bien-documentee",
    )
    close = closeness(Candidate(case, 0.5, "Même besoin", ("petite-ville",)), asker)
    # 4 × 0,5 for the need, 2 for the subject, 2 for the kind of territory, 1 for the département, 2 for the partner, 0,5.
    assert close.points == 9.5
    assert len(close.reasons) == 5
    assert "Même besoin" in close.reasons
    assert any("Lot" in reason for reason in close.reasons)


def test_a_small_asker_is_shown_a_small_case_even_when_larger_ones_are_closer():
    large = [record(f"grand-{n}", domains=["mobilite"], partners=[partner("entreprise", "grande")]) for n in range(3)]
    small = record("petit", partners=[partner("association", "tpe")])
    candidates = [Candidate(r) for r in (*large, small)]
    asked = ("mobilite",)
    assert [c.record["id"] for c in closest(candidates, Asker(profiles()["association"], asked))][-1] == "petit"
    ids = [c.record["id"] for c in closest(candidates, Asker(profiles()["grande-entreprise"], asked))]
    assert ids == ["grand-0", "grand-1", "grand-2"]


@given(st.integers(0, 2**32), st.integers(0, 12), st.sampled_from(sorted(profiles())))
def test_the_order_of_the_candidates_never_changes_what_is_shown(seed: int, number: int, profile: str):
    chance = random.Random(seed)
    candidates = [
        Candidate(
            record(
                f"c{n}",
                domains=chance.sample(["mobilite", "sante", "culture"], 2),
                partners=[
                    partner(chance.choice(["association", "entreprise"]), chance.choice([None, "tpe", "grande"]))
                ],
            ),
            chance.choice([0.0, 0.5, 1.0]),
        )
        for n in range(number)
    ]
    asker = Asker(profiles()[profile], ("mobilite",), FIGEAC, ("petite-ville",))
    shown = [c.record["id"] for c in closest(candidates, asker)]
    chance.shuffle(candidates)
    assert [c.record["id"] for c in closest(candidates, asker)] == shown
    assert len(shown) == min(3, number) == len(set(shown))


def test_nothing_known_of_the_asker_still_gives_cases():
    assert len(closest([Candidate(record(f"c{n}")) for n in range(5)], Asker())) == 3
