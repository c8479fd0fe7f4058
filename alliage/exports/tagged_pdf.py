"""PDF/UA-1 from our typst templates: tagged, the same on every machine, with no sign that its font lacks."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from pathlib import Path
from typing import Any  # what a template reads is JSON

import typst

TEMPLATES = Path(__file__).parent / "typst"
# What the page's font may lack: signs beyond Latin, the punctuation and the currencies of Europe.
_LACKING = re.compile("[^\\x20-\u024f\u2010-\u205f\u20ac\u2122]|\\\\u00[01][0-9a-f]")


@cache
def _template(name: str) -> bytes:
    return (TEMPLATES / f"{name}.typ").read_bytes()


def tagged_pdf(template: str, told: dict[str, Any], *, at: dt.datetime) -> bytes:
    """The PDF of `typst/<template>.typ`, which reads `told` as JSON in `sys.inputs.told`; `at` is its date of creation."""
    text = json.dumps(told, ensure_ascii=False)
    try:
        return _compiled(template, text, at)
    except typst.TypstError:  # PDF/UA refuses a sign that the page's font does not have
        return _compiled(template, _LACKING.sub("", text), at)


def _compiled(template: str, text: str, at: dt.datetime) -> bytes:
    return typst.compile(
        _template(template),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"told": text},
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )
