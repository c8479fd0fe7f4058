"""A kit sheet as a tagged PDF (PDF/UA-1): its text, and the live parts as they stand that day."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any  # blocks are JSON

from alliage.exports.sheet_blocks import Block
from alliage.exports.tagged_pdf import tagged_pdf


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """All that the pages show. `blocks` are those of `sheet_blocks`, and the live ones: `matrix` (`rows` of quadrants with
    `label`, `mode_class`, `plain`, `trends` of `label` and `count`), `cases` (`title`, `need`, `facts`, `address`),
    `figures` (`value`, `text`, `source`, `conflict`). An address of the site is whole."""

    title: str
    publisher: str
    summary: str
    above: str
    blocks: tuple[Block, ...]
    sources: tuple[dict[str, Any], ...]
    footer: str
    address: str


def write_pdf(sheet: PrintedSheet, *, at: dt.datetime) -> bytes:
    """The sheet as PDF/UA-1; `at` is written into the file as its date of creation."""
    return tagged_pdf("sheet", asdict(sheet), at=at)
