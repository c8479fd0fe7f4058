"""A synthetic national base, for benchmarks only: seeded rows of CSV as an import reads them. Nothing in it is true.

Communes are real and drawn by population; words are those of the starter alliances, drawn as often as they stand there;
organisations are made up, a few of them everywhere and most of them once (Zipf), as in any register.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from alliage.intake.starter import starter_drafts
from alliage.vocabulary.places import Place, gazetteer
from alliage.vocabulary.synonyms import synonyms
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.vocabulary.words import fold

SEED = 20_250
HEADERS = (
    *("Référence", "Titre", "Besoin", "Action", "Forme d’alliance", "Tendance", "Domaines", "Fragilités", "ODD"),
    *("Échelle", "Partenaires", "Lieux", "Depuis", "Statut", "Vue en", "Leçons"),
)
CLAUSES = 40_000  # made once, then drawn: millions of rows are written in a minute
ORGANISATIONS_A_ROW = 0.5  # 1.2 million rows name at most 600,000 organisations
ZIPF = 0.75
NAMES_KEPT = 100_000
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SIZES = ("TPE", "PME", "ETI", "grande entreprise")


class _Drawn:
    """Draws items by weight, in a few comparisons each."""

    def __init__(self, items: Sequence[object], weights: Sequence[float], chance: random.Random) -> None:
        self.items, self.bounds = items, list(accumulate(weights))
        self.chance, self.total = chance, self.bounds[-1]

    def rank(self) -> int:
        return bisect_left(self.bounds, self.chance.random() * self.total)

    def one(self) -> object:
        return self.items[self.rank()]


def _zipf(number: int, exponent: float) -> list[float]:
    return [rank**-exponent for rank in range(1, number + 1)]


class NationalBase:
    """The rows of one synthetic base; equal sizes give equal rows."""

    def __init__(self, rows: int, seed: int = SEED) -> None:
        self.rows, self.chance = rows, random.Random(seed)
        self._read_words()
        self._read_places()
        self._read_lists()
        organisations = max(1_000, int(rows * ORGANISATIONS_A_ROW))
        self.named: dict[int, str] = {}
        self.organisations = _Drawn((), _zipf(organisations, ZIPF), self.chance)

    def _read_words(self) -> None:
        """Clauses by a walk from word to following word over the starter texts; the words of titles."""
        follows: dict[str, list[str]] = {}
        often: Counter[str] = Counter()
        for draft in starter_drafts():
            for name in ("need", "action"):
                words = _WORD.findall(str(draft.values.get(name) or ""))
                often.update(w.lower() for w in words if len(w) > 4)
                for word, following in pairwise(words):
                    follows.setdefault(word.lower(), []).append(following.lower())
        starts = sorted(follows)
        self.clauses = []
        for _ in range(CLAUSES):
            words = [self.chance.choice(starts)]
            for _ in range(self.chance.randint(7, 14)):
                words.append(self.chance.choice(follows.get(words[-1]) or starts))
            self.clauses.append(" ".join(words))
        stop = synonyms().stopwords
        telling = [w for w, _ in often.most_common() if fold(w) not in stop and "’" not in w]
        self.words = _Drawn(telling, _zipf(len(telling), 0.8), self.chance)
        self.firsts = sorted({w for d in starter_drafts() if len(w := _WORD.findall(str(d.values["title"]))[0]) > 3})

    def _read_places(self) -> None:
        communes = [p for p in gazetteer().by_token.values() if p.level == "commune" and p.population]
        sure = [p for p in communes if gazetteer().resolve(gazetteer().label(p)) == [p]]
        self.labels = {p.code: gazetteer().label(p) for p in sure}
        self.communes = _Drawn(sure, [float(p.population or 0) for p in sure], self.chance)
        self.near: dict[str, list[Place]] = {}
        for place in sure:
            self.near.setdefault(place.departement, []).append(place)

    def _read_lists(self) -> None:
        def drawn(labels: Sequence[str], exponent: float) -> _Drawn:
            return _Drawn(labels, _zipf(len(labels), exponent), self.chance)

        self.forms = [(m.label, t.label) for m in typology().modes for t in m.trends]
        self.form = drawn([str(n) for n in range(len(self.forms))], 0.5)
        self.domains = drawn([t.label for t in terms("domains").values()], 0.7)
        self.fragilities = drawn([t.label for t in terms("fragilities").values()], 0.7)
        self.scales = drawn([t.label for t in terms("scales").values()], 1.0)
        self.statuses = drawn([terms("statuses").label(i) for i in ("active", "ended", "idea", "dormant")], 1.2)
        self.kinds = [
            terms("actor_kinds").label(k) for k in ("association", "entreprise", "acteur-public", "fondation")
        ]

    def organisation(self, rank: int) -> str:
        """The made-up name of an organisation, with its nature: always the same for a rank."""
        if rank in self.named:
            return self.named[rank]
        own = random.Random(rank)
        words = self.words.items
        first, second = words[own.randrange(len(words))], words[own.randrange(len(words))]
        place = self.communes.items[own.randrange(len(self.communes.items))]
        assert isinstance(place, Place)
        kind = self.kinds[rank % 4]
        nature = f"{kind}, {SIZES[rank % 16 // 4]}" if rank % 4 == 1 else kind
        body = ("Association", "Société", "Service", "Fonds")[rank % 4]
        name = f"{body} {str(first).capitalize()} {second} {place.name} ({nature})"
        if rank < NAMES_KEPT:
            self.named[rank] = name
        return name

    def _partners(self) -> str:
        ranks = {self.organisations.rank() for _ in range(self.chance.randint(2, 5))}
        return " ; ".join(f"{self.organisation(r)} : {self.words.one()} et {self.words.one()}" for r in sorted(ranks))

    def _places(self, first: Place) -> str:
        near = self.near[first.departement]
        places = [first, *(self.chance.choice(near) for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2))))]
        return " ; ".join(dict.fromkeys(self.labels[p.code] for p in places))

    def _row(self, number: int) -> list[object]:
        chance = self.chance
        place = self.communes.one()
        assert isinstance(place, Place)
        mode, trend = self.forms[self.form.rank()]
        domains = dict.fromkeys(str(self.domains.one()) for _ in range(chance.randint(1, 3)))
        start = chance.randint(1985, 2024)
        title = f"{chance.choice(self.firsts)} {self.words.one()} {self.words.one()} {self.words.one()}, {place.name}"
        return [
            f"NAT-{number:07d}",
            title[0].upper() + title[1:],
            f"{chance.choice(self.clauses).capitalize()}, {chance.choice(self.clauses)}.",
            f"{chance.choice(self.clauses).capitalize()}. {chance.choice(self.clauses).capitalize()}, "
            f"{chance.choice(self.clauses)} à {place.name}.",
            mode,
            trend if chance.random() < 0.8 else "",
            " ; ".join(domains),
            self.fragilities.one() if chance.random() < 0.4 else "",
            " ; ".join(str(n) for n in sorted({chance.randint(1, 17) for _ in range(2)})),
            self.scales.one() if chance.random() < 0.7 else "",
            self._partners(),
            self._places(place),
            start,
            self.statuses.one() if chance.random() < 0.8 else "",
            chance.randint(start, 2025),
            f"{chance.choice(self.clauses).capitalize()}." if chance.random() < 0.1 else "",
        ]

    def __iter__(self) -> Iterator[list[object]]:
        for number in range(1, self.rows + 1):
            yield self._row(number)


def write_base(path: Path, rows: int) -> Path:
    """Writes the base of that size, unless it is there already. Returns the path."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".partial")
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS)
            writer.writerows(NationalBase(rows))
        beside.replace(path)
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    told = parser.parse_args()
    write_base(told.out, told.rows)
