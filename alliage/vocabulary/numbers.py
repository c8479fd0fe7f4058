"""How French writes a number: « 12 400 », « 3,5 », « 0,04 ». The one way for pages, sentences and files to print."""

from __future__ import annotations

from math import floor, isfinite, log10

THOUSANDS = "\u202f"  # the narrow no-break space of French typography
SMALLEST = 1e-6
_WHOLE_FROM = 10


def written(value: float, decimals: int = 0) -> str:
    """The number with that many decimals; more for a small one, so that what is not nothing is never written « 0 »."""
    if not isfinite(value):
        return "…"
    if SMALLEST <= abs(value) < 10**-decimals:
        digits = 1 - floor(log10(abs(value)))
        text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{decimals}f}"
    return text.replace(",", THOUSANDS).replace(".", ",")


def in_round_figures(value: float) -> str:
    """The number as one says it: whole from ten on, one decimal below, « 0,04 » where there is hardly anything."""
    return written(value, 0 if abs(value) >= _WHOLE_FROM else 1)
