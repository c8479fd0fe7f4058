"""A kit sheet as a tagged PDF (PDF/UA-1): its text, and the live parts as they stand that day."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any  # blocks are JSON

import typst

from alliage.exports.sheet_blocks import Block

TEMPLATE = Path(__file__).parent / "typst" / "sheet.typ"
# What the font may lack: signs beyond Latin, the punctuation and the currencies of Europe.
_LACKING = re.compile("[^\\x20-\u024f\u2010-\u205f\u20ac\u2122]|\\\\u00[01][0-9a-f]")


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


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def write_pdf(sheet: PrintedSheet, *, at: dt.datetime) -> bytes:
    """The sheet as PDF/UA-1; `at` is written into the file as its date of creation."""
    told = json.dumps(asdict(sheet), ensure_ascii=False)
    try:
        return _compiled(told, at)
    except typst.TypstError:  # PDF/UA refuses a sign that the page's font does not have
        return _compiled(_LACKING.sub("", told), at)


def _compiled(told: str, at: dt.datetime) -> bytes:
    return typst.compile(
        _template(),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"sheet": told},
        ignore_system_fonts=True,  # the same pages on every machine
        timestamp=int(at.timestamp()),
    )
