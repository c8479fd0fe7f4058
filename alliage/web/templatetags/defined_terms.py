"""Words of the trade defined on the spot: the first time a page says one, a touch or a key opens its definition."""

from __future__ import annotations

import re
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from alliage.vocabulary.glossary import Entry, glossary
from alliage.vocabulary.words import key

register = template.Library()
# Words that every reader knows, or that every page says: a mark on each would be noise.
_PLAIN = frozenset(["alliance", "partenariat", "association", "mecenat"])
_SEEN = "defined terms of this page"


@cache
def _terms() -> tuple[re.Pattern[str], dict[str, Entry]]:
    """What finds a term in a text, longest first, and the entry of each way to say it."""
    said = {key(name): e for e in glossary() if e.id not in _PLAIN for name in (e.term, *e.also)}
    names = sorted((n for e in glossary() if e.id not in _PLAIN for n in (e.term, *e.also)), key=len, reverse=True)
    pattern = "|".join(re.escape(n) for n in names)
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), said


@register.simple_tag(takes_context=True)
def defined(context: template.Context, text: object) -> SafeString:
    """The text, each glossary term marked once a page: {% defined record.action %}."""
    seen: set[str] = context.render_context.setdefault(_SEEN, set())  # type: ignore[assignment, arg-type]  # any value
    pattern, entries = _terms()
    told, pieces, last = str(text or ""), [], 0
    for match in pattern.finditer(told):
        entry = entries.get(key(match.group()))
        # An acronym is only meant when it stands in capitals: « rse », « ei » may be other words.
        if (
            entry is None
            or entry.id in seen
            or (match.group().islower() and entry.term.isupper() and len(match.group()) < 6)
        ):
            continue
        seen.add(entry.id)
        pieces += [escape(told[last : match.start()]), _mark(match.group(), entry)]
        last = match.end()
    return mark_safe("".join([*pieces, escape(told[last:])]))  # every piece is escaped above


def _mark(said: str, entry: Entry) -> SafeString:
    return format_html(
        '<button type="button" class="term" popovertarget="mot-{id}">{said}</button>'
        '<span popover id="mot-{id}" class="definition"><strong>{term}</strong> {definition} '
        '<a href="{url}#{id}">Glossaire</a></span>',
        id=entry.id, said=said, term=entry.term, definition=entry.definition, url=reverse("glossary"),
    )  # fmt: skip
