"""The private pages of a diagnosis as tests ask for them: their names, their addresses, what they say."""

from __future__ import annotations

from django.urls import reverse

from alliage.web import urls

SECRET = "le secret du partenaire"
NOT_A_KEY = "A" * 32
PRIVATE = {p.name: str(p.pattern) for p in urls.urlpatterns if "<key:key>" in str(p.pattern)}
SENT_ONLY = {"keep_diagnosis", "share_result", "erase_answers", "open_answers", "withdraw_partner", "open_health_round"}
READ = sorted(set(PRIVATE) - SENT_ONLY)


def address(name: str, key: str) -> str:
    """The address of that private page; its numbers are those of a first round and a first partner."""
    said = {"question": "besoin", "number": 1, "position": 1, "id": "charte-d-engagement", "kind": "csv"}
    return reverse(name, kwargs={"key": key, **{n: v for n, v in said.items() if f":{n}>" in PRIVATE[name]}})


def page(response) -> str:
    """What a page says, no-break spaces as spaces."""
    return response.content.decode(errors="replace").replace("\u00a0", " ")
