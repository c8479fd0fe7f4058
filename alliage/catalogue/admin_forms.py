"""The forms of the editor: controlled values are chosen, lists are checked as an import would, partners are lines of text."""

from __future__ import annotations

from typing import Any  # form data

from django import forms
from django.core.exceptions import ValidationError

from alliage.catalogue.models import Alliance
from alliage.catalogue.records import LISTS, partner_of, place_of
from alliage.intake.cleaning import KEPT, Problem
from alliage.intake.cleaning_partners import merged
from alliage.intake.cleaning_partners import partner_of as partner_of_line
from alliage.intake.cleaning_places import places_of_row
from alliage.intake.own_records import field_value
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.terms import terms

_CHOSEN = {
    "mode": "modes",
    "trend": "trends",
    "scale": "scales",
    "status": "statuses",
    "documentation": "documentation",
    "kind": "actor_kinds",
    "size": "actor_sizes",
}
_CHECKED = (*sorted(LISTS), "start_year", "end_year", "status_year")
_PARTNERS_HELP = (
    "Un partenaire par ligne : Nom (nature) : rôle. La nature d’une organisation connue se corrige sur sa page."
)
_PLACES_HELP = "Un lieu par ligne : nom, « Commune (département) », code INSEE ou « niveau:code »."


class ListsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Controlled values are chosen in their list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, list_name in _CHOSEN.items():
            if name in self.fields:
                values = [(t.id, t.label) for t in terms(list_name).values()]
                empty = [] if name == "status" else [("", "non renseigné")]
                old = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    choices=empty + values, required=name == "status", label=old.label
                )


class AllianceForm(ListsForm):
    """An alliance with its partners and places as lines; a line left as it was keeps all that it stands for."""

    partners = forms.CharField(label="partenaires", widget=forms.Textarea, required=False, help_text=_PARTNERS_HELP)
    places = forms.CharField(label="lieux", widget=forms.Textarea, required=False, help_text=_PLACES_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._partners: list[tuple[str, dict[str, Any]]] = []
        self._places: list[tuple[str, dict[str, str]]] = []
        if isinstance(self.instance, Alliance) and self.instance.pk:
            roles = self.instance.roles.select_related("organisation")
            self._partners = [(partner_line(p), p) for p in map(partner_of, roles)]
            self._places = [(place_line(p), p) for p in map(place_of, self.instance.places.all())]
        self.initial["partners"] = "\n".join(line for line, _ in self._partners)
        self.initial["places"] = "\n".join(line for line, _ in self._places)

    def clean_partners(self) -> list[dict[str, Any]]:
        """The partners that the lines name. Raises ValidationError."""
        lines, found = _lines(self.cleaned_data["partners"]), []
        if lines == [line for line, _ in self._partners]:
            return [partner for _, partner in self._partners]
        held = dict(self._partners)
        for line in lines:
            partner = held.get(line) or partner_of_line(line)
            if partner is None:
                raise ValidationError(f"« {line} » ne nomme aucun partenaire.")
            found.append(partner)
        return merged(found)

    def clean_places(self) -> list[dict[str, str]]:
        """The places that the lines name. Raises ValidationError."""
        found: list[dict[str, str]] = []
        held = dict(self._places)
        for line in _lines(self.cleaned_data["places"]):
            if line in held:
                found.append(held[line])
                continue
            understood = places_of_row({"places": [line]})
            if understood.problems or not understood.places:
                problems = [p for _, p in understood.problems]
                raise ValidationError([_sentence(p) for p in problems] or f"« {line} » n’est pas un lieu connu.")
            found += understood.as_values()
        return found

    def clean(self) -> dict[str, Any]:
        """Lists in the shapes of Draft, years in their bounds."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in _CHECKED:
            if name not in values or values[name] in (None, "", []):
                continue
            taken, problems = field_value(name, values[name])
            if problems:
                self.add_error(name, ValidationError([_sentence(p) for p in problems]))
            else:
                values[name] = taken
        return values


def partner_line(partner: dict[str, Any]) -> str:
    """« Nom (nature) : rôle » on one line."""
    kind = f" ({terms('actor_kinds').label(partner['kind'])})" if partner.get("kind") else ""
    role = f" : {partner['role']}" if partner.get("role") else ""
    return " ".join(f"{partner['name']}{kind}{role}".splitlines())


def place_line(place: dict[str, str]) -> str:
    """The name of a place when it says which one, else « niveau:code »."""
    token = f"{place['level']}:{place['code']}"
    known = gazetteer().token(token)
    return gazetteer().label(known) if known and gazetteer().resolve(gazetteer().label(known)) == [known] else token


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _sentence(problem: Problem) -> str:
    fix = problem.fix.removesuffix(KEPT)
    fix = fix if fix.endswith(".") else f"{fix}."
    return f"« {problem.value[:100]} » : {problem.cause} {fix}"
