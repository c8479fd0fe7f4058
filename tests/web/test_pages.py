"""Every page answers, says what it must, and asks the database little."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from django.test import Client
from docx import Document

from alliage.catalogue.actions import correct
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.typology import typology
from tests.conftest import NOW, TESTER

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8
PAGES = [
    "/",
    "/?q=plus+d'épicerie+dans+notre+village",
    "/?q=emploi&ou=Figeac",
    "/?q=emploi&ou=Saint-Denis",
    "/?q=zzz&ou=zzz",
    "/exemples/",
    "/exemples/?q=handicap&mode=cooperation-economique&place=region:84",
    "/exemples/?sort=title&limit=100",
    "/exemples/?ou=Lyon",
    "/exemples/?q=zzzz",
    "/exemples/?q=handicap&mode=mecenat&trend=consortium",
    "/exemples/carte/?q=handicap&level=commune",
    "/exemples/carte/?around=commune:69123&within=50",
    "/exemples/carte/?bbox=1,44,3,46",
    "/exemples/carte.csv?place=region:84",
    "/donnees/?level=epci&indicator=population",
    "/donnees.csv?level=region",
    "/exemples/logins-ares-xpo/",
    "/exemples/fondation-caritas-modeles-socio-economiques/",
    "/exemples/logins-ares-xpo/faire-pareil/",
    "/exemples/logins-ares-xpo/faire-pareil/?ou=Lyon&role-animation=Nous",
    "/typologie/",
    "/methodes/",
    "/methodes/questions/",
    "/methodes/besoin/",
    "/methodes/classer/",
    "/methodes/accords/",
    "/methodes/accords/convention-de-mecenat/?besoin=Un+lieu&partenaire-1=Nous",
    "/methodes/atelier/?etape=avec-qui",
    "/donnees/",
    "/outils/",
    "/competences/",
    "/contribuer/",
    "/a-propos/",
    "/comment-chercher/",
    "/glossaire/",
    "/sources/",
    "/fiche-d-origine/",
    "/ma-selection/",
    "/ma-selection/?sel=logins-ares-xpo,solifap,inconnue",
    "/exemples.csv?q=handicap",
    "/exemples.xlsx?mode=mecenat",
    "/exemples.json",
    "/exemples.geojson?place=region:76",
    "/exemples/?around=commune:46102&within=50&bbox=0,43,3,46&territory_kind=rural",
    "/exemples.rss?domain=culture",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_answers_with_few_queries(address, starter_search, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200
    assert len(body) > 300


@pytest.mark.parametrize("mode", [m.id for m in typology().modes])
def test_each_form_and_trend_has_its_page_with_the_local_authoritys_part(mode, client):
    page = client.get(f"/typologie/{mode}/").content.decode()
    assert "Le rôle de la collectivité" in page
    assert "Ce que cela engage" in page
    for trend in typology().mode(mode).trends:
        page = client.get(f"/typologie/{mode}/{trend.id}/").content.decode()
        assert "Le rôle de la collectivité" in page
        assert "faire-pareil" in page


def test_the_catalogue_asks_the_database_nothing_whatever_the_number_shown(client, django_assert_num_queries):
    for limit in (5, 100):
        with django_assert_num_queries(0):
            client.get(f"/exemples/?limit={limit}&q=emploi")


def test_home_answers_in_place_with_three_cases_and_why(client):
    page = client.get("/", {"q": "plus d'épicerie dans notre village"}).content.decode()
    assert page.count("Pourquoi celui-ci") == 3
    assert page.count("faire-pareil") == 3
    # The same address is always the whole page: going back to it never shows a fragment.
    again = client.get("/", {"q": "plus d'épicerie dans notre village"}, headers={"HX-Request": "true"})
    assert again.content.decode() == page


def test_the_selection_follows_from_page_to_page(client):
    page = client.get("/exemples/", {"q": "emploi", "sel": "solifap"}).content.decode()
    links = re.findall(r'href="(/[^"#]*|\?[^"]*)"', page)
    lost = [a for a in links if "sel=" not in a and not a.startswith(("/static", "/exemples.", "/api"))]
    assert lost == []
    assert "/exemples/?q=emploi&amp;sel=solifap%2C" not in page
    kept = client.get("/exemples/solifap/", {"sel": "solifap"}).content.decode()
    assert "Retirer de ma sélection" in kept


def test_a_word_of_the_trade_opens_its_definition_once_a_page(client):
    page = client.get("/exemples/ptce-figeacteurs/").content.decode()
    assert page.count('popovertarget="mot-ptce"') == 1
    assert page.count('id="mot-ptce"') == 1


def test_filters_stay_when_words_change_and_the_place_is_seen(client):
    page = client.get("/exemples/", {"q": "emploi", "mode": "mecenat", "near": "commune:46102"}).content.decode()
    ask = page[page.index('class="ask"') : page.index("</form>")]
    assert 'name="mode" value="mecenat"' in ask
    assert "près de\u00a0: Figeac" in page


def test_a_file_of_a_list_takes_the_place_that_the_page_took(client):
    page = client.get("/exemples/", {"ou": "Figeac"}).content.decode()
    rows = client.get("/exemples.json", {"ou": "Figeac"}).getvalue()
    assert f"{json.loads(rows)['count']} alliance" in page


def test_a_homonym_is_asked_about_and_an_unknown_place_is_said(client):
    assert "Lequel" in client.get("/", {"q": "emploi", "ou": "Saint-Denis"}).content.decode()
    assert "pas trouvé le lieu" in client.get("/", {"q": "emploi", "ou": "Zzz"}).content.decode()


def test_an_alliance_page_says_what_is_not_known_and_where_it_comes_from(client):
    page = client.get("/exemples/fondation-ratp-louvre-lens/").content.decode()
    for said in (
        "Ce que nous ne savons pas",
        "année non dite",
        "Nommée par la fiche d’origine",
        "Sources",
        "D’où vient cette fiche",
        "Alliances proches",
    ):
        assert said in page


def test_a_target_is_never_shown_as_a_result(client):
    from alliage.catalogue.models import Alliance

    target = next(a for a in Alliance.objects.all() if any(r["nature"] == "objectif" for r in a.results))
    assert "objectif, pas un résultat" in client.get(f"/exemples/{target.slug}/").content.decode()


def test_the_road_map_is_a_document_that_holds_what_was_filled_in(client):
    response = client.get(
        "/exemples/logins-ares-xpo/faire-pareil.docx", {"ou": "Figeac", "role-animation": "Notre mairie"}
    )
    assert zipfile.ZipFile(io.BytesIO(response.content)).testzip() is None
    document = Document(io.BytesIO(response.content))
    text = "\n".join(
        [p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells]
    )
    assert "Figeac (Lot)" in text
    assert "conseil juridique" in text.lower()
    assert all(step.title in text for step in typology().mode("cooperation-economique").first_steps)


def test_every_row_of_the_founding_sheet_stands_on_its_page(client):
    page = client.get("/fiche-d-origine/").content.decode()
    rows = founding_sheet().rows
    assert sum(r.kind == "line" for r in rows) == 41
    assert all(f'id="{row.id}"' in page for row in rows)


def test_every_link_of_the_founding_sheet_page_leads_somewhere(client):
    for row in founding_sheet().rows:
        if row.page:
            assert client.get(row.page.partition("#")[0]).status_code == 200, row.id
        for id in row.alliances:
            assert client.get(f"/exemples/{id}/").status_code == 200, id


def test_an_old_id_leads_to_the_record_that_stays(client):
    correct.merge_alliance(slug="renault-wimoov", into="grdf-makesense", by=TESTER, at=NOW)
    for address in ("/exemples/{}/", "/exemples/{}/faire-pareil/", "/api/v1/alliances/{}"):
        response = client.get(address.format("renault-wimoov"))
        assert (response.status_code, response["Location"]) == (301, address.format("grdf-makesense"))


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/exemples/nulle-part/", 404, "n’existe pas"),
        ("/nulle/part", 404, "n’existe pas"),
        ("/exemples/?mode=zz", 400, "Valeur inconnue"),
        ("/exemples/?cursor=zz", 400, "curseur"),
        ("/typologie/zz/", 404, "n’existe pas"),
        ("/typologie/mecenat/consortium/", 404, "n’existe pas"),
        ("/organisations/zz/", 404, "n’existe pas"),
    ],
)
def test_an_error_is_a_clear_page_with_the_search(client, address, status, said):
    response = client.get(address)
    assert response.status_code == status
    page = response.content.decode()
    assert said in page
    assert 'role="search"' in page


def test_a_draft_is_seen_by_nobody(client, received):
    from tests.conftest import draft

    received(draft("Un secret bien gardé", "1"))
    assert client.get("/exemples/un-secret-bien-garde/").status_code == 404
    assert client.get("/api/v1/alliances/un-secret-bien-garde").status_code == 404


def test_while_the_index_is_missing_pages_say_so_and_health_is_not_green(client, settings, tmp_path):
    settings.INDEX_DIR = tmp_path
    response = client.get("/exemples/")
    assert response.status_code == 503
    assert "se prépare" in response.content.decode()
    assert response["Retry-After"]
    assert client.get("/healthz").status_code == 503
    assert client.get("/exemples/logins-ares-xpo/").status_code == 200


def test_health_is_green_when_base_and_index_answer(client):
    assert client.get("/healthz").json()["index"] == "ok"


def test_pages_forbid_scripts_from_elsewhere_and_load_none(client):
    response = client.get("/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    page = response.content.decode()
    assert "style=" not in page
    assert "onclick" not in page
    assert 'src="http' not in page


def test_what_a_visitor_types_is_never_markup(client):
    page = client.get("/exemples/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_the_rss_of_a_list_holds_its_newest_records(client):
    body = client.get("/exemples.rss?domain=culture").content.decode()
    assert body.startswith("<?xml")
    assert body.count("<item>") > 5


def test_the_editor_journals_what_is_corrected(admin_client):
    from alliage.catalogue.models import Alliance, Change

    alliance = Alliance.objects.get(slug="solifap")
    address = f"/admin/catalogue/alliance/{alliance.pk}/change/"
    form = admin_client.get(address).context["adminform"].form
    values = {n: "" if form[n].value() is None else form[n].value() for n in form.fields}
    management = {"roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0, "places-TOTAL_FORMS": 0, "places-INITIAL_FORMS": 0}
    response = admin_client.post(address, {**values, **management, "need": "Un besoin relu."})
    assert response.status_code == 302
    alliance.refresh_from_db()
    assert alliance.need == "Un besoin relu."
    assert alliance.corrected_fields == ["need"]
    assert Change.objects.latest("revision").by_label == "admin"


def test_the_site_serves_without_a_session_cookie():
    assert not Client().get("/").cookies


def test_an_alliance_that_ended_says_so_on_its_page_in_the_guide_and_in_the_document(client):
    said = "s’est arrêtée en 2024"
    assert said in client.get("/exemples/la-poste-comptoir-de-campagne/").content.decode()
    assert said in client.get("/exemples/la-poste-comptoir-de-campagne/faire-pareil/").content.decode()
    file = client.get("/exemples/la-poste-comptoir-de-campagne/faire-pareil.docx").content
    text = "\n".join(p.text for p in Document(io.BytesIO(file)).paragraphs)
    assert said in text
    assert "liquidation judiciaire" in text
    assert "vivre-villes.fr" in text


def test_an_empty_list_offers_each_filter_that_could_go(client):
    page = client.get(
        "/exemples/", {"mode": "mecenat", "domain": "mobilite", "place": "departement:48"}
    ).content.decode()
    assert "En cherchant plus large" in page
    assert "Les plus proches" in page


def test_a_postcode_of_several_communes_searches_their_departement_and_says_so(client):
    page = client.get("/exemples/", {"ou": "46100"}).content.decode()
    assert "couvre plusieurs communes" in page
    assert "place=departement%3A46" in page


def test_a_territory_alone_shows_what_is_there_or_around(client):
    page = client.get("/", {"ou": "Lozère"}).content.decode()
    assert "Rien de recensé en Lozère" in page
    assert "Occitanie" in page


def test_the_blank_sheet_is_one_click_away(client):
    answer = client.get("/contribuer/alliances.xlsx")
    assert answer.status_code == 200
    assert zipfile.is_zipfile(io.BytesIO(answer.getvalue()))
