"""Cells of partners: « Nom (nature) : rôle », several a cell; sizes, identifiers. No row is known here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any  # a partner is JSON

from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from alliage.intake.cleaning import LONGEST_NAME, Problem, choice, choices, shortened, split_strong
from alliage.intake.column_values import RNA
from alliage.vocabulary.organisations import organisations
from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import key, one_line

Partner = dict[str, Any]
_JOINERS = ("/", "&", "+", ",", " et ")
_WEAK_JOINERS = re.compile(r"\s+/\s*|\s*/\s+|\s+(?:&|\+|et|and)\s+|/(?=[A-ZÀ-Ý])")
_COMMAS = re.compile(r",\s*(?![^()]*\))")
_PARENTHESES = re.compile(r"\s*\(([^()]*)\)")
_BODY_WORD = re.compile(r"^(?:Fédération|Fondation|Foncière|Groupe|Réseau|Association)\s+(?:d[’']|de |des |du )?")
_ROLE = re.compile(r"\s+:\s+|(?<=[^\s/]):\s+")
# Upper bounds of the size classes, people employed (content/actors.yaml tells their source).
_HEADCOUNTS = ((10, "tpe"), (250, "pme"), (5000, "eti"))


@cache
def _joined_names() -> dict[str, str]:
    """Known names that hold a joiner (« Habitat & Humanisme »): key → name, never taken apart."""
    names = (n for o in organisations().values() if not o.group for n in (o.name, *o.also))
    # « Fédération Habitat et Humanisme » is also said « Habitat et Humanisme ».
    said = (short for n in names for short in (n, _BODY_WORD.sub("", n)))
    return {_joined_key(n): n for n in said if any(j in n for j in _JOINERS)}


def _joined_key(text: str) -> str:
    """A key under which « Habitat & Humanisme » and « Habitat et Humanisme » are the same."""
    return key(re.sub(r"[&+]", " et ", text))


def split_names(text: str) -> list[str]:
    """The names that « A / B », « A & B », « A, B » or « A et B » hold; a known name is never taken apart.

    A comma parts names only when each part starts like a name: « Arts, sciences et lettres » stays whole.
    """
    text = text.strip()
    if _joined_key(_PARENTHESES.sub("", text)) in _joined_names():
        return [text]
    if "," in text:
        parts = [p.strip() for p in _COMMAS.split(text) if p.strip()]
        if len(parts) > 1 and all(_starts_like_a_name(p) for p in parts):
            return [name for part in parts for name in split_names(part)]
    return _weakly_split(text)


def _starts_like_a_name(text: str) -> bool:
    return bool(re.match(r"(?:l['’]|d['’]|la |le |les )?[\dA-ZÀ-Ý]", text))


def _weakly_split(text: str) -> list[str]:
    pieces = [p.strip() for p in _WEAK_JOINERS.split(text)]
    joints = [m.group() for m in _WEAK_JOINERS.finditer(text)]
    names = [pieces[0]]
    for joint, piece in zip(joints, pieces[1:], strict=True):
        whole = f"{names[-1]}{joint}{piece}"
        inside = names[-1].count("(") > names[-1].count(")")
        plain_and = joint.strip() in ("et", "and") and not _starts_like_a_name(piece)
        if inside or plain_and or _joined_key(whole) in _joined_names():
            names[-1] = whole
        else:
            names.append(piece)
    return [n for n in names if n]


def partners_of_cell(cell: str, kind: str | None = None) -> list[Partner]:
    """The partners that a cell names, in order; `kind` is that of the column, for those that tell none.

    « ; », « | » and line ends part partners for sure, and what is between them is one partner; without them
    « / », « & », « + », « et » and commas do.
    """
    strong = split_strong(cell)
    names = strong if len(strong) > 1 else [n for item in strong for n in _split_unless_described(item)]
    return [p for name in names if (p := partner_of(name, kind))]


def _split_unless_described(item: str) -> list[str]:
    return [item] if _ROLE.search(item) else split_names(item)


def partner_of(text: str, kind: str | None = None) -> Partner | None:
    """One partner from « Nom (nature, taille) : rôle »; a parenthesis that is no nature or size stays in the name."""
    told: Partner = {}
    name, role = text.strip(" -–•,"), ""
    for match in _PARENTHESES.finditer(text):
        said = _kind_and_size(match[1])
        after = text[match.end() :].strip()
        if said and (not after or after.startswith(":")):
            told, name, role = said, text[: match.start()], after.removeprefix(":")
            break
    else:
        if colon := _ROLE.search(name):
            name, role = name[: colon.start()], name[colon.end() :]
    name, role = name.strip(" -–•,\n"), one_line(role)
    if not re.search(r"\w", name):
        return None
    partner: Partner = {"name": one_line(name)}
    if kind and "kind" not in told:
        partner["kind"] = kind
    return {**partner, **told, **({"role": role} if role else {})}


def _kind_and_size(text: str) -> Partner | None:
    """What « association, PME » tells; None when a part is neither a nature nor a size."""
    whole = terms("actor_kinds").find(text)
    if whole:
        return {"kind": whole} | _size_told_by(text)
    told: Partner = {}
    for part in text.split(","):
        if kind := terms("actor_kinds").find(part):
            told |= {"kind": kind} | _size_told_by(part)
        elif size := terms("actor_sizes").find(part):
            told["size"] = size
        else:
            return None
    return told


def _size_told_by(text: str) -> Partner:
    """« PME » says both a nature and a size."""
    size = terms("actor_sizes").find(text)
    return {"size": size} if size else {}


def size_of(cell: str) -> str | Problem:
    """A size class from its words, or from a number of people employed."""
    digits = re.sub(r"[\s\u00a0\u202f]", "", cell)
    if match := re.fullmatch(r"(\d+)(?:salarié.*|personnes?|etp|agents?)?", digits, re.I):
        number = int(match[1])
        return next((size for bound, size in _HEADCOUNTS if number < bound), "grande")
    return choice(cell, "actor_sizes")


def attribute_of(name: str, cell: str) -> tuple[Any, list[Problem]]:
    """One attribute of a partner, by its field name; the value is None when the cell cannot be taken."""
    match name:
        case "kind":
            told = choice(cell, "actor_kinds")
        case "size":
            told = size_of(cell)
        case "contributions":
            return choices(cell, "contributions")
        case "siren" | "siret" | "rna":
            told = identifier_of(name, cell)
        case _:
            told = one_line(cell)
    return (None, [told]) if isinstance(told, Problem) else (told, [])


def identifier_of(name: str, cell: str) -> str | Problem:
    """A SIREN, SIRET or RNA number with its check digits right."""
    bare = re.sub(r"[\s.\u00a0\u202f-]", "", cell).upper()
    if name == "rna":
        return bare if RNA.fullmatch(bare) else Problem(cell, "Ce numéro RNA n’est pas valable.", _RNA_FIX)
    if name == "siren" and len(bare) == 14 and siret_number.is_valid(bare):
        return bare[:9]
    number = siren_number if name == "siren" else siret_number
    if number.is_valid(bare.zfill(9 if name == "siren" else 14) if bare.isdigit() else bare):
        return bare.zfill(9 if name == "siren" else 14)
    digits = "neuf" if name == "siren" else "quatorze"
    return Problem(
        cell,
        f"Ce numéro {name.upper()} n’est pas valable.",
        f"Vérifiez ses {digits} chiffres ; un chiffre a pu changer.",
    )


_RNA_FIX = "Il s’écrit W suivi de neuf chiffres, par exemple sur le récépissé de la préfecture."


def merged(partners: Iterable[Partner]) -> list[Partner]:
    """Each partner once, in order: what a second mention adds is kept with the first; its name fits its column."""
    found: dict[str, Partner] = {}
    for partner in partners:
        named = {**partner, "name": shortened(partner["name"], LONGEST_NAME)}
        first = found.setdefault(key(named["name"]) or named["name"], named)
        if first is named:
            continue
        for name, value in named.items():
            if name == "role":
                add_role(first, value)
            elif name == "contributions":
                first[name] = list(dict.fromkeys([*(first.get(name) or ()), *value]))
            else:
                first.setdefault(name, value)
    return list(found.values())


def add_role(partner: Partner, role: str) -> None:
    """Tells one more role of a partner: distinct ones are joined, the same one told again is not."""
    told = str(partner.get("role") or "")
    if f" {key(role)} " not in f" {key(told)} ":
        partner["role"] = f"{told} ; {role}" if told else role
