"""A cell to a typed value of one field, or a problem said in French. Partners and places have their own modules."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from rapidfuzz import process

from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import key

FIRST_YEAR, LAST_YEAR = 1800, 2100
# The days of a spreadsheet's calendar from 1954 to 2064; lower numbers are rather counts.
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000
_SERIAL_ORIGIN = dt.date(1899, 12, 30)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_STRONG = re.compile(r"\s*(?:[;|\n]|(?:^|\s)[•●▪✓✔](?=\s))\s*")
_COMMA_OUTSIDE = re.compile(r",\s*(?![^()]*\))")
_FACT_NOTES = re.compile(r"\s*\[([^]]*)\]$")
_URL = re.compile(r"(?:https?://|www\.)[^\s;|<>\"«»]+", re.IGNORECASE)
_BARE_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+(?:fr|org|com|eu|net|coop|bzh|alsace|corsica|re|gouv\.fr)(?:/\S*)?", re.I)


class Problem(NamedTuple):
    """A value that could not be taken, why, and what to do."""

    value: str
    cause: str
    fix: str


def split_strong(cell: str) -> list[str]:
    """The items of a cell at « ; », « | », line ends and bullets."""
    return [item.strip() for item in _STRONG.split(cell) if item.strip(" -–•,")]


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


def date(cell: str) -> str | Problem:
    """An ISO date from « 2024-05-01 », « 01/05/2024 » or a spreadsheet's day number."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"):
        try:
            return dt.datetime.strptime(cell[:10], pattern).date().isoformat()
        except ValueError:
            continue
    if re.fullmatch(r"\d{5}", cell) and _FIRST_SERIAL <= int(cell) <= _LAST_SERIAL:
        return (_SERIAL_ORIGIN + dt.timedelta(days=int(cell))).isoformat()
    return Problem(cell, "Cette date n’est pas lisible.", "Écrivez-la ainsi : 2024-05-31 ou 31/05/2024.")


def choice(cell: str, name: str) -> str | Problem:
    """One value of a controlled list, from its id, label or words."""
    found = terms(name).like(cell)
    return found or _unknown(cell, name)


def _unknown(value: str, name: str) -> Problem:
    labels = [t.label for t in terms(name).values()]
    near = [label for label, _, _ in process.extract(value, labels, limit=3, processor=key)]
    known = " », « ".join(near if len(labels) > 8 else labels)
    return Problem(
        value,
        "Cette valeur n’est pas dans la liste.",
        f"Choisissez par exemple « {known} » ; d’ici là elle est gardée telle quelle avec la fiche.",
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


def facts(cell: str) -> list[dict[str, object]]:
    """Results or means: one an item at « | » or line ends, « texte [2013, périmètre] » as the exports write them."""
    found = []
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
        found.append({"text": text, **fact})
    return found


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
