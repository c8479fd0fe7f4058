"""A visitor suggests a tool; an editor keeps the suggestion or puts it aside. Content stays files: nothing is published."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

from django.db import IntegrityError, transaction

from alliage.catalogue.journal import Author
from alliage.catalogue.models import ToolSuggestion
from alliage.vocabulary.method import bank
from alliage.vocabulary.tools import is_web_address
from alliage.vocabulary.words import key

MOST_WAITING = 1_000
_LENGTHS = {"name": 150, "url": 500, "purpose": 2_000}
_UNTYPED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]+"
)  # no keyboard types them, no base holds them


class NotSuggested(ValueError):
    """What was sent cannot be kept: a French sentence by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


def _clean(text: str) -> str:
    return _UNTYPED.sub(" ", text).replace("\r\n", "\n").strip()


def _errors(values: dict[str, str]) -> dict[str, str]:
    found = {}
    if not values["name"]:
        found["name"] = "Donnez le nom de l’outil."
    if not values["purpose"]:
        found["purpose"] = "Dites en une phrase à quoi il sert."
    if values["url"] and not is_web_address(values["url"]):
        found["url"] = "Donnez une adresse entière, par exemple https://exemple.fr/guide, ou laissez vide."
    if values["stage"] and values["stage"] not in {s.id for s in bank().stages}:
        found["stage"] = "Choisissez une étape dans la liste, ou laissez vide."
    for name, most in _LENGTHS.items():
        if len(values[name]) > most:
            found[name] = f"C’est trop long\u00a0: {most} signes au plus, {len(values[name])} reçus."
    return found


def suggest_tool(*, name: str, purpose: str, url: str = "", stage: str = "", at: dt.datetime) -> bool:
    """Keeps a suggestion for an editor. Returns False when the same one waits already. Raises NotSuggested."""
    values = {"name": _clean(name), "url": _clean(url), "purpose": _clean(purpose), "stage": _clean(stage)}
    if errors := _errors(values):
        raise NotSuggested(errors)
    fingerprint = hashlib.sha256(f"{key(values['name'])}\n{values['url'].rstrip('/')}".encode()).hexdigest()
    try:
        with transaction.atomic():
            waiting = ToolSuggestion.objects.filter(state=ToolSuggestion.State.WAITING)
            if waiting.filter(fingerprint=fingerprint).exists():
                return False
            if waiting.count() >= MOST_WAITING:
                raise NotSuggested(
                    {"name": "Trop de suggestions attendent d’être lues\u00a0: réessayez dans quelques jours."}
                )
            ToolSuggestion.objects.create(**values, fingerprint=fingerprint, made_at=at)
    except IntegrityError:  # the same one, sent at the same instant
        return False
    return True


def decide_suggestion(*, suggestion_id: int, keep: bool, by: Author, at: dt.datetime) -> bool:
    """An editor keeps a waiting suggestion or puts it aside; the card itself is written in content/tools.yaml."""
    state = ToolSuggestion.State.KEPT if keep else ToolSuggestion.State.REFUSED
    waiting = ToolSuggestion.objects.filter(id=suggestion_id, state=ToolSuggestion.State.WAITING)
    return bool(waiting.update(state=state, decided_at=at, decided_by=by.label[:150]))
