"""Where, in French: the preposition that a reader expects before the name of any place."""

import pytest

from alliage.vocabulary import place_prepositions
from alliage.vocabulary.loading import ContentError
from alliage.vocabulary.place_prepositions import where_in_french
from alliage.vocabulary.places import gazetteer


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("commune:46102", "à Figeac (Lot)"),
        ("commune:76351", "au Havre (Seine-Maritime)"),
        ("commune:72181", "au Mans (Sarthe)"),
        ("commune:85194", "aux Sables-d’Olonne (Vendée)"),
        ("commune:97101", "aux Abymes (Guadeloupe)"),
        ("commune:60703", "aux Marais (Oise)"),
        ("commune:17300", "à La Rochelle (Charente-Maritime)"),
        ("commune:94038", "à L’Haÿ-les-Roses (Val-de-Marne)"),
        ("commune:85113", "à l’Île-d’Yeu (Vendée)"),
        ("commune:29083", "à l’Île-de-Sein (Finistère)"),
        ("commune:98809", "à l’Île-des-Pins (Nouvelle-Calédonie)"),
        ("commune:95313", "à L’Isle-Adam (Val-d’Oise)"),
        ("commune:75056", "à Paris"),
        ("commune:97411", "à Saint-Denis (La Réunion)"),
        ("commune:01212", "à Lescheroux (Ain)"),
        ("commune:59343", "à Lesquin (Nord)"),
        ("departement:46", "dans le Lot"),
        ("departement:86", "dans la Vienne (département)"),
        ("departement:01", "dans l’Ain"),
        ("departement:40", "dans les Landes"),
        ("departement:77", "en Seine-et-Marne"),
        ("departement:33", "en Gironde"),
        ("departement:75", "à Paris"),
        ("departement:974", "à La Réunion"),
        ("departement:2A", "en Corse-du-Sud"),
        ("region:53", "en Bretagne"),
        ("region:04", "à La Réunion"),
        ("region:44", "dans le Grand Est"),
        ("region:52", "dans les Pays de la Loire"),
        ("region:24", "en Centre-Val de Loire"),
        ("region:987", "en Polynésie française"),
        ("region:06", "à Mayotte"),
        ("epci:240100750", "dans la CA du Pays de Gex (Ain)"),
        ("epci:200046977", "dans la Métropole de Lyon (Rhône)"),
        ("epci:246700488", "dans l’Eurométropole de Strasbourg (Bas-Rhin)"),
        ("epci:243300316", "dans l’intercommunalité Bordeaux Métropole (Gironde)"),
    ],
)
def test_a_place_is_said_with_the_preposition_that_a_reader_expects(token, said):
    assert where_in_french(gazetteer().token(token)) == said


def test_no_place_is_said_with_a_preposition_before_an_article_that_it_contracts():
    for place in gazetteer().by_token.values():
        said = where_in_french(place)
        assert not said.startswith(("à Le ", "à Les ", "à Aux ", "à L’Î", "à Î", "dans Le")), said
        assert said.endswith(gazetteer().label(place)[-4:])


def test_a_region_without_preposition_or_with_two_is_told_by_file(monkeypatch):
    right = place_prepositions.read_yaml("place_prepositions.yaml")
    for region, cause in (
        ({"en": ["53", "53"]}, "écrit deux fois"),
        ({"en": ["99"]}, "pas un lieu connu"),
        ({"sur": ["53"]}, "n’est pas possible"),
        ({"en": ["53"]}, "il manque sous « region »"),
    ):
        wrong = {**right, "region": region}
        monkeypatch.setattr(place_prepositions, "read_yaml", lambda _, wrong=wrong: wrong)
        place_prepositions.place_prepositions.cache_clear()
        with pytest.raises(ContentError, match=cause):
            place_prepositions.place_prepositions()
    monkeypatch.undo()
    place_prepositions.place_prepositions.cache_clear()
