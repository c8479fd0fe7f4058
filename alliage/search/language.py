"""What a person may type: words, « expression exacte », -exclu, OU, champ:valeur. Nothing typed ever fails."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alliage.vocabulary.words import fold

# The names told on « Comment chercher », and the index field each one searches.
NAMED_FIELDS = {
    "titre": "title",
    "partenaire": "partners",
    "besoin": "need",
    "lieu": "place",
    "domaine": "domain",
    "forme": "mode",
    "tendance": "trend",
    "annee": "year",
    "id": "identifier",
    "siren": "identifier",
    "rna": "identifier",
}
_ITEM = re.compile(
    r"""(?P<minus>(?<!\S)-(?=[\w"«“]))?(?:(?P<field>[^\W\d_]+):(?=\S))?(?P<said>"[^"]*"|«[^»]*»|“[^”]*”|\S+)"""
)
_QUOTES = '"«»“” \u00a0\u202f'


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed query taken apart. `either`: groups of words of which one is enough."""

    free: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    either: tuple[tuple[str, ...], ...] = ()


def parse(text: str) -> Parsed:
    """Takes a typed query apart; a sign that means nothing is a word like another."""
    items: list[str | list[str]] = []  # words in order, or a group of words of which one is enough
    phrases: list[str] = []
    excluded: list[str] = []
    named: list[tuple[str, str]] = []
    joining = False
    for match in _ITEM.finditer(text):
        said, field = match["said"], match["field"]
        if said in ("OU", "OR") and not match["minus"] and not field:
            joining = bool(items)
            continue
        bare = said.strip(_QUOTES)
        if not re.search(r"\w", bare):
            continue
        if field and fold(field) in NAMED_FIELDS:
            named.append((fold(field), bare))
        elif match["minus"]:
            excluded.append(bare)
        elif joining:
            last = items[-1]
            if isinstance(last, list):
                last.append(bare)
            else:
                items[-1] = [last, bare]
        elif said[:1] in '"«“' and len(said) > 1:
            phrases.append(bare)
        else:
            items.append(f"{field}:{bare}" if field else bare)
        joining = False
    return Parsed(
        free=" ".join(i for i in items if isinstance(i, str)),
        phrases=tuple(phrases),
        excluded=tuple(excluded),
        named=tuple(named),
        either=tuple(tuple(i) for i in items if isinstance(i, list)),
    )
