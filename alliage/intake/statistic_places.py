"""Codes of a statistics file → today's places: exact, former, or with the zero that a spreadsheet took off; never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alliage.vocabulary.indicators import COUNTRY
from alliage.vocabulary.places import LEVEL_LABELS, LEVELS, gazetteer
from alliage.vocabulary.words import key

_LENGTH = {"commune": 5, "departement": 2, "region": 2, "epci": 9}
_LEVELS = {key(word): level for level, label in LEVEL_LABELS.items() for word in (level, label)} | {
    "epci": "epci",
    "pays": "pays",
    "france": "pays",
}
_WITH_DISTRICTS = ("75056", "69123", "13055")


@dataclass(frozen=True, slots=True)
class Written:
    """The place that a code of the file names: today's code, and the code as written, its zero given back."""

    level: str
    code: str
    as_written: str

    @property
    def former(self) -> bool:
        """Whether the code written is no longer, or not only, that of the place: a former commune, an arrondissement."""
        return self.code != self.as_written


class Resolver:
    """Finds places by the codes of one file, whose other codes tell whether zeros were lost."""

    def __init__(self, codes: Iterable[tuple[str, str]]) -> None:
        self.zeros_given_back = 0
        # A spreadsheet takes the zero off all codes: one that is left says that the short ones lost another digit.
        self._keeps_zeros = {self._level(level, code) for level, code in codes if code.startswith("0")}

    def place(self, level: str, code: str) -> Written | tuple[str, str]:
        """The place, or (cause, fix)."""
        known = self._level(level, code)
        if not known:
            cause = f"Le niveau « {level} » n’existe pas." if level else "Le niveau de ce code ne se devine pas."
            return cause, f"Écrivez l’un de ces niveaux : {', '.join((*LEVELS, 'pays'))}."
        if known == "pays":
            if f"pays:{code}" == COUNTRY:
                return Written("pays", code, code)
            return f"Le code « {code} » n’est pas celui d’un pays.", "Écrivez « FR »."
        if found := gazetteer().get(known, code):
            return Written(known, found.code, code)
        if gazetteer().get(known, code.upper()):
            return (
                f"Le code « {code} » n’existe pas : la casse des lettres compte.",
                f"Écrivez « {code.upper()} ».",
            )
        padded = f"0{code}"
        if len(padded) == _LENGTH[known] and (found := gazetteer().get(known, padded)):
            if known not in self._keeps_zeros:
                self.zeros_given_back += 1
                return Written(known, found.code, padded)
            return (
                f"Il manque un chiffre au code « {code} », et on ne peut pas savoir lequel : d’autres codes du fichier ont "
                "gardé leur zéro.",
                f"Rendez le code entier ; « {padded} » est {found.name}.",
            )
        if len(code) < _LENGTH[known]:
            return (
                f"Il manque un chiffre au code « {code} » ({LEVEL_LABELS[known]}).",
                "Rendez le code entier, tel que le donne la source.",
            )
        return (
            f"Le code « {code} » n’est celui d’aucun territoire ({LEVEL_LABELS[known]}), ni aujourd’hui ni avant.",
            "Corrigez le code. S’il a disparu, déclarez-le sous « gone » dans indicators.yaml.",
        )

    @staticmethod
    def _level(level: str, code: str) -> str:
        if level:
            return _LEVELS.get(key(level), "")
        return {5: "commune", 4: "commune", 9: "epci"}.get(len(code), "")

    @staticmethod
    def has_districts(code: str) -> bool:
        """Whether files list both this commune and its arrondissements."""
        return code in _WITH_DISTRICTS
