"""A writer in a process of its own, through the catalogue's actions: `python -m tests.resilience.acting NAME SECONDS`.

Each line printed is one accepted change: {"word", "at", "slug"}: what a search must find, since when (seconds).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time

SHARED = {"first": "need", "second": "action"}  # the field of the shared record that each writer alone changes


def act(name: str, seconds: float) -> None:
    from alliage.catalogue.actions import correct
    from alliage.catalogue.journal import Author
    from alliage.catalogue.models.states import Publication

    by, until, turn = Author(name), time.time() + seconds, 0
    while time.time() < until:
        turn += 1
        word, now = f"{name}{turn:05d}", dt.datetime.now(dt.UTC)
        partner = {"name": "Partenaire commun", "kind": "association", "role": ""}
        values = {"title": f"Fiche {word}", "need": "écrire ensemble", "partners": [partner], "places": []}
        made = correct.create_alliance(values=values, by=by, at=now)
        correct.set_publication(slug=made.slug, publication=Publication.PUBLISHED, by=by, at=now)
        told(word, made.slug)
        shared = f"partage{word}"
        correct.correct_alliance(slug="fiche-partagee", values={SHARED[name]: shared}, by=by, at=now)
        told(shared, "fiche-partagee")
        if turn % 5 == 0:
            correct.set_publication(slug=made.slug, publication=Publication.WITHDRAWN, by=by, at=now)
            told(word, "")
        time.sleep(0.2)


def told(word: str, slug: str) -> None:
    print(json.dumps({"word": word, "at": time.time(), "slug": slug}), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliage.site.settings")
    import django

    django.setup()
    act(sys.argv[1], float(sys.argv[2]))
