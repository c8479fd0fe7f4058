"""A writer in a process of its own, through the catalogue's actions: `python -m tests.resilience.acting NAME SECONDS`.

Each line printed is one accepted change: {"change", "slug", "value", "at" (seconds, just after its commit)}.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time

SHARED = {"first": "need", "second": "summary"}  # the field of the shared record that each writer alone changes


def act(name: str, seconds: float) -> None:
    from alliage.catalogue.actions import correct
    from alliage.catalogue.journal import Author
    from alliage.catalogue.models.states import Publication

    by, until, turn, last = Author(name), time.time() + seconds, 0, ""
    while time.time() < until:
        turn += 1
        word, now = f"{name}{turn:05d}", dt.datetime.now(dt.UTC)
        partner = {"name": "Partenaire commun", "kind": "association", "role": ""}
        values = {"title": f"Fiche {word}", "need": "écrire ensemble", "partners": [partner], "places": []}
        made = correct.create_alliance(values=values, by=by, at=now)
        correct.set_publication(slug=made.slug, publication=Publication.PUBLISHED, by=by, at=now)
        told("publish", made.slug)
        correct.correct_alliance(slug="fiche-partagee", values={SHARED[name]: word}, by=by, at=now)
        told("correct", "fiche-partagee", word)
        if turn % 5 == 0:
            correct.set_publication(slug=last, publication=Publication.WITHDRAWN, by=by, at=now)
            told("withdraw", last)
        last = made.slug
        time.sleep(0.2)


def told(change: str, slug: str, value: str = "") -> None:
    print(json.dumps({"change": change, "slug": slug, "value": value, "at": time.time()}), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliage.site.settings")
    import django

    django.setup()
    act(sys.argv[1], float(sys.argv[2]))
