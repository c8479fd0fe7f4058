"""What people come for, in a real browser: a need, three cases, a road map; every page readable by everyone."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail
from tests.journeys.accessibility import faults

pytestmark = pytest.mark.browser
HOUSE = Path(__file__).parents[2]
NEED = "plus d’épicerie dans notre village"
CASE = "/exemples/logins-ares-xpo/"
PAGES = (
    "/",
    "/?q=plus+d%27%C3%A9picerie+dans+notre+village",
    "/?q=xylophone+intergalactique",
    "/?q=%C3%A9picerie&ou=Saint-Denis",
    "/exemples/",
    "/exemples/?q=handicap&mode=mecenat&mode=none&place=region:84",
    "/exemples/?q=zzzzqqq",
    "/exemples/carte/?mode=mecenat",
    CASE,
    f"{CASE}faire-pareil/?ou=commune:46102",
    "/ma-selection/?sel=logins-ares-xpo,adie-microfinance",
    "/ma-selection/",
    "/typologie/",
    "/typologie/cooperation-economique/",
    "/typologie/cooperation-economique/joint-venture-sociale/",
    "/organisations/le-rameau/",
    "/fiche-d-origine/",
    "/glossaire/",
    "/sources/",
    "/comment-chercher/",
    "/methodes/",
    "/methodes/questions/",
    "/methodes/besoin/",
    "/methodes/classer/",
    "/methodes/accords/",
    "/methodes/accords/convention-de-mecenat/",
    "/methodes/atelier/",
    "/donnees/",
    "/territoires/region/84/?avec=Occitanie&avec=Saint-Denis",
    "/territoires/commune/01001/",
    "/territoires/?ou=Saint-Denis",
    "/?ou=Figeac",
    "/?ou=46100",
    "/?q=Figeac",
    "/?ou=Montpelier",
    "/outils/",
    "/competences/",
    "/contribuer/",
    "/a-propos/",
    "/page-qui-n-existe-pas/",
)


def open_in_libreoffice(path: Path, folder: Path) -> str:
    """The text that LibreOffice reads in a document."""
    if shutil.which("soffice") is None:
        skip_or_fail("ce test ouvre le document dans LibreOffice (apt-get install libreoffice-writer-nogui).")
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "txt:Text (encoded):UTF8",
         "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / f"{path.stem}.txt").read_text("utf-8-sig")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_mayor_who_misspells_the_village_reaches_its_page_and_its_a4_on_a_phone(site, chromium, javascript):
    context = chromium.new_context(viewport={"width": 375, "height": 812}, java_script_enabled=javascript)
    page = context.new_page()
    page.goto(site)
    field = page.get_by_label("Commune, code postal, département ou région", exact=True)
    if javascript:
        field.press_sequentially("clermon ferr")
        page.wait_for_selector("#territoires option", state="attached")
        assert page.locator("#territoires option").first.get_attribute("value") == "Clermont-Ferrand (Puy-de-Dôme)"
    field.fill("Montgober")
    page.get_by_role("button", name="Ouvrir sa page").click()
    page.get_by_role("link", name="Montgobert (Aisne)").click()
    page.wait_for_url("**/territoires/commune/02506/")
    a4 = page.get_by_role("link", name="La page A4 à imprimer").get_attribute("href")
    assert context.request.get(f"{site}{a4}").headers["content-type"] == "application/pdf"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375 if javascript else True
    context.close()


def test_the_words_in_the_fields_are_not_cut_on_a_small_phone(site, chromium):
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    page.goto(site)
    for field in page.locator("input[placeholder]").all():
        wide = field.evaluate(
            """f => { const s = getComputedStyle(f), c = document.createElement("canvas").getContext("2d");
            c.font = `${s.fontWeight} ${s.fontSize} ${s.fontFamily}`;
            return c.measureText(f.placeholder).width + parseFloat(s.paddingLeft) + parseFloat(s.paddingRight); }"""
        )
        assert wide <= field.evaluate("f => f.clientWidth"), field.get_attribute("placeholder")
    page.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_from_a_need_to_a_road_map_in_three_clicks_on_a_phone(site, chromium, tmp_path, javascript):
    started = time.monotonic()
    context = chromium.new_context(
        viewport={"width": 375, "height": 812}, has_touch=True, java_script_enabled=javascript, accept_downloads=True
    )
    page = context.new_page()
    page.goto(site)
    page.get_by_label("Votre besoin").fill(NEED)
    page.get_by_role("button", name="Chercher").first.click()  # first click
    cases = page.locator("article.case")
    cases.nth(2).wait_for()
    assert cases.count() == 3
    assert page.get_by_text("Pourquoi celui-ci").count() == 3
    cases.first.get_by_role("link", name="Faire pareil chez nous").click()  # second click
    page.get_by_role("heading", name="Faire pareil chez nous").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger la feuille de route (Word)").click()  # third click
    road_map = tmp_path / "route.docx"
    download.value.save_as(road_map)
    assert time.monotonic() - started < 60
    context.close()
    text = open_in_libreoffice(road_map, tmp_path)
    assert "Les pas à faire" in text
    assert "épicerie" in text.lower() or "commerce" in text.lower()


def test_with_javascript_the_answer_and_the_facets_come_without_a_new_page(site, chromium):
    page = chromium.new_page()
    page.goto(f"{site}/exemples/")
    page.evaluate("window.sameDocument = true")
    before = page.locator("#count").inner_text() if page.locator("#count").count() else page.locator("h1").inner_text()
    page.locator("input[name=mode][value=mecenat]").check()
    page.wait_for_url("**/exemples/?*mode=mecenat*")
    page.wait_for_function("text => !document.body.innerText.includes(text)", arg=before)
    assert page.evaluate("window.sameDocument") is True
    page.close()


def test_going_back_to_the_answer_shows_the_whole_page(site, chromium):
    page = chromium.new_page()
    page.goto(site)
    page.get_by_label("Votre besoin").fill(NEED)
    page.get_by_role("button", name="Chercher").first.click()
    page.locator("article.case h3 a").first.click()
    page.get_by_role("heading", name="Qui apporte quoi").wait_for()
    page.go_back()
    page.locator("article.case").nth(2).wait_for()
    assert page.locator("h1").count() == 1
    assert page.locator("header.top").count() == 1
    page.close()


def test_a_definition_opens_with_the_keyboard_and_without_javascript(site, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/exemples/ptce-figeacteurs/")
    term = page.locator("button.term").first
    term.focus()
    page.keyboard.press("Enter")
    assert page.locator(".definition:popover-open").count() == 1
    context.close()


def test_the_keyboard_stays_on_the_box_that_it_ticked(site, chromium):
    page = chromium.new_page()
    page.goto(f"{site}/exemples/")
    page.locator("#f-mode-mecenat").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/exemples/?*mode=mecenat*")
    page.wait_for_function("document.activeElement && document.activeElement.id === 'f-mode-mecenat'")
    assert "year_min" not in page.url
    page.close()


def test_no_page_asks_anything_of_another_host(site, chromium):
    context = chromium.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{site}{path}")
    context.close()
    assert [url for url in asked if not url.startswith((site, "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_axe_finds_nothing_serious_on_any_page(site, chromium, width, scheme):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    found = []
    for path in PAGES:
        page.goto(f"{site}{path}")
        found += faults(page, path)
    context.close()
    assert found == []


@pytest.mark.parametrize("width", [320, 375])
def test_on_a_phone_results_come_before_filters(site, chromium, width):
    context = chromium.new_context(viewport={"width": width, "height": 812})
    page = context.new_page()
    page.goto(f"{site}/exemples/?q=handicap")
    first_case = page.locator("article.case").first.bounding_box()
    facets = page.locator("input[name=mode]").first
    assert first_case is not None
    box = facets.bounding_box()
    assert box is None or box["y"] > first_case["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
