"""Where, in French: « à Figeac », « au Havre », « dans le Lot », « en Bretagne », « dans la CC du Pays de Gex »."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require
from alliage.vocabulary.place import Place
from alliage.vocabulary.places import gazetteer

FILE = "place_prepositions.yaml"
PREPOSITIONS = ("à", "à l’", "en", "dans le", "dans la", "dans l’", "dans les")
_CONTRACTED = (
    (re.compile(r"^Le (?=\S)"), "au "),
    (re.compile(r"^Les (?=\S)"), "aux "),
    (re.compile(r"^Aux (?=\S)"), "aux "),
    (re.compile(r"^L’(?=Îles?\b)"), "à l’"),
    (re.compile(r"^(?=Île\b)"), "à l’"),
    (re.compile(r"^(?=Îles\b)"), "aux "),
)
_FEMININE = re.compile(r"^(?:C[CAU] |Métropole\b)")


@cache
def place_prepositions() -> Mapping[str, str]:
    """By token of région or département, what stands before its name. Raises ContentError when one has none, or two."""
    tree = read_yaml(FILE)
    found: dict[str, str] = {}
    for level in ("region", "departement"):
        for said, codes in require(tree, level, FILE).items():
            if said not in PREPOSITIONS:
                raise ContentError(FILE, f"« {said} » n’est pas possible ; possibles : {', '.join(PREPOSITIONS)}")
            for code in codes:
                token = f"{level}:{code}"
                if token in found or gazetteer().by_token.get(token) is None:
                    cause = "est écrit deux fois" if token in found else "n’est pas un lieu connu"
                    raise ContentError(FILE, f"« {token} » {cause}", line_of(tree))
                found[token] = said
        if lacking := [p.code for p in gazetteer().of_level(level) if p.token not in found]:
            raise ContentError(FILE, f"il manque sous « {level} » : {', '.join(lacking)}", line_of(tree))
    return found


def where_in_french(place: Place, label: str = "") -> str:
    """Its preposition and its name, or the label given for it: « au Havre (Seine-Maritime) »."""
    name = label or gazetteer().label(place)
    if place.level == "commune":
        for opening, said in _CONTRACTED:
            if opening.match(name):
                return opening.sub(said, name, count=1)
        return f"à {name}"
    if place.level == "epci":
        if name.startswith("Eurométropole"):
            return f"dans l’{name}"
        return f"dans la {name}" if _FEMININE.match(name) else f"dans l’intercommunalité {name}"
    said = place_prepositions()[place.token]
    return f"{said}{'' if said.endswith('’') else ' '}{name}"
