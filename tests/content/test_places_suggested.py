"""Places while one types: by name, former name, postcode or code; homonyms told apart."""

import time

import pytest

from alliage.vocabulary.places import gazetteer


def _labels(typed: str, limit: int = 8) -> list[str]:
    return [s.label for s in gazetteer().suggest(typed, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("figea", "Figeac (Lot)"),
        ("st etienne du r", "Saint-Étienne-du-Rouvray (Seine-Maritime)"),
        ("Châlons-sur-M", "Châlons-sur-Marne, aujourd’hui Châlons-en-Champagne (Marne)"),
        ("cherbourg-o", "Cherbourg-Octeville, aujourd’hui Cherbourg-en-Cotentin (Manche)"),
        ("l'hay", "L’Haÿ-les-Roses (Val-de-Marne)"),
        ("havr", "Le Havre (Seine-Maritime)"),
        ("Havre (Le)", "Le Havre (Seine-Maritime)"),
        ("paris", "Paris"),
        ("bret", "Bretagne"),
        ("grand lyon", "Métropole de Lyon (Rhône)"),
        ("pays de gex", "CA du Pays de Gex (Ain)"),
        ("communauté d’agglomération du pays de g", "CA du Pays de Gex (Ain)"),
        ("93066", "Saint-Denis (Seine-Saint-Denis)"),
        ("2b033", "Bastia (Haute-Corse)"),
        ("75011", "Paris"),
        ("974", "La Réunion"),
        ("1004", "Ambérieu-en-Bugey (Ain)"),
        ("figeca", "Figeac (Lot)"),
        ("montpelier", "Montpellier (Hérault)"),
        ("clermon ferr", "Clermont-Ferrand (Puy-de-Dôme)"),
        ("11e arrondissement de Paris", "Paris"),
        ("tahiti", "Faaa (Polynésie française)"),
    ],
)
def test_the_place_one_types_comes_first(typed, first):
    assert _labels(typed)[0] == first


def test_homonyms_show_their_departement():
    assert _labels("saint-denis")[:4] == [
        "Saint-Denis (La Réunion)",
        "Saint-Denis (Seine-Saint-Denis)",
        "Saint-Denis (Aude)",
        "Saint-Denis (Gard)",
    ]
    assert _labels("vienne")[:2] == ["Vienne (département)", "Vienne (Isère)"]
    assert _labels("saint-martin")[0] == "Saint-Martin (collectivité d’outre-mer)"


def test_a_whole_postcode_gives_all_its_communes_each_with_its_departement():
    places = gazetteer()
    widest = max(
        places.of_level("commune"), key=lambda p: max((len(places.postcode(c)) for c in p.postcodes), default=0)
    )
    postcode = max(widest.postcodes, key=lambda c: len(places.postcode(c)))
    communes = places.postcode(postcode)
    assert len(communes) > 30
    found = places.suggest(postcode, limit=4)
    assert {p.token for p in communes} <= {s.place.token for s in found}
    assert all(s.label.endswith(f"({places.get('departement', s.place.departement).shown})") for s in found)


def test_a_place_comes_once_even_under_several_names():
    for typed in ("Cherbourg", "Annecy", "Saint-Étienne", "Le Havre", "mét"):
        tokens = [s.place.token for s in gazetteer().suggest(typed, 50)]
        assert len(tokens) == len(set(tokens)), typed


def test_names_are_shown_with_curly_apostrophes_and_kept_as_the_official_list_writes_them():
    place = gazetteer().get("commune", "94038")
    assert place.name == "L'Haÿ-les-Roses"
    assert place.shown == "L’Haÿ-les-Roses"
    labels = {gazetteer().label(p) for p in gazetteer().by_token.values()}
    assert not [label for label in labels if "'" in label or '"' in label]
    assert "Saintes - Grandes Rives - L’Agglo (Charente-Maritime)" in labels
    assert "Alpes-Provence-Verdon «\u00a0Sources de lumière\u00a0» (Alpes-de-Haute-Provence)" in labels


def test_what_may_be_several_is_labelled_by_what_was_typed():
    places = gazetteer()
    assert {places.label_for(p, "Laval") for p in places.resolve("Laval")} == {
        "Laval (Mayenne)",
        "Laval, aujourd’hui Laval-en-Belledonne (Isère)",
    }


def test_every_suggestion_means_the_place_it_shows():
    for typed in (
        "chal",
        "saint-d",
        "evr",
        "oct",
        "la",
        "grand",
        "metropole",
        "01500",
        "rhône-alpes",
        "montpelie",
        "lion",
    ):
        for s in gazetteer().suggest(typed, 20):
            assert gazetteer().resolve(s.label) == [s.place], s.label


def test_a_city_one_letter_away_is_shown_after_the_hamlets_that_start_as_typed():
    labels = _labels("lion")
    assert labels[0] == "Le Lion-d’Angers (Maine-et-Loire)"
    assert labels[-1] == "Lyon (Rhône)"
    assert len(labels) <= 8
    assert "Lyon (Rhône)" not in _labels("lion-sur-mer")


def test_every_close_name_is_found_in_a_few_hundredths_of_a_second():
    places = gazetteer()
    places.near("figeca")
    typed = ("figeca", "montpelie", "capestere", "clermon ferrand", "saint etiene de", "xyzzyvillequelquepart")
    start = time.process_time()
    for text in typed:
        places.near(text)
    assert (time.process_time() - start) / len(typed) < 0.1  # 3 to 40 ms when measured
