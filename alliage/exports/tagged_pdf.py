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
_LACKING = re.compile("[^\\n\\x20-\u024f\u200b\u2010-\u2027\u202f-\u205f\u20ac\u2122]|[\\x7f-\\x9f]")


@cache
def _template(name: str) -> bytes:
    return (TEMPLATES / f"{name}.typ").read_bytes()


def tagged_pdf(template: str, told: dict[str, Any], *, at: dt.datetime) -> bytes:
    """The PDF of `typst/<template>.typ`, which reads `told` as JSON in `sys.inputs.told`; `at` is its date of creation."""
    try:
        return _compiled(template, told, at)
    except typst.TypstError:  # PDF/UA refuses a sign that the page's font does not have
        return _compiled(template, _without_lacking(told), at)


def _without_lacking(value: Any) -> Any:
    if isinstance(value, str):
        return _LACKING.sub("", value)
    if isinstance(value, dict):
        return {name: _without_lacking(held) for name, held in value.items()}
    return [_without_lacking(held) for held in value] if isinstance(value, list | tuple) else value


def _compiled(template: str, told: dict[str, Any], at: dt.datetime) -> bytes:
    return typst.compile(
        _template(template),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )
