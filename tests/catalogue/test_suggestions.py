"""Suggestions of tools: kept once, for an editor, with nothing of who sent them."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from alliage.catalogue.actions import suggest_tool as action
from alliage.catalogue.actions.suggest_tool import NotSuggested, decide_suggestion, suggest_tool
from alliage.catalogue.models import ToolSuggestion
from tests.conftest import NOW, TESTER

pytestmark = pytest.mark.django_db


def test_a_suggestion_waits_once_and_may_come_back_when_it_was_decided():
    sent = {"name": "Le guide d’à côté", "purpose": "Il nous a aidés.", "url": "https://exemple.fr/guide/", "at": NOW}
    assert suggest_tool(**sent)
    assert not suggest_tool(**{**sent, "name": " LE GUIDE d'a cote ", "url": "https://exemple.fr/guide"})
    only = ToolSuggestion.objects.get()
    assert decide_suggestion(suggestion_id=only.pk, keep=False, by=TESTER, at=NOW)
    assert not decide_suggestion(suggestion_id=only.pk, keep=True, by=TESTER, at=NOW)
    only.refresh_from_db()
    assert (only.state, only.decided_by) == ("refused", "test")
    assert suggest_tool(**sent)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"purpose": "\0"}, "purpose"),
        ({"purpose": "x" * 2_001}, "purpose"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://" + "x" * 600 + ".fr"}, "url"),
        ({"stage": "avant"}, "stage"),
    ],
)
def test_what_cannot_be_kept_says_which_field_and_why(changed, field):
    with pytest.raises(NotSuggested) as error:
        suggest_tool(**{"name": "Un guide", "purpose": "Pour apprendre.", "at": NOW, **changed})
    assert list(error.value.errors) == [field]
    assert ToolSuggestion.objects.count() == 0


def test_a_flood_stops_before_the_base_is_full(monkeypatch):
    monkeypatch.setattr(action, "MOST_WAITING", 2)
    for n in (1, 2):
        suggest_tool(name=f"Guide {n}", purpose="Utile.", at=NOW)
    with pytest.raises(NotSuggested, match="quelques jours"):
        suggest_tool(name="Guide 3", purpose="Utile.", at=NOW)


def test_nothing_is_kept_of_who_sent_it():
    names = {f.name for f in ToolSuggestion._meta.get_fields()}
    assert names == {
        "id",
        "name",
        "url",
        "purpose",
        "stage",
        "state",
        "fingerprint",
        "made_at",
        "decided_at",
        "decided_by",
    }
    with pytest.raises(FieldDoesNotExist):
        ToolSuggestion._meta.get_field("email")


class Hostile(TestCase):
    @given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300), st.text(max_size=80))
    def test_any_text_is_kept_whole_or_refused_clearly(self, name, purpose, url, stage):
        ToolSuggestion.objects.all().delete()
        refused: dict[str, str] = {}
        try:
            suggest_tool(name=name, purpose=purpose, url=url, stage=stage, at=NOW)
        except NotSuggested as error:
            refused = error.errors
        kept = list(ToolSuggestion.objects.all())
        assert len(kept) == (0 if refused else 1)
        assert all(refused.values())
        assert all(row.name and row.purpose and "\0" not in row.name + row.purpose + row.url for row in kept)


def test_an_editor_sees_it_and_keeps_it_or_puts_it_aside(admin_client):
    for n in (1, 2):
        suggest_tool(name=f"Guide {n} <b>", purpose="Utile.", at=NOW)
    address = reverse("admin:catalogue_toolsuggestion_changelist")
    page = admin_client.get(address).content.decode()
    assert "Guide 1 &lt;b&gt;" in page
    first, second = ToolSuggestion.objects.order_by("id")
    for row, verb in ((first, "keep"), (second, "refuse")):
        admin_client.post(address, {"action": verb, "_selected_action": [row.pk]})
    assert list(ToolSuggestion.objects.order_by("id").values_list("state", "decided_by")) == [
        ("kept", "admin"),
        ("refused", "admin"),
    ]
    assert admin_client.get(reverse("admin:catalogue_toolsuggestion_change", args=[first.pk])).status_code == 200
