"""What each column of a table means: by its title, else by its values. The cells themselves are read elsewhere.

A path names what a column fills: a field (`title`), one partner's attribute (`partners.1.role`; number 0 is the partner
of a table that has only one), partners of one kind (`partners:association`), or one sort of place (`places.commune`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz import fuzz, process

from alliage.intake.column_values import path_of_values, values_of
from alliage.vocabulary.fields import fields
from alliage.vocabulary.words import key

LIKE_A_KNOWN_TITLE = 90
SHORTEST_FUZZY_TITLE = 6
LONGEST_TITLE = 80
SEVERAL = frozenset(["prose", "choices", "sdgs", "partners", "places", "results", "resources", "readings", "sources"])

PLACE_SORTS = {
    "commune": ("commune", "communes", "ville", "villes", "city", "town", "municipality"),
    "departement": ("departement", "departements", "dept", "dpt", "n departement", "code departement", "county"),
    "region": ("region", "regions", "code region"),
    "epci": ("epci", "intercommunalite", "intercommunalites", "agglomeration", "code epci", "siren epci"),
    "code": ("code insee", "insee", "code commune", "code geographique", "codgeo", "codes insee", "code officiel"),
    "postcode": ("code postal", "codes postaux", "cp", "zip", "zip code", "postcode", "postal code"),
    "address": ("adresse", "adresse postale", "address"),
}
# Kinds of actors that head a column of partners. Other words of those lists (« public », « groupe », « commune »)
# head columns of another sort as often.
FAMILIES = {
    "association": ("association", "associations", "asso", "assos", "ong", "ngo", "nonprofit", "acteur associatif"),
    "entreprise": (
        "entreprise",
        "entreprises",
        "societe",
        "societes",
        "pme",
        "tpe",
        "company",
        "companies",
        "business",
    ),
    "fondation": ("fondation", "fondations", "fonds de dotation", "foundation", "mecene", "mecenes"),
    "acteur-public": (
        *("collectivite", "collectivites", "collectivite territoriale", "collectivites territoriales"),
        *("acteur public", "acteurs publics", "institution", "institutions", "pouvoirs publics", "public body"),
    ),
    "cooperative": ("cooperative", "cooperatives", "scop", "scic"),
    "reseau": ("reseau", "reseaux", "federation", "federations", "tete de reseau"),
    "universite": ("universite", "universites", "laboratoire", "laboratoires", "acteur academique", "university"),
}
_PARTNER_WORDS = frozenset(
    [
        "partenaire",
        "partenaires",
        "partner",
        "partners",
        "acteur",
        "acteurs",
        "actor",
        "organisation",
        "organisme",
        "organization",
        "structure",
    ]
)
_LINKING = frozenset(
    [
        "de",
        "du",
        "d",
        "des",
        "la",
        "le",
        "les",
        "l",
        "n",
        "no",
        "nom",
        "name",
        "principal",
        "principale",
        "of",
        "the",
        "the",
    ]
)
_SMALL_WORDS = frozenset(["de", "du", "d", "des", "la", "le", "les", "l", "of", "the"])
_VAGUE = frozenset(
    (w,)
    for w in (
        *("nom", "name", "titre", "title", "type", "nature", "note", "notes", "categorie", "statut", "etat", "objet"),
        *(
            "champ",
            "base",
            "id",
            "ref",
            "reference",
            "site",
            "source",
            "lien",
            "link",
            "url",
            "projet",
            "project",
            "mode",
        ),
        *(
            "date",
            "niveau",
            "partenaire",
            "acteur",
            "organisation",
            "structure",
            "porteur",
            "association",
            "entreprise",
        ),
        *("collectivite", "fondation", "base", "numero", "identifiant", "alliance", "financement", "update", "since"),
    )
)
_CONTACTS = frozenset(
    [
        "contact",
        "referent",
        "referente",
        "responsable",
        "mail",
        "email",
        "courriel",
        "telephone",
        "tel",
        "prenom",
        "signataire",
        "redacteur",
        "interlocuteur",
        "phone",
        "interne",
        "internes",
        "confidentiel",
        "prive",
        "privee",
    ]
)
_TELLING_LAST_WORDS = frozenset(["enjeux", "enjeu", "besoin", "besoins", "problematique", "resultats", "enseignements"])
_FAMILY_TAILS = frozenset(
    [
        "partenaire",
        "partenaires",
        "porteur",
        "porteuse",
        "pilote",
        "impliquee",
        "impliquees",
        "concernee",
        "concernees",
        "associee",
        "associees",
    ]
)


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """`paths`: column → path, for the columns understood or given; `left_out`: given as « do not take ».

    `columns`: the columns of each field.
    """

    paths: Mapping[str, str]
    unmapped: tuple[str, ...]
    left_out: frozenset[str] = frozenset()
    columns: Mapping[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        columns: dict[str, tuple[str, ...]] = {}
        for column, path in self.paths.items():
            name = field_of(path)
            columns[name] = (*columns.get(name, ()), column)
        object.__setattr__(self, "columns", columns)

    @property
    def mapping(self) -> dict[str, str]:
        """What can be saved and given back: every column that has a meaning, and those to leave out."""
        return {**self.paths, **dict.fromkeys(sorted(self.left_out), "")}


def field_of(path: str) -> str:
    """The field of an alliance that a path fills."""
    return path.partition(":")[0].partition(".")[0]


@cache
def _titles() -> dict[str, str]:
    """Every known column title, as a key, and its path. The first declared wins, an alliance before its partners."""
    found: dict[str, str] = {}
    for kind, titles in FAMILIES.items():
        found |= dict.fromkeys(titles, f"partners:{kind}")
    for sort, titles in PLACE_SORTS.items():
        found |= dict.fromkeys(titles, f"places.{sort}")
    for one in fields().values():
        for title in (one.name, one.export, one.label, *one.headers):
            found.setdefault(key(title), one.name)
    for one in fields("organisation").values():
        if one.name == "id":
            continue
        for title in (one.name, one.export, one.label, *one.headers):
            found.setdefault(key(title), f"partners.0.{one.name}")
    return found


def _bare(said: str) -> str:
    """A title without its small words: « nom du projet » is « nom projet »."""
    return " ".join(w for w in said.split() if w not in _SMALL_WORDS)


@cache
def _bare_titles() -> dict[str, str]:
    found: dict[str, str] = {}
    for title, path in _titles().items():
        found.setdefault(_bare(title), path)
    return found


@cache
def _attributes() -> dict[str, str]:
    """What may be told of a partner, by the words of a column title."""
    found: dict[str, str] = {"": "name"}
    for one in fields("organisation").values():
        if one.name != "id":
            for title in (one.name, one.export, one.label, *one.headers):
                found.setdefault(key(title), one.name)
    return found


def path_of_title(title: str) -> str | None:
    """The path of a column title, or None: known titles, numbered ones, families of actors."""
    if len(title) > LONGEST_TITLE:
        return None
    for said in (key(title), key(re.sub(r"\([^)]*\)|\[[^]]*\]", " ", title))):
        if not said:
            continue
        found = _titles().get(said) or _titles().get(said.removesuffix("s")) or _bare_titles().get(_bare(said))
        if found:
            return found
        if (found := _numbered(said)) or (found := _of_a_family(said)):
            return found
        words = [w for w in said.split() if w not in _LINKING]
        if len(words) > 1 and _PARTNER_WORDS & set(words):
            rest = " ".join(w for w in words if w not in _PARTNER_WORDS)
            if rest in _attributes():
                return f"partners.0.{_attributes()[rest]}"
    return _by_first_words(key(re.sub(r"\([^)]*\)", " ", title)))


def _by_first_words(said: str) -> str | None:
    """« Communes concernées », « Intitulé de l’action »: in French the first words say what it is, the next ones of what.

    Titles too vague to stand for more than themselves (« nom du référent » is no title) and those of contacts are left.
    """
    words = [w for w in said.split() if w not in _LINKING]
    if _CONTACTS & set(words):
        return None
    if len(words) > 1 and words[0] in _PARTNER_WORDS and _FAMILY_TAILS.issuperset(words[1:]):
        return "partners"
    for length in range(len(words), 0, -1):
        if found := _first_words().get(tuple(words[:length])):
            return found
    return _titles().get(words[-1]) if len(words) > 1 and words[-1] in _TELLING_LAST_WORDS else None


@cache
def _first_words() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for title, path in _titles().items():
        words = tuple(w for w in title.split() if w not in _LINKING)
        if words and words not in _VAGUE and path in fields() | dict.fromkeys(("places.commune", "places.departement")):
            found.setdefault(words, path)
    return found


def _numbered(said: str) -> str | None:
    """« partenaire 1 », « nature partenaire 2 », « siren 3 », « domaine 2 »."""
    match = re.search(r"\b(\d{1,2})\b", said)
    if not match:
        return None
    words = [w for w in (said[: match.start()] + said[match.end() :]).split() if w not in _LINKING]
    rest = " ".join(w for w in words if w not in _PARTNER_WORDS)
    number = int(match[1])
    if len(rest.split()) < len(words) and rest in _attributes():
        return f"partners.{number}.{_attributes()[rest]}"
    family = next((kind for kind, titles in FAMILIES.items() if rest in titles), None)
    if family:
        return f"partners:{family}"
    several = _titles().get(rest)
    if several and (several.startswith("places") or (several in fields() and fields()[several].type in SEVERAL)):
        return several
    if rest in _attributes() and (rest or "nom" in said.split() or "name" in said.split()):
        return f"partners.{number}.{_attributes()[rest]}"
    return None


def _of_a_family(said: str) -> str | None:
    words = [w for w in said.split() if w not in _LINKING and w not in _FAMILY_TAILS]
    bare = " ".join(w for w in words if w != "s")
    return next((f"partners:{kind}" for kind, titles in FAMILIES.items() if bare in titles), None)


def recognised(titles: Iterable[str]) -> int:
    """How many of these cells are titles of columns, families of actors not counted: data rows hold such words too."""
    return sum((path := path_of_title(t)) is not None and not path.startswith("partners:") for t in titles if t)


def guess_columns(
    columns: Sequence[str], sample: Sequence[Mapping[str, str]], mapping: Mapping[str, str] | None = None
) -> ColumnGuess:
    """What each column fills. `mapping` wins; `sample` holds rows of cells by column, empty ones left out."""
    given = {key(column): path for column, path in (mapping or {}).items()}
    paths: dict[str, str] = {}
    unknown: list[str] = []
    left_out = set()
    for column in columns:
        if key(column) in given:
            if given[key(column)]:
                paths[column] = given[key(column)]
            else:
                left_out.add(column)
        elif path := path_of_title(column):
            paths[column] = path
        else:
            unknown.append(column)
    for column in list(unknown):
        path = _alike(column, set(paths.values())) or path_of_values(values_of(column, sample), set(paths.values()))
        if path:
            paths[column] = path
            unknown.remove(column)
    unknown += _second_of_one(columns, paths, given)
    return ColumnGuess(paths, tuple(c for c in columns if c in unknown), frozenset(left_out))


def _alike(column: str, taken: set[str]) -> str | None:
    """A title with a typing error, when only one known title is near."""
    said = key(column)
    if len(said) < SHORTEST_FUZZY_TITLE or len(column) > LONGEST_TITLE:
        return None
    near = process.extract(said, list(_titles()), scorer=fuzz.ratio, score_cutoff=LIKE_A_KNOWN_TITLE, limit=4)
    paths = {_titles()[title] for title, _, _ in near if len(title) >= SHORTEST_FUZZY_TITLE}
    return paths.pop() if len(paths) == 1 and not paths & taken else None


def _second_of_one(columns: Sequence[str], paths: dict[str, str], given: Mapping[str, str]) -> list[str]:
    """Two columns for one value: the second is not taken; « nom » beside a real title is the partner's name."""
    dropped = []
    holders: dict[str, str] = {}
    for column in columns:
        path = paths.get(column, "")
        if not path or path.startswith(("places", "partners:")):
            continue
        if path in fields() and fields()[path].type in SEVERAL:
            continue
        first = holders.setdefault(path, column)
        if first == column:
            continue
        partnerless = not any(p.startswith("partners") for p in paths.values())
        plain = next((c for c in (first, column) if path == "title" and key(c) in ("nom", "name")), None)
        if plain and partnerless and key(plain) not in given:
            paths[plain] = "partners.0.name"
            holders[path] = column if plain == first else first
            continue
        del paths[column]
        dropped.append(column)
    return dropped
