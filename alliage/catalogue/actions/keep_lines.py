"""The example lines of a document, as printed, and which alliances each one names."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliage.catalogue.journal import Author, hold_writers, next_revision, write_change
from alliage.catalogue.models import Alliance, ImportBatch, SheetLine
from alliage.intake.drafts import Batch
from alliage.vocabulary.words import key


def keep_lines(*, batch: Batch, run: ImportBatch, by: Author, at: dt.datetime) -> None:
    """Keeps each example line of a document, and which alliances it names.

    What a line prints is searched with the alliances it names: those take a revision, for the index to pull them again.
    """
    with transaction.atomic():
        hold_writers()
        printed_anew: set[int] = set()
        for line in batch.lines:
            known = SheetLine.objects.filter(document=line.document[:100], number=line.number)
            before = set(known.values_list("text", "alliances"))
            row, _ = SheetLine.objects.update_or_create(
                document=line.document[:100],
                number=line.number,
                defaults={
                    "text": line.text,
                    "key": key(line.text)[:300],
                    "mode": line.mode or "",
                    "trend": line.trend or "",
                    "tag": line.tag[:200],
                    "passage": line.passage,
                },
            )
            named = Alliance.objects.filter(slug__in=line.alliances)
            drawn = Alliance.objects.filter(
                source=batch.source[:100], provenance__document=line.document, provenance__example_line=line.number
            )
            # The same line in another document names the same alliances.
            alike = Alliance.objects.filter(sheet_lines__key=row.key).exclude(sheet_lines=row)
            row.alliances.add(*named, *(drawn or alike.distinct()))
            printed_anew |= {id for text, id in set(known.values_list("text", "alliances")) - before if id}
        if printed_anew:
            revision = next_revision()
            Alliance.objects.filter(id__in=printed_anew).update(revision=revision)
            write_change(
                revision=revision,
                by=by,
                at=at,
                verb="receive",
                subject="batch",
                batch=run,
                after={"lines": len(batch.lines)},
                source=batch.source[:100],
            )
