"""The editor: what a person types is checked as an import would, and goes through the journal."""

from __future__ import annotations

import pytest

from alliage.catalogue.models import Alliance, Change, Proposal, SavedMapping
from alliage.catalogue.records import record_of
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
SLUG = "logins-ares-xpo"


@pytest.fixture
def save(admin_client):
    """Saves the form of an alliance with these fields changed, and returns the answer."""
    alliance = Alliance.objects.get(slug=SLUG)
    address = f"/admin/catalogue/alliance/{alliance.pk}/change/"

    def run(**typed):
        form = admin_client.get(address).context["adminform"].form
        values = {name: form[name].value() for name in form.fields}
        values = {name: ("" if value is None else value) for name, value in values.items()}
        rows = len(alliance.roles.all())
        for name, number in (("TOTAL", rows), ("INITIAL", rows), ("MIN_NUM", 0), ("MAX_NUM", 1000)):
            values[f"roles-{name}_FORMS"] = number
        return admin_client.post(address, values | typed)

    return run


def record():
    return record_of(Alliance.objects.prefetch_related("roles__organisation", "places").get(slug=SLUG))


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("results", "[1, true]", "n’a pas la forme attendue"),
        ("results", '[{"year": 2020}]', "n’a pas la forme attendue"),
        ("sdgs", '[99, "x"]', "dix-sept ODD"),
        ("domains", '["bizarre"]', "pas dans la liste"),
        ("keywords", '[{"a": 1}]', "n’a pas la forme attendue"),
        ("sources", '[{"url": "javascript:alert(1)"}]', "navigateur"),
        ("start_year", "30", "année"),
        ("places", "Saint-Denis", "Plusieurs lieux"),
        ("places", "Narnia", "pas connu"),
        ("partners", "()", "aucun partenaire"),
    ],
)
def test_a_value_of_another_shape_is_said_in_french_and_not_kept(save, name, typed, said):
    before = record()
    answer = save(**{name: typed})
    assert answer.status_code == 200
    assert said in " ".join(answer.context["adminform"].form.errors[name])
    assert record() == before


def test_a_form_saved_as_it_was_changes_nothing(save):
    changes, before = Change.objects.count(), record()
    assert save().status_code == 302
    assert (Change.objects.count(), record()) == (changes, before)


def test_partners_and_places_are_edited_as_lines_and_the_lines_left_keep_all(save):
    before = record()
    form_lines = save(title="").context["adminform"].form["partners"].value()
    assert (
        save(partners=f"{form_lines}\r\nLes Voisins (association) : prêtent la cour", places="Figeac\r\n").status_code
        == 302
    )
    after = record()
    assert after["partners"][:-1] == before["partners"]
    assert {n: after["partners"][-1][n] for n in ("name", "kind", "role")} == {
        "name": "Les Voisins", "kind": "association", "role": "prêtent la cour"
    }  # fmt: skip
    assert [p["code"] for p in after["places"]] == ["46102"]
    change = Change.objects.latest("revision")
    assert (change.verb, set(change.after)) == ("correct", {"partners", "places"})


def test_a_proposal_that_the_base_cannot_take_is_said_and_waits(admin_client):
    alliance = Alliance.objects.get(slug=SLUG)
    Alliance.objects.filter(slug=SLUG).update(start_year=2020)
    proposal = Proposal.objects.create(
        kind="update", alliance=alliance, values={"end_year": 2018}, source="x", made_at=NOW
    )
    answer = admin_client.post(
        "/admin/catalogue/proposal/", {"action": "accept", "_selected_action": [proposal.pk]}, follow=True
    )
    assert answer.status_code == 200
    assert "finirait en 2018" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_a_kept_mapping_is_seen_and_can_be_deleted(admin_client):
    kept = SavedMapping.objects.create(source="reseau", mapping={"quoi": "title"})
    assert admin_client.get(f"/admin/catalogue/savedmapping/{kept.pk}/change/").status_code == 200
    admin_client.post(f"/admin/catalogue/savedmapping/{kept.pk}/delete/", {"post": "yes"})
    assert not SavedMapping.objects.exists()
