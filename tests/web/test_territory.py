"""A territory's page and its A4: what is recorded there, what comparable territories do, nothing ranked on too little."""

from __future__ import annotations

import csv
import io
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from alliage.rules.rates import LEAST_ALLIANCES
from alliage.search.request import SearchRequest
from alliage.vocabulary.places import LEVELS, gazetteer
from alliage.vocabulary.territories import territories
from alliage.web.portrait import INSPIRING, portrait_of

pytestmark = pytest.mark.django_db
VILLAGE, TOWN, REGION = "/territoires/commune/01001/", "/territoires/commune/69123/", "/territoires/region/84/"


def page_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "token",
    [
        "commune:01001",
        "commune:75056",
        "commune:97302",
        "commune:98818",
        "commune:15031",
        "epci:200046977",
        "epci:200069193",
        "departement:976",
        "departement:46",
        "departement:987",
        "region:84",
        "region:94",
    ],
)
def test_a_page_of_any_kind_of_territory_asks_the_database_at_most_ten_times(token, client, starter_search):
    level, code = token.split(":")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = page_of(client, f"/territoires/{level}/{code}/")
    assert len(queries) <= 10, [q["sql"][:80] for q in queries]
    assert territories().caution in page
    assert page.count("<h1>") == 1


def test_a_village_with_nothing_recorded_gets_five_cases_of_comparable_territories_and_a_way_to_propose(
    client, starter_search
):
    page = page_of(client, VILLAGE)
    assert territories().nothing_here in page
    assert page.count('<article class="case') == INSPIRING
    assert "Proposer une alliance d’ici" in page
    place = gazetteer().by_token["commune:01001"]
    hits = portrait_of(place, starter_search).inspiring
    assert len({hit.record["id"] for hit in hits}) == INSPIRING


def test_the_list_of_the_page_is_the_list_of_the_catalogue(client, starter_search):
    for token in ("region:84", "departement:59", "epci:200046977", "commune:75056"):
        place = gazetteer().by_token[token]
        portrait = portrait_of(place, starter_search)
        assert portrait.count == starter_search.answer(SearchRequest(filters={"place": (token,)})).count
        assert sum(portrait.modes.values()) == portrait.count
        if portrait.split:
            assert (
                sum(portrait.split.exactly.values()) + portrait.split.several + portrait.split.unsaid == portrait.count
            )


def test_below_the_threshold_no_rate_and_above_it_an_interval(client, starter_search):
    few, many = page_of(client, TOWN), page_of(client, REGION)
    assert "pour 10\u202f000 habitants" not in few
    assert f"au-dessous de {LEAST_ALLIANCES} alliances" in few
    assert "pour 10\u202f000 habitants, entre" in many


def section(page: str, id: str) -> str:
    return page[page.index(f'<section aria-labelledby="{id}"') :].partition("</section>")[0]


def test_missing_forms_stand_beside_the_rate_above_the_threshold_and_are_only_ideas_below(client, starter_search):
    counts = starter_search.counts_by_place("departement", SearchRequest())
    tokens = [p.token for p in gazetteer().of_level("departement")] + [
        p.token for p in gazetteer().of_level("region") if len(p.code) == 2
    ]
    counts = {**counts, **starter_search.counts_by_place("region", SearchRequest())}
    seen = set()
    for token in tokens[::6] + tokens[-18:]:
        level, code = token.split(":")
        page = page_of(client, f"/territoires/{level}/{code}/")
        told, enough = section(page, "manque"), counts.get(token, 0) >= LEAST_ALLIANCES
        seen.add(enough)
        assert ("pour 10\u202f000 habitants" in page) == enough
        assert ("sans cas recensé ici" in told) == enough, token
        if not enough:
            assert "tile door" not in told
            assert "rang" not in told.replace("Pas de taux ni de rang", "")
            assert "Pas de taux ni de rang" in told or "population" in told
    assert seen == {True, False}


def test_a_former_code_leads_to_the_commune_of_today_and_an_unknown_one_is_not_found(client, starter_search):
    former, today = next(
        (code, gazetteer().get("commune", code).code)
        for code in ("14762", "49149", "01187")
        if gazetteer().by_token.get(f"commune:{code}") is None and gazetteer().get("commune", code)
    )
    answer = client.get(f"/territoires/commune/{former}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/territoires/commune/{today}/")
    assert client.get("/territoires/departement/2a/")["Location"] == "/territoires/departement/2A/"
    for address in ("/territoires/commune/99999/", "/territoires/canton/01/", "/territoires/region/84000/page.pdf"):
        assert client.get(address).status_code == 404


def test_comparing_asks_which_homonym_is_meant_and_then_shows_each_figure_side_by_side(client, starter_search):
    page = page_of(client, f"{TOWN}?avec=Saint-Denis")
    assert "lequel\u00a0?" in page
    assert "avec=commune:93066#comparer" in page
    page = page_of(client, f"{TOWN}?avec=commune:93066&avec=Lot")
    assert 'scope="col"><a href="/territoires/commune/93066/">' in page
    assert 'scope="col"><a href="/territoires/departement/46/">' in page
    assert "Aucun lieu ne répond" in page_of(client, f"{TOWN}?avec=Xyzzyville")
    page = page_of(client, f"{TOWN}?avec=Lot&avec=Villers-Coterets")
    assert 'Vouliez-vous dire <a href="?avec=departement:46&amp;avec=commune:02810#comparer">Villers-Cotterêts' in page


def test_the_figures_of_a_territory_can_be_taken_away_with_their_sources(client, starter_search):
    rows = list(csv.DictReader(io.StringIO(client.get(f"{TOWN}chiffres.csv").content.decode("utf-8-sig"))))
    assert rows
    assert all(any("INSEE" in v or "IGN" in v or "Alliage" in v or "http" in v for v in row.values()) for row in rows)


def test_the_a4_is_one_tagged_page_with_five_figures_three_alliances_and_three_questions(client, starter_search):
    chance = random.Random(4)
    tokens = ["commune:98818", "commune:15031", "departement:976", "epci:200046977"]
    tokens += [p.token for level in LEVELS for p in chance.sample(list(gazetteer().of_level(level)), 8)]
    longest = max(gazetteer().of_level("epci"), key=lambda p: len(p.name))
    for token in [*tokens, longest.token]:
        level, code = token.split(":")
        answer = client.get(f"/territoires/{level}/{code}/page.pdf")
        reader = PdfReader(io.BytesIO(answer.content))
        text = reader.pages[0].extract_text()
        assert len(reader.pages) == 1, token
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], token
        assert gazetteer().label(gazetteer().by_token[token]) in reader.metadata.title
        assert "Trois questions" in text
        assert "3" in text
        assert "Qui appeler" in text


def test_a_name_typed_leads_to_its_page_and_homonyms_are_shown(client, starter_search):
    assert client.get("/territoires/", {"ou": "Figeac"})["Location"] == "/territoires/commune/46102/"
    page = page_of(client, "/territoires/?ou=Saint-Denis")
    assert "/territoires/commune/93066/" in page
    assert "/territoires/commune/97411/" in page
    assert "Aucun lieu ne répond" in page_of(client, "/territoires/?ou=Xyzzyville")


def test_a_sign_that_the_font_lacks_does_not_stop_the_a4(client, starter_search):
    from dataclasses import replace

    from django.test import RequestFactory
    from django.utils import timezone

    from alliage.exports.territory_sheet import write_pdf
    from alliage.web.territory_sheet import sheet_of

    place = gazetteer().by_token["departement:46"]
    sheet = sheet_of(RequestFactory().get("/"), portrait_of(place, starter_search))
    for sign in ("🌻", "日本", "\x00", "\x1b", 'a"b\\c'):
        alliance = replace(sheet.alliances[0], title=f"Le jardin {sign} partagé")
        pdf = write_pdf(replace(sheet, alliances=(alliance,)), at=timezone.now())
        assert "Le jardin" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_page_shows_no_alliance_twice_and_a_postcode_of_several_communes_is_asked(client, starter_search):
    portrait = portrait_of(gazetteer().by_token["departement:46"], starter_search)
    ids = [hit.record["id"] for hit in (*portrait.hits, *portrait.inspiring)]
    assert len(ids) == len(set(ids))
    assert client.get("/donnees/", {"ou": "46100"}).status_code == 200


def test_the_map_of_every_a4_stays_in_its_frame_and_says_where_its_cases_come_from(starter_search):
    from django.test import RequestFactory

    from alliage.web.territory_sheet import sheet_of

    for place in (*gazetteer().of_level("departement"), *gazetteer().of_level("region")):
        drawn = sheet_of(RequestFactory().get("/"), portrait_of(place, starter_search)).map
        if drawn is None:
            assert place.point is None
            continue
        for x, y in (point for ring in (*drawn.rings, *drawn.inner) for point in ring):
            assert 0 <= x <= drawn.width, place
            assert 0 <= y <= drawn.height, place
    village = gazetteer().by_token["commune:01001"]
    portrait = portrait_of(village, starter_search)
    assert portrait.wider == "des départements comparables au vôtre (Ain)"
    assert portrait.wider in sheet_of(RequestFactory().get("/"), portrait).alliances_note


def _sheet(token: str, search):
    from django.test import RequestFactory

    from alliage.web.territory_sheet import sheet_of

    return sheet_of(RequestFactory().get("/"), portrait_of(gazetteer().by_token[token], search))


def test_the_a4_stays_one_page_when_every_text_is_as_long_as_the_base_or_a_stranger_makes_it(starter_search):
    from dataclasses import replace

    from django.utils import timezone

    from alliage.exports.territory_sheet import write_pdf
    from alliage.web.territory_sheet import partners_in_short

    sheet = _sheet("region:84", starter_search)
    hits = starter_search.answer(SearchRequest(limit=100), facets=()).hits
    by_length = sorted(hits, key=lambda h: -sum(len(p["name"]) for p in h.record["partners"]))
    longest = [
        replace(
            sheet.alliances[0],
            title=max((h.record["title"] for h in hits), key=len),
            need=max((h.record["need"] or "" for h in hits), key=len),
            facts=" · ".join((partners_in_short([p["name"] for p in h.record["partners"]]), "x" * 60)),
        )
        for h in by_length[:3]
    ]
    made = "Groupement d’employeurs pour l’insertion et la qualification des métiers de la montagne et des vallées " * 6
    for text in (made, "Donaudampfschifffahrtsgesellschaft" * 20, "W" * 900, "i i " * 400):
        alliances = [replace(a, title=text, need=text, facts=text) for a in longest]
        figures = [replace(f, label=text, source=text, beside=text) for f in sheet.figures]
        calls = [replace(c, name=text, purpose=text, address="https://exemple.fr/" + "a" * 200) for c in sheet.calls]
        for held in (
            replace(sheet, alliances=tuple(longest)),
            replace(sheet, alliances=tuple(alliances)),
            replace(
                sheet,
                name=text,
                kind=text,
                sentence=text,
                figures=tuple(figures),
                alliances_title=text,
                alliances_note=text,
                alliances=tuple(alliances),
                questions=(text,) * 3,
                calls=tuple(calls),
                caution=text,
                footer=text,
            ),
        ):
            reader = PdfReader(io.BytesIO(write_pdf(held, at=timezone.now())))
            assert len(reader.pages) == 1, text[:20]
            assert "8\u202f205\u202f557" in reader.pages[0].extract_text().replace(" ", "\u202f")  # no figure is cut
            assert b"pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_the_five_figures_of_a_village_say_something_and_no_zero_is_among_them(starter_search):
    for token in (
        "commune:02506",
        "epci:200067544",
        "commune:01001",
        "commune:98818",
        "departement:48",
        "departement:974",
    ):
        figures = _sheet(token, starter_search).figures
        assert len(figures) <= 5
        assert not [f for f in figures if not f.value.strip("0,")], token
        assert [f for f in figures if "recensée" in f.label], token
    village = _sheet("commune:02506", starter_search)
    assert len(village.figures) == 5
    counted = [f for f in village.figures if "recensée" in f.label]
    assert counted[0].label.endswith("dans l’Aisne")
    assert int(counted[0].value) == starter_search.answer(SearchRequest(filters={"place": ("departement:02",)})).count
    # The population of France beside that of a village compares nothing; a share does, where there is one.
    assert not [f for f in village.figures if "France" in f.beside]
    assert next(f.beside for f in village.figures if f.label.startswith("Densité")).startswith("dans l’Aisne\u00a0: ")
    region = _sheet("region:84", starter_search)
    assert region.figures[0].beside == "12\u00a0% de la France"


def test_the_a4_says_where_to_find_whom_to_call_and_asks_of_territories(client, starter_search):
    reader = PdfReader(io.BytesIO(client.get("/territoires/departement/974/page.pdf").content))
    text = reader.pages[0].extract_text()
    assert "catalyseurs-territoriaux.org" in text
    links = [a.get_object()["/A"].get("/URI") for a in reader.pages[0]["/Annots"] if "/A" in a.get_object()]
    assert any("catalyseurs-territoriaux.org" in str(link) for link in links)
    assert "d’autres communes" not in text


def test_partners_are_shortened_kindly():
    from alliage.web.territory_sheet import LONGEST_PARTNER, LONGEST_PARTNERS, partners_in_short

    assert partners_in_short(["La Poste", "LPO"]) == "La Poste + LPO"
    assert partners_in_short(["La Poste", "LPO", "Ville", "Région", "État"]) == "La Poste + LPO + Ville et 2 autres"
    told = partners_in_short(["Groupement d’employeurs pour l’insertion et la qualification de la montagne " * 2] * 9)
    assert told.startswith("Groupement d’employeurs")
    assert told.endswith("… et 7 autres")
    assert len(told) < LONGEST_PARTNERS + LONGEST_PARTNER
