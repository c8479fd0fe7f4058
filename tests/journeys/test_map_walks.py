"""A map page and a territory page walked by keyboard alone, and without JavaScript: every stop seen, every way open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
MAP, TERRITORY = "/exemples/carte/?mode=mecenat", "/territoires/departement/69/"
# What stands where the focus is: its name, whether it is in view and whether one sees that it is chosen.
STOP = """() => {
  const chosen = document.activeElement;
  if (!chosen || chosen === document.body) return null;
  const box = chosen.getBoundingClientRect(), style = getComputedStyle(chosen);
  const disc = chosen.matches('.drawn a.cluster') ? getComputedStyle(chosen.querySelector('.grown > circle')) : null;
  const outlined = style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2;
  chosen.dataset.stop ??= String(Math.random());
  return {
    id: chosen.dataset.stop, tag: chosen.tagName,
    name: (chosen.getAttribute('aria-label') || chosen.innerText || chosen.name || chosen.textContent || '').trim(),
    shown: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    seen: outlined || (disc !== null && parseFloat(disc.strokeWidth) >= 6),
  };
}"""


@pytest.fixture(params=["webgl", "none"])
def page(request, browsers) -> Iterator[Any]:
    """A page of a desktop browser, with and without WebGL."""
    context = browsers[request.param].new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", accept_downloads=True
    )
    page = context.new_page()
    page.moves = request.param == "webgl"
    yield page
    context.close()


@pytest.fixture
def still(browsers) -> Iterator[Any]:
    """A page without JavaScript."""
    context = browsers["none"].new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Any, address: str) -> None:
    page.goto(address)
    if page.moves and page.locator("#carte").count():
        page.locator("a.cluster.maplibregl-marker").first.wait_for()
    page.wait_for_load_state("networkidle")


def walked(page: Any) -> list[dict[str, Any]]:
    """Every stop of the Tab key from the top of the page to its end."""
    stops: list[dict[str, Any]] = []
    for _ in range(300):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return stops
        stops.append(stop)
    raise AssertionError(f"la touche Tab ne sort pas de la page : {stops[-3:]}")


def go_to(page: Any, name: str) -> dict[str, Any]:
    """Tab until the stop of that name, or whose name begins so."""
    for _ in range(300):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        assert stop is not None, f"« {name} » n’a pas été trouvé"
        if stop["name"].startswith(name):
            return stop
    raise AssertionError(name)


def count_of(page: Any) -> int:
    return int(re.match(r"\d+", page.locator("#combien").inner_text())[0])


def rows_in(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]


@pytest.mark.parametrize(
    ("address", "milestones"),
    [
        (
            MAP,
            ["Liste", "Télécharger", "Voir la liste des", "Auvergne-Rhône-Alpes", "Télécharger le tableau", "Filtrer"],
        ),
        (
            TERRITORY,
            ["La page A4", "Lyon", "Voir la liste et la filtrer", "Où exactement", "avec", "CSV (tableur)", "A4 (PDF)"],
        ),
    ],
    ids=["map", "territory"],
)
def test_the_tab_key_passes_every_stop_once_in_reading_order_and_each_is_seen(site, page, address, milestones):
    opened(page, f"{site}{address}")
    stops = walked(page)
    assert stops[0]["name"] == "Aller au contenu"
    assert len({s["id"] for s in stops}) == len(stops)
    assert [s["name"] for s in stops if not s["shown"]] == []
    assert [s["name"] for s in stops if not s["seen"]] == []
    assert [s["tag"] for s in stops if not s["name"]] == []
    at = 0
    for name in milestones:
        at = next((n for n, s in enumerate(stops[at:], at) if s["name"].startswith(name)), -1)
        assert at >= 0, (name, [s["name"][:30] for s in stops])


@pytest.mark.parametrize("address", [MAP, TERRITORY])
def test_the_skip_link_leads_past_the_menu(site, page, address):
    opened(page, f"{site}{address}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert not page.evaluate("Boolean(document.activeElement.closest('header, nav.doors'))")


def test_by_keyboard_a_territory_is_told_apart_compared_and_taken_away(site, page):
    opened(page, f"{site}{TERRITORY}")
    mark = go_to(page, "Lyon")
    number = int(re.search(r": (\d+) alliance", mark["name"])[1])
    go_to(page, "Où exactement")
    page.keyboard.press("Enter")
    assert page.locator("details.split[open] table").first.is_visible()
    go_to(page, "avec")
    page.keyboard.type("Lot")
    page.keyboard.press("Enter")
    page.wait_for_url("**/territoires/departement/69/?avec=Lot*")
    assert "Lot" in page.locator("table.compared thead").inner_text()
    go_to(page, "Les chiffres (CSV)")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert len(rows_in(Path(taken.value.path()).read_text("utf-8"))) >= 4
    opened(page, f"{site}{TERRITORY}")
    go_to(page, "Lyon")
    page.keyboard.press("Enter")
    page.wait_for_url("**/exemples/?*place=commune*69123*")
    assert count_of(page) == number


def test_by_keyboard_the_table_of_a_map_leads_to_its_lists_and_its_file(site, page):
    opened(page, f"{site}{MAP}")
    rows = page.locator(".by-place tbody tr").count()
    go_to(page, "Télécharger le tableau")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert len(rows_in(Path(taken.value.path()).read_text("utf-8"))) == rows
    opened(page, f"{site}{MAP}")
    go_to(page, "Télécharger le tableau")
    page.keyboard.press("Shift+Tab")
    told = page.locator(".by-place tbody tr").last.locator("td.number").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/exemples/?*place=region*")
    assert count_of(page) == int(told)


def test_without_javascript_a_territory_is_read_compared_and_taken_away(site, still):
    still.goto(f"{site}{TERRITORY}")
    here = int(still.locator("dd.big").inner_text())
    still.get_by_text("Où exactement").click()
    rows = still.locator("details.split table").first.locator("tbody tr")
    total = [int(row.split("\t")[-1]) for row in rows.all_inner_texts()]
    assert sum(total[:-1]) == total[-1] == here
    mark = still.locator("svg.drawn a.cluster[aria-label^='Lyon']")
    number = int(re.search(r": (\d+) alliance", mark.get_attribute("aria-label"))[1])
    mark.focus()
    still.keyboard.press("Enter")
    still.wait_for_url("**/exemples/?*place=commune*69123*")
    assert count_of(still) == number
    still.go_back()
    still.locator("input#avec").fill("Saint-Denis")
    still.locator("section[aria-labelledby=comparer] button").click()
    still.locator("section[aria-labelledby=comparer] .notice a", has_text="La Réunion").first.click()
    assert "Saint-Denis" in still.locator("table.compared thead").inner_text()
    taken = still.request.get(f"{site}{still.get_by_role('link', name='CSV (tableur)').get_attribute('href')}")
    assert len(rows_in(taken.text())) == here
    sheet = still.request.get(f"{site}{still.get_by_role('link', name='A4 (PDF)', exact=True).get_attribute('href')}")
    assert sheet.body().startswith(b"%PDF")


def test_without_javascript_a_place_and_a_distance_draw_a_circle_and_keep_the_filters(site, still):
    still.goto(f"{site}{MAP}")
    still.locator("summary", has_text="Autour d’un lieu").click()
    still.locator("#f-ou").fill("Lyon")
    still.locator("#f-within").select_option("50")
    still.get_by_role("button", name="Filtrer").click()
    assert "/exemples/carte/?" in still.url
    assert still.locator("svg.drawn path.circle").count() == 1
    assert "À moins de 50 km de Lyon" in still.locator(".modes-legend").inner_text()
    mapped = count_of(still)
    assert still.locator(".chips a.chip").count() == 2
    table = still.request.get(f"{site}{still.get_by_role('link', name='Télécharger le tableau').get_attribute('href')}")
    assert len(rows_in(table.text())) == still.locator(".by-place tbody tr").count() > 0
    still.locator("nav.views a", has_text="Liste").click()
    assert count_of(still) == mapped
    assert still.locator(".chips a.chip").count() == 2
