"""The example lines of a document, as printed, and which alliances each one names."""

from __future__ import annotations

from django.db import transaction

from alliage.catalogue.models import Alliance, SheetLine
from alliage.intake.drafts import Batch
from alliage.vocabulary.words import key


def keep_lines(batch: Batch) -> None:
    """Keeps each example line of a document, and which alliances it names."""
    with transaction.atomic():
        for line in batch.lines:
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
