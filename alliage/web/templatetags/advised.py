"""How a piece of advice quotes what it comes from: {{ reasons|origins }}, {{ source|host }}."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django import template

from alliage.rules.advice import Reason
from alliage.vocabulary.advice import FORM, MODE, TREND
from alliage.vocabulary.method import bank
from alliage.vocabulary.terms import terms

register = template.Library()


@register.filter
def origins(reasons: Iterable[Reason]) -> str:
    """What several reasons come from, in one line, nothing said twice."""
    return "\u00a0; ".join(dict.fromkeys(said for reason in reasons if (said := quoted(reason))))


def quoted(reason: Reason) -> str:
    """« vos réponses « Un essai » et « Deux » »; what a form brings by itself is said of the form."""
    questions = bank().questions
    said = [f"«\u00a0{questions[q].label(o)}\u00a0»" for q, o in reason.quotes if q in questions]
    if said:
        return f"{'vos réponses' if len(said) > 1 else 'votre réponse'} {' et '.join(said)}"
    forms = [terms("modes" if q == MODE else "trends").label(o) for q, o in reason.quotes if q in (MODE, TREND)]
    return f"la forme «\u00a0{forms[0]}\u00a0»" if forms else "la manière de s’y prendre" if _of_form(reason) else ""


def _of_form(reason: Reason) -> bool:
    return any(q == FORM for q, _ in reason.quotes)


@register.filter
def host(source: str) -> str:
    """« lerameau.fr » for an address; anything else as it stands."""
    name = urlsplit(source).hostname if source.startswith("http") else None
    return (name or source).removeprefix("www.")
