"""A writer whose transaction stays open: `python -m tests.resilience.slow_writer FILE SECONDS`.

Receives the file, says « written », and commits so many seconds later.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path


def write(path: Path, seconds: float) -> None:
    from django.db import transaction

    from alliage.catalogue.actions.receive import receive
    from alliage.catalogue.journal import Author
    from alliage.intake.pipeline import open_batch

    with transaction.atomic():
        batch = open_batch(path, source=path.stem)
        receive(batch=batch, by=Author("slow"), at=dt.datetime.now(dt.UTC), publish=True)
        print("written", flush=True)
        time.sleep(seconds)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliage.site.settings")
    import django

    django.setup()
    write(Path(sys.argv[1]), float(sys.argv[2]))
