"""What axe finds on a page as it stands, and whether it is wider than the screen: one way for all journeys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.conftest import skip_or_fail

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


def violations(page: Any, *, minor: bool = False) -> list[str]:
    """Each serious or critical violation of the page, the minor ones too when asked: its rule, where, how often."""
    if not AXE.exists():
        skip_or_fail("ce test demande axe-core (npm ci).")
    page.evaluate(AXE.read_text("utf-8"))
    answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']} {v['nodes'][0]['target']} ({len(v['nodes'])})"
        for v in answer["violations"]
        if minor or v["impact"] in SERIOUS
    ]


def faults(page: Any, told: str, *, minor: bool = False) -> list[str]:
    """The violations, and a line when the page is wider than the screen, each after the name of the page."""
    found = [f"{told} : {violation}" for violation in violations(page, minor=minor)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{told} : la page déborde")
    return found
