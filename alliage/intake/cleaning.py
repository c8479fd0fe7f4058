"""A cell to a typed value of one field, or a problem said in French. Partners and places have their own modules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple  # a draft's values are JSON
from urllib.parse import urlsplit

from rapidfuzz import process

from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import key

FIRST_YEAR, LAST_YEAR = 1800, 2100
# The days of a spreadsheet's calendar from 1954 to 2064; lower numbers are rather counts.
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000
_SERIAL_ORIGIN = dt.date(1899, 12, 30)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_ONE_YEAR = r"(1[89]\d\d|20\d\d)"
# What a year says whole: more than that (a month, « environ ») is kept beside it.
ONLY_A_YEAR = re.compile(rf"(?:(?:depuis|en|dès|since|l['’]année|année)\s+)?{_ONE_YEAR}", re.IGNORECASE)
_FROM_TO = re.compile(
    rf"(?:(?:de|du|depuis|from)\s+)?{_ONE_YEAR}\s*(?:[-–—/→]|à|au|to|jusqu['’]en)\s*{_ONE_YEAR}", re.IGNORECASE
)
DAY = re.compile(r"[\d/.-]{8,10}|\d{5}")
_STRONG = re.compile(r"\s*(?:[;|\n]|(?:^|\s)[•●▪✓✔](?=\s))\s*")
_COMMA_OUTSIDE = re.compile(r",\s*(?![^()]*\))")
_FACT_NOTES = re.compile(r"\s*\[([^]]*)\]$")
_INSIDE = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_NUMBER = re.compile(r"[+-]?\d[\d\s.,\u00a0\u202f]*")
LONGEST_UNIT = 20
_URL = re.compile(r"(?:https?://|www\.)[^\s;|<>\"«»]+", re.IGNORECASE)
_BARE_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+(?:fr|org|com|eu|net|coop|bzh|alsace|corsica|re|gouv\.fr)(?:/\S*)?", re.I)


# Columns of the catalogue that hold only so many signs.
LONGEST = {"title": 300, "lessons_basis": 100}
LONGEST_NAME = 300


KEPT = " ; d’ici là elle est gardée telle quelle avec la fiche."  # how an import ends such a remark


class Problem(NamedTuple):
    """A value that could not be taken, why, and what to do."""

    value: str
    cause: str
    fix: str


def split_strong(cell: str) -> list[str]:
    """The items of a cell at « ; », « | », line ends and bullets."""
    return [item.strip() for item in _STRONG.split(cell) if item.strip(" -–•,")]


def both_years(cell: str) -> tuple[int, int] | None:
    """The first and last year of « 2018-2022 », « de 2018 à 2022 »; None when a cell tells something else."""
    found = _FROM_TO.fullmatch(cell)
    if not found or int(found[1]) > int(found[2]):
        return None
    return int(found[1]), int(found[2])


def year(cell: str, *, last: bool = False) -> int | Problem:
    """The first year written in a cell (`last`: the last one): « 2011 », « depuis 2011 », « 01/09/2011 », 40787."""
    found = _YEAR.findall(cell)
    if found:
        return int(found[-1 if last else 0])
    if re.fullmatch(r"\d{5}", cell) and _FIRST_SERIAL <= int(cell) <= _LAST_SERIAL:
        return (_SERIAL_ORIGIN + dt.timedelta(days=int(cell))).year
    if match := re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-](\d\d)", cell):
        return 2000 + int(match[1]) if int(match[1]) < 60 else 1900 + int(match[1])
    return Problem(cell, "Aucune année n’est lisible ici.", "Écrivez l’année en quatre chiffres, par exemple 2019.")


def out_of_order(values: Mapping[str, object]) -> Problem | None:
    """Why an alliance cannot end in `end_year`, when it starts after it."""
    start, end = values.get("start_year"), values.get("end_year")
    if not isinstance(start, int) or not isinstance(end, int) or start <= end:
        return None
    fix = "Vérifiez ces deux années ; d’ici là l’année de fin est gardée avec la fiche sans être prise."
    return Problem(str(end), f"L’alliance finirait en {end}, avant de commencer, en {start}.", fix)


def cut_long(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Cuts the texts that no column of the catalogue holds. Returns the name of each field cut, and its whole text."""
    cut = []
    for name, longest in LONGEST.items():
        text = values.get(name)
        if isinstance(text, str) and len(text) > longest:
            cut.append((name, text))
            values[name] = shortened(text, longest)
    return cut


def shortened(text: str, longest: int) -> str:
    """A text of at most `longest` signs, with « … » where it was cut."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def date(cell: str) -> str | Problem:
    """An ISO date from « 2024-05-01 », « 01/05/2024 » or a spreadsheet's day number."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"):
        try:
            return dt.datetime.strptime(cell[:10], pattern).date().isoformat()
        except ValueError:
            continue
    if re.fullmatch(r"\d{5}", cell) and _FIRST_SERIAL <= int(cell) <= _LAST_SERIAL:
        return (_SERIAL_ORIGIN + dt.timedelta(days=int(cell))).isoformat()
    return Problem(cell, "Cette date n’est pas lisible.", "Écrivez-la ainsi : 2024-05-31 ou 31/05/2024.")


def choice(cell: str, name: str) -> str | Problem:
    """One value of a controlled list, from its id, label or words."""
    found = terms(name).like(cell)
    return found or _unknown(cell, name)


def _unknown(value: str, name: str) -> Problem:
    labels = [t.label for t in terms(name).values()]
    near = [label for label, _, _ in process.extract(value, labels, limit=3, processor=key)]
    known = " », « ".join(near if len(labels) > 8 else labels)
    return Problem(
        value,
        "Cette valeur n’est pas dans la liste.",
        f"Choisissez par exemple « {known} »{KEPT}",
    )


def choices(cell: str, name: str | None) -> tuple[list[str], list[Problem]]:
    """The values of a controlled list (or free words when `name` is None) that a cell holds, each once."""
    problems: list[Problem] = []
    found: list[str] = []

    def take(value: str) -> None:
        if value not in found:
            found.append(value)

    for item in split_strong(cell):
        if name is None:
            for word in _COMMA_OUTSIDE.split(item):
                take(word.strip())
            continue
        known = terms(name).like(item)
        if known:
            take(known)
            continue
        parts = [p.strip() for p in re.split(r"\s*[,/+]\s*|\s+(?:et|&)\s+", item) if p.strip()]
        for part in parts:
            if known := terms(name).like(part):
                take(known)
            else:
                problems.append(_unknown(part, name))
    return found, problems


def sdgs(cell: str) -> tuple[list[int], list[Problem]]:
    """Sustainable development goals from « ODD 8, 17 », « 8;17 » or their labels."""
    numbers = re.findall(r"(?<!\d)\d{1,3}(?!\d)", re.sub(r"\bODD\s*|\bSDG\s*", " ", cell, flags=re.I))
    if not numbers:
        found, problems = choices(cell, "sdgs")
        return [int(n) for n in found], problems
    good = list(dict.fromkeys(int(n) for n in numbers if 1 <= int(n) <= 17))
    bad = [n for n in numbers if not 1 <= int(n) <= 17]
    return good, [Problem(n, "Il n’y a que dix-sept ODD.", "Écrivez un nombre de 1 à 17.") for n in bad]


def facts(cell: str, title: str = "") -> list[dict[str, object]]:
    """Results or means: one an item at « | » or line ends, « texte [2013, périmètre] » as the exports write them.

    A bare number keeps the unit and the year that the title of its column tells: « Budget 2023 (k€) ».
    """
    found = []
    unit, told_year = _unit_and_year(title)
    for item in re.split(r"\s*[|\n]\s*", cell):
        text = item.strip(" •●▪-–")
        if not text:
            continue
        fact: dict[str, object] = {}
        if notes := _FACT_NOTES.search(text):
            text = text[: notes.start()]
            for note in (n.strip() for n in notes[1].split(",")):
                if re.fullmatch(r"\d{4}", note):
                    fact["year"] = int(note)
                elif note == "objectif":
                    fact["nature"] = "objectif"
                elif note:
                    fact["scope_label"] = f"{fact['scope_label']}, {note}" if "scope_label" in fact else note
        if _NUMBER.fullmatch(text):
            text += f"\u00a0{unit}" if unit else ""
            fact |= {"year": told_year} if told_year and "year" not in fact else {}
        found.append({"text": text, **fact})
    return found


def _unit_and_year(title: str) -> tuple[str, int | None]:
    """What the title of a column of numbers says of them: « (en k€) », « (%) », « 2023 »."""
    inside = [part.strip() for group in _INSIDE.findall(title) for part in re.split(r"[,;]", group)]
    units = [
        u for part in inside if (u := re.sub(r"^en\s+", "", part)) and not _YEAR.search(u) and len(u) <= LONGEST_UNIT
    ]
    years = _YEAR.findall(title)
    return units[0] if units else "", int(years[0]) if len(years) == 1 else None


def sources(cell: str) -> tuple[list[dict[str, str]], list[Problem]]:
    """Addresses of pages, and titles of documents without address. Only http and https are taken."""
    found: list[dict[str, str]] = []
    problems: list[Problem] = []
    for item in split_strong(cell):
        urls = [item] if _URL.fullmatch(item) else [u.rstrip(".,)") for u in _URL.findall(item)]
        if not urls and _BARE_DOMAIN.fullmatch(item):
            urls = [item]
        if not urls:
            if re.match(r"[a-z][a-z0-9+.-]{1,20}:\S", item, re.I):
                problems.append(
                    Problem(
                        item,
                        "Cette adresse ne s’ouvre pas dans un navigateur de confiance.",
                        "Donnez une adresse qui commence par https:// ou http://.",
                    )
                )
            else:
                found.append({"title": item})
            continue
        title = _URL.sub("", item).strip(" :–-()") if len(urls) == 1 else ""
        for url in urls:
            address = url if url.lower().startswith("http") else f"https://{url}"
            if not _is_sound(address):
                problems.append(Problem(url, "Cette adresse est mal formée.", "Recopiez-la depuis votre navigateur."))
                continue
            found.append({"url": address, "title": title} if title and title != url else {"url": address})
    return found, problems


def _is_sound(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return "." in (parts.hostname or "")
