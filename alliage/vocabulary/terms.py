"""The controlled lists: domains, fragilities, kinds and sizes of actors, contributions, scales, SDGs…"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from alliage.vocabulary.loading import ContentError, line_of, read_section, require
from alliage.vocabulary.words import key


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a list: stable id, French label, one plain line, everyday words that lead to it."""

    id: str
    label: str
    plain: str = ""
    words: tuple[str, ...] = ()
    question: str = ""
    plural: str = ""
    colour: str = ""
    url: str | None = None


@dataclass(frozen=True)
class Terms(Mapping[str, Term]):
    """A controlled list, by id; `find` recognises a value from its id, its label or its words."""

    name: str
    by_id: Mapping[str, Term]
    _by_key: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for term in self.by_id.values():
            for text in (term.id, term.label, term.plural, *term.words):
                if text:
                    self._by_key.setdefault(key(text), term.id)

    def __getitem__(self, id: str) -> Term:
        return self.by_id[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_id)

    def __len__(self) -> int:
        return len(self.by_id)

    def find(self, text: str) -> str | None:
        """The id of the value that a person wrote, or None."""
        wanted = key(text)
        found = self._by_key.get(wanted)
        if found is None and wanted.endswith("s"):
            found = self._by_key.get(wanted[:-1])
        return found

    def like(self, text: str) -> str | None:
        """The id that a person wrote, or that of the only value whose label holds every word written, plurals aside."""
        if found := self.find(text):
            return found
        wanted = {w.removesuffix("s") for w in key(text).split() if len(w) > 3}
        if not wanted:
            return None
        holding = [t.id for t in self.by_id.values() if wanted <= {w.removesuffix("s") for w in key(t.label).split()}]
        return holding[0] if len(holding) == 1 else None

    def label(self, id: str | None) -> str:
        """The label to show; an unknown id is shown as it is, none as « non renseigné »."""
        if not id or id == "none":
            return "non renseigné"
        return self.by_id[id].label if id in self.by_id else id


def _terms(name: str, file: str, section: str) -> Terms:
    found: dict[str, Term] = {}
    for row in read_section(file, section):
        id = str(row["number"]) if "number" in row else str(require(row, "id", file))
        if id in found:
            raise ContentError(file, f"l’identifiant « {id} » est donné deux fois", line_of(row))
        found[id] = Term(
            id=id,
            label=require(row, "label", file),
            plain=row.get("plain") or "",
            words=tuple(row.get("words") or ()),
            question=row.get("question") or "",
            plural=row.get("plural") or "",
            colour=str(row.get("colour") or ""),
            url=row.get("url"),
        )
    return Terms(name, found)


_FILES = {
    "domains": ("domains.yaml", "domains"),
    "fragilities": ("fragilities.yaml", "fragilities"),
    "actor_kinds": ("actors.yaml", "kinds"),
    "actor_sizes": ("actors.yaml", "sizes"),
    "contributions": ("contributions.yaml", "contributions"),
    "scales": ("scales.yaml", "scales"),
    "sdgs": ("sdgs.yaml", "sdgs"),
    "statuses": ("statuses.yaml", "statuses"),
    "collections": ("collections.yaml", "collections"),
    "documentation": ("documentation.yaml", "documentation"),
    "territory_kinds": ("territory_kinds.yaml", "territory_kinds"),
}


@cache
def terms(name: str) -> Terms:
    """The controlled list of that name; « modes » and « trends » come from the typology."""
    if name in ("modes", "trends"):
        from alliage.vocabulary.typology import typology

        kinds = typology().modes if name == "modes" else typology().trends
        return Terms(name, {k.id: Term(k.id, k.label, k.plain) for k in kinds})
    if name not in _FILES:
        raise KeyError(f"liste inconnue : {name}")
    return _terms(name, *_FILES[name])


LISTS = (*_FILES, "modes", "trends")
