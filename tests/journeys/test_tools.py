"""Tools and kit sheets in a real browser: found, opened, suggested, printed, without JavaScript and on a phone."""

from __future__ import annotations

import pytest

from tests.journeys.accessibility import faults

pytestmark = pytest.mark.browser
PAGES = (
    "/outils/",
    "/outils/?tout=1",
    "/outils/?stage=avec-qui&actor=association",
    "/outils/?q=zzzz",
    "/outils/pro-bono-lab/",
    "/outils/donnees-regionales-adresse-imprimee/",
    "/outils/impacts-et-trajectoires/",
    "/outils/suggerer/",
    "/outils/suggerer/?merci=1",
    "/methodes/fiches/",
    "/methodes/fiches/eclaircissement/",
    "/methodes/fiches/argumentaire/",
    "/methodes/fiches/methode/",
    "/methodes/fiches/exemples/",
    "/methodes/fiches/cartographie-des-outils/",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_axe_finds_nothing_on_tools_and_sheets(site, chromium, width, scheme):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    found = []
    for path in PAGES:
        page.goto(f"{site}{path}")
        found += faults(page, path, minor=True)
    page.goto(f"{site}/outils/suggerer/")  # its refusal is a state of its own
    page.evaluate("document.querySelector('form.suggest-form').noValidate = true")
    page.fill("#url", "exemple")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_role("alert").wait_for()
    found += faults(page, "le formulaire refusé", minor=True)
    context.close()
    assert found == []


def test_a_tool_is_found_opened_and_another_suggested_without_javascript_on_a_phone(site, chromium):
    context = chromium.new_context(viewport={"width": 375, "height": 812}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/outils/")
    page.get_by_label("Étape").select_option("avec-qui")
    page.get_by_label("Pour qui").select_option("association")
    page.get_by_role("button", name="Filtrer").click()
    shown = int(page.locator("#liste-outils").inner_text().split()[0])
    assert shown == page.locator("article.tool").count()
    page.get_by_role("link", name="Enlever le filtre Pour qui").click()
    assert int(page.locator("#liste-outils").inner_text().split()[0]) > shown
    page.locator(".step-matrix").wait_for(state="hidden")
    page.get_by_role("heading", name="Quelle étape").click()
    cell = page.locator(".step-matrix tbody tr", has_text="Une fondation").locator("a").first
    announced = cell.inner_text().split()[0]
    cell.click()
    assert page.locator("#liste-outils").inner_text().split()[0] == announced
    page.locator("article.tool h3 a").first.click()
    page.get_by_role("heading", name="Qui le dit").wait_for()
    page.goto(f"{site}/outils/")
    page.get_by_role("link", name="Suggérer un outil").click()
    page.get_by_label("Nom de l’outil").fill("Le guide de la vallée")
    page.get_by_label("À quoi vous a-t-il servi").fill("À préparer notre première réunion.")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("votre suggestion est gardée").wait_for()
    assert not page.locator("#site_web").is_visible() or page.locator("#site_web").bounding_box()["x"] < 0
    context.close()


def test_the_sheets_are_read_one_after_the_other_and_each_prints_without_the_site_around(site, chromium):
    page = chromium.new_page()
    page.goto(f"{site}/methodes/")
    page.get_by_role("link", name="Les fiches du kit").first.click()
    page.locator(".sheet-list h2 a").first.click()
    read = [page.locator("h1").inner_text()]
    while page.get_by_role("link", name="Fiche suivante").count():
        page.get_by_role("link", name="Fiche suivante").click()
        read.append(page.locator("h1").inner_text())
    assert len(read) == len(set(read)) == 5
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert not page.locator("nav.sheet-next").is_visible()
    assert page.locator("article h2").first.is_visible()
    page.close()
