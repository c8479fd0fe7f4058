"""An index of a base of any size without its catalogue: what measures search alone, an hour sooner than an import.

`python -m benchmarks.index_only FILE.csv HOME`: each row becomes the record that an import would store, then its document.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any  # records are JSON

import tantivy

from alliage.intake.drafts import Draft
from alliage.intake.pipeline import open_batch
from alliage.search.documents import document_of, revision_document
from alliage.search.schema import fingerprint, register_tokenizers, schema
from alliage.vocabulary.fields import fields
from alliage.vocabulary.words import slug

HEAP_BYTES = 256_000_000
SEVERAL = frozenset(["choices", "sdgs", "results", "resources", "readings", "sources"])


def record_of_draft(draft: Draft, number: int) -> dict[str, Any]:
    """The record that an import would store."""
    values = draft.values
    record = {f.name: values.get(f.name) or ([] if f.type in SEVERAL else None) for f in fields().values()}
    partners = [
        {
            "organisation": slug(p["name"]),
            "name": p["name"],
            **{n: p.get(n) for n in ("kind", "size", "role")},
            "contributions": list(p.get("contributions") or ()),
        }
        for p in values.get("partners") or ()
    ]
    own: Mapping[str, Any] = {"id": f"{slug(values['title'])[:80]}-{number}", "partners": partners}
    return {**record, **own, "places": list(values.get("places") or ()), "identifiers": [draft.external_id]}


def build(csv: Path, home: Path) -> int:
    """Writes the index under `home`, at the revision of an empty catalogue. Returns the number of documents."""
    root = home / "index"
    directory = root / f"{fingerprint()}-{time.time_ns()}"
    directory.mkdir(parents=True)
    index = tantivy.Index(schema(), path=str(directory))
    register_tokenizers(index)
    writer = index.writer(HEAP_BYTES, 1)
    today, number = dt.date(2025, 1, 1), 0
    for item in open_batch(csv, source="national").items:
        if isinstance(item, Draft):
            number += 1
            record = record_of_draft(item, number)
            writer.add_document(document_of(record, number=number, revision=1, published_on=today))
    writer.add_document(revision_document(0))
    writer.commit()
    writer.wait_merging_threads()
    beside = root / "current.new"
    beside.write_text(directory.name, "ascii")
    os.replace(beside, root / "current")
    return number


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))
