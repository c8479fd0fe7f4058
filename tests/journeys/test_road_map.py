"""From a diagnosis to a road map in a real browser: without JavaScript on a phone, a file taken away and brought back, axe."""

from __future__ import annotations

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.test_diagnosis import answer_all

pytestmark = pytest.mark.browser


@pytest.fixture
def on_a_phone(chromium):
    context = chromium.new_context(
        viewport={"width": 375, "height": 812}, java_script_enabled=False, has_touch=True, accept_downloads=True
    )
    yield context.new_page()
    context.close()


def begun(page, site) -> str:
    """The address of a diagnosis that is answered, its road map begun."""
    page.goto(f"{site}/methodes/")
    page.get_by_role("button", name="Commencer").first.click()
    hub = page.url.split("question")[0]
    answer_all(page, "Un besoin d’ici", 0)
    page.get_by_role("link", name="En faire notre feuille de route").click()
    page.get_by_role("button", name="Commencer avec ces pas").click()
    return hub


def test_a_road_map_is_begun_edited_taken_away_and_brought_back_without_javascript_on_a_phone(
    site, on_a_phone, tmp_path
):
    page = on_a_phone
    begun(page, site)
    steps = page.locator("li.step")
    first, number = steps.nth(0).locator("h3").inner_text(), steps.count()
    steps.nth(0).get_by_role("button", name="Descendre").click()
    assert steps.nth(1).locator("h3").inner_text() == first
    steps.nth(1).get_by_role("combobox").first.select_option("fait")
    steps.nth(1).get_by_role("button", name="Noter").click()
    assert page.get_by_text(f"1 sur {number}").count() == 1
    steps.nth(1).get_by_text("Changer").click()
    steps.nth(1).get_by_label("Quand").fill("15/03/2027")
    steps.nth(1).get_by_role("button", name="Enregistrer").click()
    assert "15 mars 2027" in steps.nth(1).inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tableau (CSV)").click()
    table = tmp_path / "feuille.csv"
    table.write_text(download.value.path().read_text("utf-8") + "Fêter;Tous;dans un an;;\r\n", "utf-8")
    steps.nth(0).get_by_role("button", name="Enlever").click()
    page.get_by_role("button", name="Remettre ce pas").click()
    assert steps.count() == number
    page.get_by_label("Le tableau enregistré").set_input_files(table)
    page.get_by_role("button", name="Rapporter").click()
    assert steps.count() == number + 1
    assert "Fêter" in steps.last.inner_text()
    page.get_by_role("button", name="Revenir à la liste d’avant").click()
    assert steps.count() == number


PAGES = ("feuille-de-route/", "accords/convention-pluripartite/?partenaire-1=Nous", "atelier/", "atelier/resultats/")


def test_axe_finds_nothing_serious_on_the_pages_of_a_road_map_and_they_fit_a_narrow_phone(site, chromium):
    setting = chromium.new_context()
    hub = begun(setting.new_page(), site)
    setting.close()
    wrong = []
    for look, width in (("light", 1280), ("dark", 320)):
        context = chromium.new_context(
            color_scheme=look, viewport={"width": width, "height": 800}, bypass_csp=True
        )  # fmt: skip
        page = context.new_page()
        for rest in PAGES:
            page.goto(f"{hub}{rest}")
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            wrong += [(look, rest, found) for found in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append((look, rest, "wider than the screen"))
        page.goto(f"{hub}feuille-de-route/")
        page.locator("#nouveau-what").fill("Un pas")
        page.locator("#nouveau-when").fill("31/02/2027")
        page.get_by_role("button", name="Ajouter ce pas").click()
        assert page.get_by_role("alert").count() == 1
        wrong += [(look, "refused", found) for found in violations(page)]
        context.close()
    assert wrong == []
