"""What the values of a column say it holds, when its title says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from stdnum.fr import siren, siret

from alliage.vocabulary.fields import fields
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.terms import terms

SHARE_OF_VALUES = 0.8
RNA = re.compile(r"W\d{9}")
_LISTED = ("mode", "trend", "domains", "status", "scale")
_CODE = re.compile(r"\d{5}|2[AB]\d{3}")
_RECENT_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
_ADDRESS = re.compile(r"https?://|www\.")


def values_of(column: str, sample: Sequence[Mapping[str, str]]) -> list[str]:
    """The values of a column in the rows looked at, empty ones left out."""
    return [value for row in sample if (value := row.get(column, "").strip())]


def path_of_values(values: Sequence[str], taken: set[str]) -> str | None:
    """The path that at least four values in five agree with, or None; `taken`: the paths of the other columns."""
    if len(values) < 2:
        return None

    def most(test: Callable[[str], object]) -> bool:
        return sum(bool(test(v)) for v in values) >= SHARE_OF_VALUES * len(values)

    identifiers: dict[str, Callable[[str], object]] = {
        "siret": siret.is_valid,
        "siren": siren.is_valid,
        "rna": RNA.fullmatch,
    }
    for name, is_valid in identifiers.items():
        if most(lambda v, is_valid=is_valid: is_valid(re.sub(r"[\s.\u00a0]", "", v))):  # type: ignore[misc]
            return f"partners.0.{name}"
    if most(_ADDRESS.match):
        return "sources"
    for name in _LISTED:
        if name not in taken and most(lambda v, name=name: _all_listed(v, name)):  # type: ignore[misc]
            return name
    if most(_CODE.fullmatch):
        return _path_of_codes(values)
    if not any(path.startswith("places") for path in taken) and most(_is_place):
        return "places"
    if "start_year" not in taken and most(_RECENT_YEAR.fullmatch):
        return "start_year"
    return None


def _all_listed(value: str, name: str) -> bool:
    known = terms(str(fields()[name].list))
    return all(known.find(part) for part in re.split(r"[;|,\n]", value) if part.strip())


def _is_place(value: str) -> bool:
    return not value.isdigit() and bool(gazetteer().resolve(value))


def _path_of_codes(values: Sequence[str]) -> str | None:
    """Five signs: postcodes when more of them are known so, else codes of communes."""
    postcodes = sum(bool(gazetteer().postcode(v)) for v in values)
    codes = sum(gazetteer().get("commune", v) is not None for v in values)
    if max(postcodes, codes) < SHARE_OF_VALUES * len(values):
        return None
    return "places.postcode" if postcodes >= codes else "places.code"
