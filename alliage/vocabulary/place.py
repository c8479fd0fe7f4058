"""The shape of one place. All of them, and how they are found: `places`."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What the DGCL calls each kind of EPCI, all feminine; the métropole de Lyon has a code of its own.
EPCI_KINDS = {
    "CC": "communauté de communes",
    "CA": "communauté d’agglomération",
    "CU": "communauté urbaine",
    "METRO": "métropole",
    "MET69": "métropole",
}
_QUOTED = re.compile(r'"([^"]*)"')
_ALL_QUOTED = re.compile(r'^(C[CAU] )?"([^"]*)"$')


def curly(name: str) -> str:
    """Straight apostrophes made curly, straight quotes French, or none when all of a name is between them."""
    name = name.replace("'", "’")
    return name if '"' not in name else _QUOTED.sub("«\u00a0\\1\u00a0»", _ALL_QUOTED.sub(r"\1\2", name))


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the current division. `token` (« commune:69123 ») names it in addresses and the index."""

    level: str
    code: str
    name: str
    departement: str = ""
    region: str = ""
    epci: str = ""
    population: int | None = None
    postcodes: tuple[str, ...] = ()
    kind: str = ""  # of an EPCI: a key of EPCI_KINDS
    area_km2: float | None = None
    point: tuple[float, float] | None = None  # longitude, latitude: inside its contour

    @property
    def token(self) -> str:
        return f"{self.level}:{self.code}"

    @property
    def shown(self) -> str:
        """Its name as a page shows it, with the curly apostrophes that official lists do not write."""
        return curly(self.name)

    @property
    def density(self) -> float | None:
        """Inhabitants a square kilometre, where both are known."""
        return self.population / self.area_km2 if self.population and self.area_km2 else None

    @property
    def overseas(self) -> bool:
        """Whether it lies in an overseas département, région or collectivity (codes 971 and on; régions 01 to 06, of three signs for a collectivity)."""
        return self.departement[:2] in ("97", "98") or len(self.region) == 3 or "01" <= self.region <= "06"
