"""Needs in plain words: how many find a right case among the first three, on the starter base.

Run: `.venv/bin/python -m benchmarks.needs`. The misses of the unseen half are never printed: whoever tunes the search
must not know them.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any  # rows of YAML

import yaml

FOLDER = Path(__file__).parents[1] / "tests" / "search" / "needs"
FIRST = 3


def needs(half: str) -> list[dict[str, Any]]:
    """The needs of one half (`tuning` or `unseen`): need, mode, ids of the right alliances."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{half}.yaml").read_text("utf-8"))
    return found


def found_among_first(search: Any, row: dict[str, Any]) -> bool:
    """Whether one of the right alliances is among the first three."""
    from alliage.search.request import SearchRequest

    hits = search.answer(SearchRequest(q=row["need"], limit=FIRST), facets=()).hits
    return bool({hit.record["id"] for hit in hits} & set(row["right"]))


def main() -> None:
    """Loads the starter base into a throwaway home and prints both figures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"ALLIAGE_HOME": home, "DJANGO_SETTINGS_MODULE": "alliage.site.settings"}
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.utils import timezone

        from alliage.catalogue.actions.receive import receive
        from alliage.catalogue.journal import Author
        from alliage.intake.starter import starter_batch
        from alliage.search.shared import search_in
        from alliage.search.writing import rebuild

        call_command("migrate", interactive=False, verbosity=0)
        receive(batch=starter_batch(), by=Author("mesure"), at=timezone.now(), publish=True)
        rebuild(settings.INDEX_DIR)
        search = search_in(settings.INDEX_DIR)
        for half in ("tuning", "unseen"):
            rows = needs(half)
            good = [row for row in rows if found_among_first(search, row)]
            print(f"{half} : {len(good)} sur {len(rows)} ({100 * len(good) / len(rows):.0f} %)")
            if half == "tuning":
                for row in rows:
                    if row not in good:
                        print(f"  manqué : {row['need']} → {', '.join(row['right'])}")


if __name__ == "__main__":
    main()
