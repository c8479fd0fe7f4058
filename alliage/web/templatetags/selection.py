"""« Ma sélection » carried from page to page in the address: links that keep it, and the link that adds or removes."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.http import HttpRequest

from alliage.web.frame import selection_of

register = template.Library()


@register.simple_tag(takes_context=True)
def carried(context: template.Context, url: str) -> str:
    """The address with the selection of this page, before its fragment: {% carried some_url %}."""
    kept = context.get("sel")
    if not kept:
        return url
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'sel': kept}, safe=',')}{mark}{fragment}"


@register.simple_tag(takes_context=True)
def toggle_kept(context: template.Context, id: str) -> str:
    """This very page with one alliance more in the selection, or one less when it was there."""
    request: HttpRequest = context["request"]
    kept = selection_of(request)
    now = [k for k in kept if k != id] if id in kept else [*kept, id]
    parameters = [(n, v) for n, values in request.GET.lists() for v in values if n != "sel" and v]
    return f"?{urlencode([*parameters, ('sel', ','.join(now))], safe=',')}#fiche-{id}"
