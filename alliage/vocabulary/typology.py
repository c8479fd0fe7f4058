"""The typology: 2 approaches, 4 modes, 16 trends, 3 eras, and how one finds the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of content before they have a shape

from alliage.vocabulary.agreements import Agreement, agreements
from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require
from alliage.vocabulary.words import key, slug

FILE = "typology.yaml"


@dataclass(frozen=True, slots=True)
class Named:
    """An id and its label: an approach or a stance (the two axes of the matrix)."""

    id: str
    label: str
    plain: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the three first steps of a form."""

    title: str
    text: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class RoleToFill:
    """A part that somebody must play in this form; `id` is a kind of contribution."""

    id: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend of a mode; `agreement` falls back to the mode's."""

    id: str
    label: str
    mode: str
    plain: str
    local_authority: str
    engages: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Mode:
    """One of the four forms of alliance, with its trends in the order of the founding sheet."""

    id: str
    label: str
    approach: str
    stance: str
    shape: str
    definition: str
    plain: str
    today: str
    questions: tuple[str, ...]
    local_authority: str
    engages: str
    agreement: Agreement
    roles: tuple[RoleToFill, ...]
    first_steps: tuple[Step, ...]
    trends: tuple[Trend, ...]


@dataclass(frozen=True, slots=True)
class Era:
    """One of the three eras, dated with the sheet's own words."""

    id: str
    label: str
    when: str
    modes: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Typology:
    """The whole matrix: across, who supports or builds; down, general interest or economy."""

    approaches: tuple[Named, ...]
    stances: tuple[Named, ...]
    stance_note: str
    balance_summary: str
    balance: tuple[Named, ...]
    exchange_or_alliance: str
    modes: tuple[Mode, ...]
    eras: tuple[Era, ...]

    @property
    def trends(self) -> tuple[Trend, ...]:
        """The sixteen trends, mode by mode."""
        return tuple(trend for mode in self.modes for trend in mode.trends)

    def mode(self, id: str) -> Mode:
        """The mode of that id; KeyError if none."""
        return {m.id: m for m in self.modes}[id]

    def trend(self, id: str) -> Trend:
        """The trend of that id; KeyError if none."""
        return {t.id: t for t in self.trends}[id]

    def find_mode(self, text: str) -> str | None:
        """The mode that a person wrote by id or label."""
        wanted = key(text)
        return next((m.id for m in self.modes if wanted in (key(m.id), key(m.label))), None)

    def find_trend(self, text: str) -> str | None:
        """The trend that a person wrote by id or label."""
        wanted = key(text)
        return next((t.id for t in self.trends if wanted in (key(t.id), key(t.label))), None)


def _agreement(row: dict[str, Any]) -> Agreement:
    id = require(row, "agreement", FILE)
    if id not in agreements().by_id:
        raise ContentError(FILE, f"« {id} » n’est pas un texte de method/agreements.yaml", line_of(row))
    return agreements().by_id[id]


def _mode(row: dict[str, Any]) -> Mode:
    agreement = _agreement(row)
    trends = []
    for t in require(row, "trends", FILE):
        if t["id"] != slug(t["label"]):
            raise ContentError(FILE, f"« {t['id']} » n’est pas le nom d’adresse de « {t['label']} »", line_of(t))
        trends.append(
            Trend(
                id=t["id"],
                label=require(t, "label", FILE),
                mode=row["id"],
                plain=require(t, "plain", FILE),
                local_authority=require(t, "local_authority", FILE),
                engages=require(t, "engages", FILE),
                agreement=_agreement(t) if t.get("agreement") else agreement,
            )
        )
    return Mode(
        id=require(row, "id", FILE),
        label=require(row, "label", FILE),
        approach=require(row, "approach", FILE),
        stance=require(row, "stance", FILE),
        shape=require(row, "shape", FILE),
        definition=require(row, "definition", FILE),
        plain=require(row, "plain", FILE),
        today=require(row, "today", FILE),
        questions=tuple(row.get("questions") or ()),
        local_authority=require(row, "local_authority", FILE),
        engages=require(row, "engages", FILE),
        agreement=agreement,
        roles=tuple(RoleToFill(r["id"], r["label"], r["hint"]) for r in require(row, "roles", FILE)),
        first_steps=tuple(Step(s["title"], s["text"], s["who"], s["when"]) for s in require(row, "first_steps", FILE)),
        trends=tuple(trends),
    )


@cache
def typology() -> Typology:
    """The typology of the founding sheet, read once."""
    tree = read_yaml(FILE)
    balance = require(tree, "balance", FILE)
    exchange = tree.get("exchange_or_alliance") or ""
    return Typology(
        approaches=tuple(Named(a["id"], a["label"], a.get("plain") or "") for a in require(tree, "approaches", FILE)),
        stances=tuple(Named(s["id"], s["label"]) for s in require(tree, "stances", FILE)),
        stance_note=require(tree, "stance_note", FILE),
        balance_summary=require(balance, "summary", FILE),
        balance=tuple(Named("", p["label"], p["text"]) for p in require(balance, "points", FILE)),
        exchange_or_alliance=exchange["text"] if isinstance(exchange, dict) else exchange,
        modes=tuple(_mode(row) for row in require(tree, "modes", FILE)),
        eras=tuple(
            Era(e["id"], require(e, "label", FILE), e["when"], tuple(e["modes"]), e["text"])
            for e in require(tree, "eras", FILE)
        ),
    )
