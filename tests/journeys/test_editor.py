"""The editor in a real browser: it works under the same content policy as the pages."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.journeys.conftest import HOUSE

pytestmark = pytest.mark.browser
PASSWORD = "sept chaises autour"


@pytest.fixture(scope="module")
def administrator(site, home):
    """The first administrator of the running site."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ALLIAGE_", "DJANGO_"))}
    subprocess.run(
        [
            *f"{sys.executable} -m alliage.cli admin create --name anne --email anne@exemple.fr --password".split(),
            PASSWORD,
        ],
        cwd=HOUSE,
        env={**environment, "ALLIAGE_HOME": str(home)},
        check=True,
    )
    return "anne"


def test_no_page_of_the_editor_is_hindered_by_the_content_policy(site, chromium, administrator):
    page = chromium.new_page()
    hindered, failed = [], []
    page.on("console", lambda told: hindered.append(told.text) if "Content Security Policy" in told.text else None)
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(f"{site}/admin/")
    page.fill("#id_username", administrator)
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    page.wait_for_selector("#site-name")
    links = page.eval_on_selector_all("#content-main a", "all => all.map(a => a.href)")
    assert len(links) > 5
    for link in dict.fromkeys(links):
        page.goto(link)
    page.goto(f"{site}/admin/catalogue/alliance/")
    page.click("#result_list tbody th a")
    page.wait_for_selector("#id_title")
    assert page.locator("#id_need").is_editable()
    page.goto(f"{site}/admin/password_change/")
    page.context.close()
    assert (hindered, failed) == ([], [])
