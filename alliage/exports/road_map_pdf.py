"""A road map as a tagged PDF (PDF/UA-1): to print, to send, to pin on a wall."""

from __future__ import annotations

import datetime as dt

from alliage.exports.road_map import RoadMap
from alliage.exports.tagged_pdf import tagged_pdf
from alliage.vocabulary.road_map import road_map_words, said_day


def write_pdf(road_map: RoadMap, *, at: dt.datetime, publisher: str = "Alliage") -> bytes:
    """The PDF; `at` is written into it as its date of creation, and at the foot of its pages."""
    words = road_map_words()
    steps = [
        {
            "title": step.title,
            "details": step.details,
            "who": step.who,
            "when": step.when_said,
            "why": step.why,
            "state": words.states[step.state].label,
            "id": step.state,
        }
        for step in road_map.steps
    ]
    facts = (
        ("D’après", road_map.example.title if road_map.example else ""),
        ("Le besoin", road_map.need),
        ("Le lieu", road_map.place),
        ("La forme", road_map.form_label),
    )
    told = {
        "title": road_map.title,
        "publisher": publisher,
        "facts": [list(fact) for fact in facts if fact[1]],
        "warning": road_map.example.ended if road_map.example else "",
        "columns": [c.label for c in words.columns],
        "steps": steps,
        "roles": [[r.label, r.hint, r.there, r.here] for r in road_map.roles],
        "example": road_map.example is not None,
        "partners": [
            [p.name, f" ({p.kind})" if p.kind else "", p.role]
            for p in (road_map.example.around_the_table if road_map.example else ())
        ],
        "taught": road_map.example.taught if road_map.example else (),
        "reasons": road_map.reasons,
        "engages": road_map.engages,
        "local_authority": road_map.local_authority,
        "agreement": road_map.agreement.label if road_map.agreement else "",
        "agreement_why": road_map.agreement.why if road_map.agreement else "",
        "agreement_points": road_map.agreement.points if road_map.agreement else (),
        "notice": road_map.model_notice,
        "helpers": [[h.name, h.purpose] for h in road_map.who_can_help],
        "footer": f"Feuille de route du {said_day(at.date())}, faite avec Alliage\u00a0:",
        "address": road_map.address,
    }
    return tagged_pdf("road_map", told, at=at)
