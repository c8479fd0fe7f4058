"""Maps in a real browser: moved about with WebGL, drawn without, by keyboard alone, without JavaScript, for everyone."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import TimeoutError

from tests.journeys.accessibility import faults

pytestmark = pytest.mark.browser
MAP, OVERVIEW, TERRITORIES = "/exemples/carte/", "/donnees/", "/territoires"
PAGES = (
    MAP,
    f"{MAP}?q=handicap&level=departement",
    f"{MAP}?place=region:76",
    f"{MAP}?place=departement:987",
    f"{MAP}?q=zzzzqqq",
    f"{MAP}?around=commune:69123&within=60",
    f"{TERRITORIES}/departement/69/?avec=Lot",
    f"{TERRITORIES}/commune/46102/?avec=Saint-Denis",
    f"{TERRITORIES}/departement/987/",
    OVERVIEW,
    f"{OVERVIEW}?level=region&indicator=nombre-d-alliances",
    f"{OVERVIEW}?level=epci&indicator=population",
    f"{OVERVIEW}?ou=Saint-Denis",
)
DRAWN = (f"{MAP}?level=departement", f"{MAP}?around=commune:69123&within=60")


@pytest.fixture
def page(browsers) -> Iterator[Any]:
    """A page of a browser with WebGL, that keeps what its console said."""
    context = browsers["webgl"].new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.complaints = complaints_of(page)
    yield page
    context.close()


def complaints_of(page: Any) -> list[str]:
    """What the console of a page complains of, from now on; the driver of software WebGL talks of its own speed."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "console",
        lambda message: (
            found.append(message.text)
            if message.type in ("error", "warning") and "GL Driver Message" not in message.text
            else None
        ),
    )
    return found


def open_map(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("a.cluster.maplibregl-marker").first.wait_for()
    page.wait_for_load_state("networkidle")


def count_of(page: Any) -> str:
    return re.match(r"\d+", page.locator("#combien").inner_text())[0]


def test_the_map_moves_without_a_complaint_of_the_browser_and_asks_nobody_else(site, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_map(page, f"{site}{MAP}")
    assert page.locator(".map svg.drawn").is_hidden()
    page.get_by_role("button", name="Guadeloupe").click()
    page.locator("a.maplibregl-marker[aria-label^='Guadeloupe']").wait_for()
    assert page.complaints == []
    assert [url for url in asked if not url.startswith((site, "data:", f"blob:{site}"))] == []
    assert any("/contours/region." in url for url in asked)


def test_clusters_come_finer_as_one_comes_nearer(site, page):
    open_map(page, f"{site}{MAP}")
    assert page.locator("#carte").get_attribute("data-level") == "region"
    for level in ("departement", "epci", "commune"):
        reached = "level => document.getElementById('carte').dataset.level === level"
        for _ in range(4):
            page.get_by_role("button", name="Rapprocher").click()
            # A busy machine answers late: a second click before its answer would pass the level by.
            with contextlib.suppress(TimeoutError):
                page.wait_for_function(reached, arg=level, timeout=4_000)
            if page.evaluate(reached, level):
                break
        assert page.evaluate(reached, level), level
    assert "commune" in page.locator(".map-status").inner_text()


def test_the_keyboard_alone_moves_the_map_and_opens_the_list_of_a_place(site, page):
    open_map(page, f"{site}{MAP}?mode=mecenat")
    canvas = page.locator(".maplibregl-canvas")
    page.get_by_role("button", name="Mayotte").focus()
    page.keyboard.press("Tab")
    assert canvas.evaluate("canvas => canvas === document.activeElement")
    north = page.locator("a.maplibregl-marker[aria-label^='Hauts-de-France']")
    before = north.bounding_box()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(600)
    assert north.bounding_box()["y"] < before["y"] - 20
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(600)
    page.keyboard.press("Tab")
    passed = []
    for _ in range(5):
        passed.append(page.evaluate("document.activeElement.getBoundingClientRect().top"))
        page.keyboard.press("Tab")
    assert max(a - b for a, b in pairwise(passed)) <= 60, "un marqueur remonte de plus d’une bande"
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    name, number = re.match(r"(.+?)\u00a0: (\d+) alliance", label).groups()
    page.keyboard.press("Enter")
    page.wait_for_url("**/exemples/?*place=region*")
    assert count_of(page) == number
    assert name in page.locator(".chips").inner_text()
    assert "mode=mecenat" in page.url


def test_the_focus_stays_on_its_place_when_the_map_is_drawn_again(site, page):
    open_map(page, f"{site}{MAP}")
    centre = page.locator("a.maplibregl-marker[data-token='region:24']")
    centre.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(800)
    assert page.evaluate("document.activeElement.dataset.token") == "region:24"


def test_a_filter_ticked_draws_the_map_again_with_the_new_count(site, page):
    open_map(page, f"{site}{MAP}")
    before = count_of(page)
    page.locator("#f-mode-mecenat").check()
    page.wait_for_url("**/exemples/carte/?*mode=mecenat*")
    page.wait_for_function("text => !document.querySelector('#combien').innerText.startsWith(text)", arg=before)
    page.locator("a.cluster.maplibregl-marker").first.wait_for()
    assert page.locator(".ground-map").count() == 1
    labels = page.locator("a.cluster.maplibregl-marker").evaluate_all(
        "all => all.map(a => a.getAttribute('aria-label'))"
    )
    assert all("coopération" not in label for label in labels)
    assert page.complaints == []


def test_without_webgl_the_drawn_map_stays_and_nothing_breaks(site, browsers):
    page = browsers["none"].new_page()
    complaints = complaints_of(page)
    page.goto(f"{site}{MAP}")
    page.wait_for_load_state("networkidle")
    assert page.locator(".map svg.drawn").is_visible()
    assert page.locator(".ground-map").count() == 0
    assert complaints == []
    page.close()


def test_without_javascript_one_walks_from_the_map_to_a_list_and_back(site, browsers):
    context = browsers["webgl"].new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{site}/exemples/")
    page.get_by_role("link", name="Carte", exact=True).click()
    everything = count_of(page)
    page.locator("#f-mode-mecenat").check()
    page.get_by_role("button", name="Filtrer").click()
    assert "/exemples/carte/?" in page.url
    counted = count_of(page)
    assert int(counted) < int(everything)
    mark = page.locator("svg.drawn a.cluster[aria-label^='Occitanie']")
    number = re.search(r": (\d+) alliance", mark.get_attribute("aria-label"))[1]
    assert page.locator("tr", has_text="Occitanie").locator("td.number").inner_text() == number
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/exemples/?*place=region*")
    assert count_of(page) == number
    page.get_by_role("link", name="Carte", exact=True).click()
    assert page.locator("svg.drawn text", has_text="Tarn").count() >= 1
    context.close()


def test_without_javascript_the_overview_is_chosen_and_a_homonym_is_asked(site, browsers):
    context = browsers["webgl"].new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}{OVERVIEW}")
    page.locator("select[name=level]").select_option("region")
    page.locator("select[name=indicator]").select_option("population")
    page.get_by_role("button", name="Afficher").click()
    page.get_by_role("heading", name="Population municipale par région").wait_for()
    assert page.locator(".ranking tbody tr").first.inner_text().startswith("1\t")
    assert "Île-de-France" in page.locator(".ranking tbody tr").first.inner_text()
    page.get_by_label("Votre territoire").fill("Saint-Denis")
    page.get_by_role("button", name="Ouvrir sa page").click()
    assert page.locator("a.chip[href^='/territoires/']").count() >= 2
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize(("browser", "pages"), [("webgl", PAGES), ("none", DRAWN)])
def test_axe_finds_nothing_serious_on_a_map(site, browsers, browser, pages, width, scheme):
    context = browsers[browser].new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    found = []
    for path in pages:
        page.goto(f"{site}{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
        if browser == "webgl" and page.locator("#carte[data-box*=',']").count():
            page.locator(".ground-map canvas").wait_for()
            page.wait_for_load_state("networkidle")
        found += faults(page, path)
    context.close()
    assert found == []
