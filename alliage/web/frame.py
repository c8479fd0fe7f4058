"""What every page shows around its content: doors, current door, the selection carried in the address."""

from __future__ import annotations

from typing import Any  # a template context

from django.http import HttpRequest

DOORS = (
    ("methods", "Méthodes", "trouver sa forme"),
    ("examples", "Exemples", "voir qui l’a fait"),
    ("data", "Données", "connaître son territoire"),
    ("tools", "Outils", "s’équiper"),
    ("skills", "Compétences", "apprendre"),
)
_DOOR_OF = {
    "alliance": "examples",
    "map": "examples",
    "same": "examples",
    "organisation": "examples",
    "selection": "examples",
    **dict.fromkeys(
        (
            "questions",
            "need",
            "sort",
            "join",
            "shared_result",
            "diagnosis",
            "question",
            "result",
            "partners",
            "health",
            "health_round",
            "evaluation",
            "agreements",
            "agreement",
            "diagnosis_agreement",
            "road_map",
            "workshop",
            "diagnosis_workshop",
            "workshop_results",
        ),
        "methods",
    ),
    "typology": "methods",
    "mode": "methods",
    "trend": "methods",
    "search_help": "examples",
    "glossary": "skills",
    "founding_sheet": "examples",
    "territory": "data",
    "find_territory": "data",
    "sheets": "methods",
    "sheet": "methods",
    "tool": "tools",
    "suggest_tool": "tools",
    "about": "",
}
MOST_KEPT = 50


def selection_of(request: HttpRequest) -> list[str]:
    """The ids kept in the address (`sel=a,b`), each once."""
    given = request.GET.get("sel", "")
    return list(dict.fromkeys(i for i in given.split(",") if i and len(i) <= 100))[:MOST_KEPT]


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the page frame."""
    match = request.resolver_match
    name = match.url_name if match else ""
    kept = selection_of(request)
    return {"doors": DOORS, "door": _DOOR_OF.get(name or "", name), "kept": kept, "sel": ",".join(kept)}
