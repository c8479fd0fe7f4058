"""A diagnosis in real browsers: with and without JavaScript, two partners at once, axe on every page in every state."""

from __future__ import annotations

import re
import time

import pytest

from tests.journeys.accessibility import violations

pytestmark = pytest.mark.browser


def answer_all(page, need: str, option: int = 0) -> int:
    """Answers question after question until the result; returns how many were asked."""
    asked = 0
    while "/question/" in page.url:
        asked += 1
        assert asked < 40
        if page.locator("textarea").count():
            page.locator("textarea").fill(need)
        elif page.locator("input.line").count():
            page.locator("input.line").fill("Figeac")
        else:
            page.locator("fieldset .choice input").nth(option).check()
        page.get_by_role("button", name="Continuer").click()
    return asked


@pytest.mark.parametrize("javascript", [True, False])
def test_twelve_questions_on_a_phone_back_change_resume_and_a_result(site, chromium, javascript):
    context = chromium.new_context(viewport={"width": 375, "height": 812}, java_script_enabled=javascript)
    page = context.new_page()
    page.goto(f"{site}/methodes/")
    page.get_by_role("button", name="Commencer").click()
    hub = page.url.split("question/")[0]
    page.get_by_label("Une association").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Question précédente").click()
    assert page.get_by_label("Une association").is_checked()
    page.get_by_label("Des habitants").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Reprendre plus tard").click()
    page.close()
    page = context.new_page()  # another day, by the address alone
    page.goto(hub)
    page.get_by_role("link", name=re.compile("Continuer")).first.click()
    assert answer_all(page, "Les anciens du canton n’ont plus de bus") == 11
    page.get_by_role("heading", name="Votre résultat").wait_for()
    assert page.get_by_text("Ce qui changerait").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375 if javascript else True
    page.get_by_role("link", name="Changer : Qui êtes-vous ?").click()
    assert page.get_by_label("Des habitants").is_checked()
    context.close()


def test_two_browsers_answer_one_diagnosis_at_once_and_see_each_other_only_at_the_end(site, chromium):
    owner_context = chromium.new_context(java_script_enabled=False)
    partner_context = chromium.new_context()
    owner, partner = owner_context.new_page(), partner_context.new_page()
    owner.goto(f"{site}/methodes/")
    owner.get_by_role("button", name="Inviter des partenaires").click()
    hub = owner.url.split("partenaires")[0]
    owner.get_by_label("Mon nom").fill("L’association")
    owner.get_by_role("button", name="Enregistrer").click()
    owner.get_by_label("Inviter un partenaire").fill("La mairie")
    owner.get_by_role("button", name="Faire son invitation").click()
    partner.goto(owner.get_by_label("Invitation à envoyer").input_value())
    partner.get_by_role("button", name="Commencer").click()
    theirs = partner.url.split("?")[0]
    for page, address in ((owner, hub), (partner, theirs)):
        page.goto(address)
        page.get_by_role("link", name=re.compile("Commencer")).first.click()
    # In turn, question by question, as two people do at the same table.
    for need, page, option in (("Besoin de la mairie", partner, 1), ("Besoin de l’association", owner, 0)) * 12:
        if "/question/" not in page.url:
            continue
        if page.locator("textarea").count():
            page.locator("textarea").fill(need)
        elif page.locator("input.line").count():
            page.locator("input.line").fill("Figeac")
        else:
            page.locator("fieldset .choice input").nth(option).check()
        page.get_by_role("button", name="Continuer").click()
        if "/question/" in owner.url:
            for address in ("", "resultat/", "partenaires/", "sante/", "evaluation/"):
                assert "Besoin de la mairie" not in owner_context.request.get(hub + address).text()
                assert "Besoin de l’association" not in partner_context.request.get(theirs + address).text()
    for page, address in ((owner, hub), (partner, theirs)):
        page.goto(f"{address}partenaires/")
        for need in ("Besoin de la mairie", "Besoin de l’association"):
            assert page.get_by_text(need).count() == 1
        assert page.get_by_text("Pour en parler").count() > 5
    owner_context.close()
    partner_context.close()


@pytest.fixture(scope="module")
def finished(site, chromium) -> dict[str, str]:
    """The addresses of a diagnosis of two that is answered, with an open and a hidden health check and a frame."""
    context = chromium.new_context(java_script_enabled=False)
    owner, partner = context.new_page(), context.new_page()
    owner.goto(f"{site}/methodes/")
    owner.get_by_role("button", name="Inviter des partenaires").click()
    hub = owner.url.split("partenaires")[0]
    for name in ("La mairie", "Qui ne viendra pas"):
        owner.get_by_label("Inviter un partenaire").fill(name)
        owner.get_by_role("button", name="Faire son invitation").click()
    waiting = owner.get_by_label("Invitation à envoyer à Qui ne viendra pas").input_value()
    partner.goto(owner.get_by_label("Invitation à envoyer à La mairie").input_value())
    partner.get_by_role("button", name="Commencer").click()
    theirs = partner.url.split("?")[0]
    for page, address, option in ((owner, hub, 0), (partner, theirs, 1)):
        page.goto(address)
        page.get_by_role("link", name=re.compile("Commencer")).first.click()
        answer_all(page, "Un besoin d’ici", option)
    owner.goto(f"{hub}partenaires/")
    owner.get_by_role("button", name="Retirer cette invitation").click()
    for number, colours in ((1, (0, 2)), (2, (1, 0))):
        owner.goto(f"{hub}sante/")
        owner.get_by_role("button", name="Commencer un bulletin").click()
        for page, address, colour in ((owner, hub, colours[0]), (partner, theirs, colours[1])):
            page.goto(f"{address}sante/{number}/")
            for aspect in page.locator("fieldset.aspect").all():
                aspect.locator("input[type=radio]").nth(colour).check()
            page.get_by_role("button", name="Enregistrer mes couleurs").click()
    owner.goto(f"{hub}sante/")
    owner.get_by_role("button", name="Commencer un bulletin").click()
    owner.goto(f"{hub}evaluation/")
    owner.get_by_role("link", name=re.compile("Partir de l’exemple")).first.click()
    owner.get_by_role("button", name="Ajouter la ligne").click()
    owner.goto(f"{hub}resultat/")
    owner.get_by_role("button", name="Faire une adresse à partager").click()
    shared = owner.get_by_label("L’adresse à donner").input_value()
    owner.goto(f"{site}/methodes/")
    owner.get_by_role("button", name="Inviter des partenaires").click()
    owner.get_by_label("Inviter un partenaire").fill("La mairie")
    owner.get_by_role("button", name="Faire son invitation").click()
    hidden, invitation = owner.url.split("#")[0], owner.get_by_label("Invitation à envoyer").input_value()
    context.close()
    return {
        "hub": hub,
        "partner": theirs,
        "shared": shared,
        "invitation": invitation,
        "hidden": hidden,
        "gone": waiting,
    }


PAGES = (
    ("hub", ""), ("hub", "resultat/"), ("hub", "partenaires/"), ("hub", "sante/"), ("hub", "sante/2/"), ("hub", "sante/3/"),
    ("hub", "evaluation/"), ("hub", "evaluation/?impact=confiance&objective=a#ecrire"), ("hub", "question/acteur/"),
    ("hub", "question/besoin/"), ("hub", "question/lieu/"), ("hub", "question/apport/?retour=1"), ("partner", "?bienvenue=1"),
    ("shared", ""), ("invitation", ""), ("hidden", ""), ("gone", ""),
)  # fmt: skip


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_serious_on_any_page_of_a_diagnosis(finished, chromium, look):
    context = chromium.new_context(
        color_scheme="dark" if look == "dark" else "light",
        viewport={"width": 375, "height": 812} if look == "phone" else {"width": 1280, "height": 900},
        bypass_csp=True,
    )
    page = context.new_page()
    wrong = []
    for name, rest in PAGES:
        page.goto(f"{finished[name]}{rest}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        wrong += [(name, rest, found) for found in violations(page)]
        if look == "phone" and page.evaluate("document.documentElement.scrollWidth") > 375:
            wrong.append((name, rest, "wider than the phone"))
    context.close()
    assert wrong == []


def test_answers_refused_and_needs_understood_are_readable_by_everyone(site, finished, chromium):
    context = chromium.new_context(viewport={"width": 320, "height": 700}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{finished['hub']}question/lieu/")
    page.locator("input.line").fill("Saint-Denis")
    page.get_by_role("button", name="Continuer").click()
    assert page.get_by_text("Plusieurs lieux répondent").count() == 1
    wrong = []
    for _ in range(3):
        wrong += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        if "/methodes/besoin/" in page.url:
            page.goto(f"{site}/methodes/classer/")
            page.get_by_text("Qu’est-ce qui passerait entre vous").first.click()
            page.get_by_label("De l’argent donné").check()
            page.get_by_role("button", name="Classer", exact=True).click()
        elif "/question/" in page.url:
            page.goto(f"{site}/methodes/")
            page.get_by_label("Décrire mon besoin").fill("Les anciens du village n’ont plus de bus pour le médecin")
            page.locator("form.start").nth(1).get_by_role("button").click()
            page.get_by_text("Voici ce que nous avons compris").wait_for()
    context.close()
    assert wrong == []


def test_the_short_path_needs_few_clicks_and_little_time(site, chromium):
    page = chromium.new_page()
    started = time.monotonic()
    page.goto(f"{site}/methodes/")
    page.get_by_role("button", name="Commencer").click()
    assert answer_all(page, "Un besoin d’ici") == 12
    # A person reads; the site itself must take none of the ten minutes.
    assert time.monotonic() - started < 30
    page.close()
