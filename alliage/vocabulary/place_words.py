"""Names of places as compared: abbreviations, CEDEX, arrondissements, kinds of EPCI. Text only, no place is known here."""

from __future__ import annotations

import re
from collections.abc import Iterable

from alliage.vocabulary.words import fold

EPCI_PREFIX = re.compile(r"^(?:CC|CA|CU|METRO|MET69)\s+")
_UNDER = re.compile(r"(?<![^\W_])s\s*/\s*s(?=[\s/-])[\s-]*/?", re.IGNORECASE)  # « Fontenay s/s Bois »
_ON = re.compile(r"(?<![^\W_])s\s*/[\s-]*", re.IGNORECASE)  # « Châlons s/ Marne », « Ivry-s/-Seine »
_CEDEX = re.compile(r"\bcedex(?: \d{1,2})?\b")
_SAINT, _SAINTE = re.compile(r"\bst\b"), re.compile(r"\bste\b")
_NOT_NAME = re.compile(r"[^a-z0-9\n]+")
_ARTICLE = re.compile(r"^(?:d un |de la |de l |du |des |de |d |la |le |les |l )")
_ARTICLE_BEHIND = re.compile(r"^(?P<name>.+?)\s*[(,]\s*(?P<article>le|la|les|l['’])\s*\)?$", re.IGNORECASE)
_ORDINALS = (
    *("premier", "deuxieme", "troisieme", "quatrieme", "cinquieme", "sixieme", "septieme", "huitieme", "neuvieme"),
    *("dixieme", "onzieme", "douzieme", "treizieme", "quatorzieme", "quinzieme", "seizieme", "dix septieme"),
    *("dix huitieme", "dix neuvieme", "vingtieme"),
)
_NUMBER = r"(?:(?:(?P<number>\d{1,2})|(?P<roman>[ivx]+))(?: ?(?:er|ere|eme|ieme|e|nd))?|(?P<word>[a-z]+(?: [a-z]+)?ieme|premier))"
_ARRONDISSEMENT = r"(?:arrondissement|arrdt|ardt|arr)s?(?: municipal)?"
_CITY = r"(?P<city>paris|lyon|marseille)"
_CITY_FIRST = re.compile(rf"{_CITY}(?: le)? {_NUMBER}(?: {_ARRONDISSEMENT})?")  # « Paris 11e »
_CITY_LAST = re.compile(
    rf"(?:le )?{_NUMBER} {_ARRONDISSEMENT}(?: (?:de|a))? {_CITY}"
)  # « 11e arrondissement de Paris »
_ROMAN = (
    *("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
    *("xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx"),
)
_ARRONDISSEMENTS = {"paris": 20, "lyon": 9, "marseille": 16}
_EPCI_KINDS = (
    ("communaute de communes ", ("CC",)),
    ("com com ", ("CC",)),
    ("comcom ", ("CC",)),
    ("cc ", ("CC",)),
    ("communaute d agglomeration ", ("CA",)),
    ("communaute agglomeration ", ("CA",)),
    ("agglomeration ", ("CA",)),
    ("ca ", ("CA",)),
    ("communaute urbaine ", ("CU",)),
    ("cu ", ("CU",)),
    ("metropole ", ("METRO", "MET69")),
    ("communaute intercommunale ", ("CC", "CA", "CU")),
    ("intercommunalite ", ("CC", "CA", "CU", "METRO", "MET69")),
    ("epci ", ("CC", "CA", "CU", "METRO", "MET69")),
)
_LEVEL_WORDS = (
    (re.compile(r"^(?:ville|mairie|commune|village) (?:de la |de l |du |des |de |d )?"), "commune"),
    (re.compile(r"^(?:conseil departemental|departement) (?:de la |de l |du |des |de |d )?"), "departement"),
    (re.compile(r"^(?:conseil regional|region) (?:de la |de l |du |des |de |d )?"), "region"),
)


def place_key(text: str) -> str:
    """The key of a place name: accents, case and hyphens do not count, nor « St » / « Saint », « s/ » / « sur », CEDEX."""
    return place_keys([text])[0]


def place_keys(texts: Iterable[str]) -> list[str]:
    """The keys of many names at once: the same, ten times as fast."""
    lines = [t.replace("\n", " ") for t in texts]
    if not lines:
        return []
    whole = fold("\n".join(lines))
    if "/" in whole:
        whole = _ON.sub("sur ", _UNDER.sub("sous ", whole))
    whole = _NOT_NAME.sub(" ", whole)
    if "st" in whole:
        whole = _SAINTE.sub("sainte", _SAINT.sub("saint", whole))
    if "cedex" in whole:
        whole = _CEDEX.sub(" ", whole)
    return [line if "  " not in line else " ".join(line.split()) for line in map(str.strip, whole.split("\n"))]


def without_article(name_key: str) -> str:
    """« du pays de gex » → « pays de gex »."""
    return _ARTICLE.sub("", name_key)


def article_before(text: str) -> str:
    """« Havre (Le) », « Havre, Le » → « Le Havre »; any other text as it is."""
    match = _ARTICLE_BEHIND.match(text)
    if not match:
        return text
    article = match["article"]
    return f"{article}{'' if article[-1] in '’' + chr(39) else ' '}{match['name']}"


def arrondissement_of(name_key: str) -> str:
    """« paris 11e », « marseille xiii », « 3e arrondissement de lyon » → the city's key when it has such an arrondissement, else ""."""
    match = _CITY_FIRST.fullmatch(name_key) or _CITY_LAST.fullmatch(name_key)
    if not match:
        return ""
    number = int(match["number"] or 0)
    for said, known in ((match["roman"], _ROMAN), (match["word"], _ORDINALS)):
        if said in known:
            number = known.index(said) + 1
    return match["city"] if 1 <= number <= _ARRONDISSEMENTS[match["city"]] else ""


def epci_said(name_key: str) -> tuple[tuple[str, ...], str]:
    """« communaute de communes du pays de gex » → its kinds and « pays de gex »; no kind when none is said."""
    for words, kinds in _EPCI_KINDS:
        if name_key.startswith(words):
            return kinds, without_article(name_key.removeprefix(words))
    return (), name_key


def epci_core(name: str) -> str:
    """What distinguishes an EPCI once its kind is said: « CC du Pays de Gex » → « pays de gex », « Metz Métropole » → « metz »."""
    core = place_key(EPCI_PREFIX.sub("", name))
    return without_article(core.removeprefix("metropole ").removesuffix(" metropole"))


def level_said(name_key: str) -> tuple[str, str]:
    """« departement de la loire » → the level and « loire »; no level when none is said."""
    for words, level in _LEVEL_WORDS:
        if match := words.match(name_key):
            return level, name_key[match.end() :]
    return "", name_key
