"""The tools as pages: what each filter shows, one card, its link, the form that suggests one, files, hostile input."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.test import Client

from alliage.catalogue.models import ToolSuggestion
from alliage.rules.tools import ToolFilter, matching
from alliage.vocabulary.tool_links import LinkState, write_links
from alliage.vocabulary.tools import tools
from alliage.web.allowance import Rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]
DAY = dt.date(2026, 3, 2)


def _said(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


def _number(page: str) -> int:
    found = re.search(r'id="liste-outils"><span role="status">(\d+) outil', page)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    "address",
    ["/outils/", "/outils/?tout=1", "/outils/?stage=avec-qui&actor=association&mode=mecenat&kind=reseau&cost=none&q=guide",
     "/outils/pro-bono-lab/", "/outils/suggerer/", "/outils.csv", "/outils.json", "/outils/?q=zzzz"],
)  # fmt: skip
def test_a_page_answers_and_asks_the_database_nothing(address, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("id", [t.id for t in tools()])
def test_each_tool_has_its_page_with_who_says_so_and_what_is_not_known(id, client):
    tool = tools().by_id[id]
    page = client.get(f"/outils/{id}/").content.decode()
    for source in tool.sources:
        assert source.url.replace("&", "&amp;") in page
    unknown = sum(
        not v for v in (tool.actors, tool.modes, tool.maturity, tool.duration, tool.cost, tool.licence, tool.owner)
    )
    assert page.count('<span class="unknown">non renseigné</span>') == unknown
    for alliance in tool.used_by:
        assert f"/exemples/{alliance}/" in page


def test_each_option_of_the_form_gives_the_number_that_it_announces(client):
    page = client.get("/outils/?stage=avec-qui").content.decode()
    for name, options in re.findall(r'<select id="outil-(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        for value, number in re.findall(r'<option value="([^"]+)"[^>]*>[^<]*\((\d+)\)</option>', options):
            address = {"stage": "avec-qui", name: value}
            assert _number(client.get("/outils/", address).content.decode()) == int(number), (name, value)


def test_each_cell_of_the_matrix_gives_the_number_that_it_shows(client):
    page = client.get("/outils/?kind=guide").content.decode()
    cells = re.findall(r'<td class="heat-\d"><a href="([^"]+)"[^>]*>(\d+)<', page)
    assert len(cells) > 20
    for address, number in cells:
        assert _number(client.get(address.replace("&amp;", "&")).content.decode()) == int(number)


def test_a_list_that_is_long_says_how_many_are_left_and_shows_them(client):
    page = client.get("/outils/").content.decode()
    left = int(re.search(r"Voir les (\d+) autres", page)[1])
    assert page.count('<article class="case tool">') + left == len(tools())
    assert client.get("/outils/?tout=1").content.decode().count('<article class="case tool">') == len(tools())


def test_no_tool_for_all_that_says_what_to_do(client):
    page = client.get("/outils/", {"q": "xylophone"}).content.decode()
    assert "Aucun outil ne répond" in page
    assert "suggérer un outil" in page


@pytest.mark.parametrize(
    "query", ["stage=avant", "actor=%00", "mode=<script>alert(1)</script>", "kind=../..", "cost=1"]
)
def test_a_value_that_does_not_exist_is_one_clear_refusal(query, client):
    answer = client.get(f"/outils/?{query}")
    assert answer.status_code == 400
    assert "pas une valeur possible" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()


def test_words_of_any_kind_are_shown_as_text(client):
    page = client.get("/outils/", {"q": '"><script>alert(1)</script>\0' + "é" * 500}).content.decode()
    assert "<script>alert" not in page


def test_an_unknown_tool_is_not_found(client):
    assert client.get("/outils/nulle-part/").status_code == 404


def test_the_files_hold_what_the_page_counts(client):
    rows = list(csv.DictReader(io.StringIO(client.get("/outils.csv?mode=mecenat").content.decode("utf-8-sig"))))
    told = json.loads(client.get("/outils.json?mode=mecenat").content)
    ids = [t.id for t in matching(tools(), ToolFilter(mode="mecenat"))]
    assert [r["id"] for r in rows] == [r["id"] for r in told["results"]] == ids
    assert told["count"] == len(ids)
    assert told["results"][0]["licence"] is None
    assert client.get("/outils.xml").status_code == 404


class TestLinks:
    @pytest.fixture(autouse=True)
    def home(self, settings, tmp_path):
        settings.HOME = tmp_path
        return tmp_path

    def test_before_any_check_a_link_is_said_not_checked(self, client):
        assert "lien non vérifié" in client.get("/outils/pro-bono-lab/").content.decode()

    def test_a_checked_link_and_a_dead_one_say_the_day(self, client, home):
        good, gone = tools().by_id["pro-bono-lab"].url, tools().by_id["odd17"].url
        write_links(
            home,
            {good: LinkState("ok", DAY), gone: LinkState("dead", DAY, dt.date(2026, 1, 5), "la page n’existe plus")},
        )
        assert "lien vérifié le 2 mars 2026" in client.get("/outils/pro-bono-lab/").content.decode()
        page = client.get("/outils/odd17/").content.decode()
        assert "Lien mort depuis le 5 janvier 2026" in page
        assert f"https://web.archive.org/web/*/{gone}" in page
        assert 'href="https://web.archive.org' not in page
        assert f'href="{gone}"' not in page
        told = {r["id"]: r for r in json.loads(client.get("/outils.json").content)["results"]}
        assert (told["odd17"]["link"], told["odd17"]["link_dead_since"]) == ("dead", "2026-01-05")

    def test_the_address_that_the_founding_sheet_misspells_is_shown_dead_with_the_right_one(self, client):
        page = client.get("/outils/donnees-regionales-adresse-imprimee/").content.decode()
        assert "Lien mort" in page
        assert 'href="/outils/donnees-regionales/"' in page

    @pytest.mark.parametrize("damaged", ["", "{", "[]", '{"links": []}', '{"links": {"x": {"state": "mieux"}}}', "\0"])
    def test_a_damaged_state_file_is_as_none(self, client, home, damaged):
        (home / "tool-links.json").write_text(damaged, "utf-8")
        assert "lien non vérifié" in client.get("/outils/pro-bono-lab/").content.decode()


class TestSuggesting:
    SENT = {"name": "Un guide", "purpose": "Il nous a servi.", "url": "https://exemple.fr/", "stage": "avec-qui"}

    def test_it_is_kept_and_thanked_at_an_address_that_can_be_loaded_again(self, client):
        answer = client.post("/outils/suggerer/", self.SENT, follow=True)
        assert answer.redirect_chain == [("/outils/suggerer/?merci=1", 302)]
        assert "Merci" in answer.content.decode()
        assert ToolSuggestion.objects.get().stage == "avec-qui"

    def test_a_mistake_keeps_what_was_typed_and_says_where_it_is(self, client):
        answer = client.post("/outils/suggerer/", {**self.SENT, "url": "exemple", "name": '"><b>'})
        page = answer.content.decode()
        assert answer.status_code == 400
        assert "adresse entière" in page
        assert 'aria-describedby="url-dit"' in page
        assert "&quot;&gt;&lt;b&gt;" in page
        assert "Il nous a servi." in page
        assert ToolSuggestion.objects.count() == 0

    def test_a_program_that_fills_the_hidden_field_is_thanked_and_not_kept(self, client):
        assert client.post("/outils/suggerer/", {**self.SENT, "site_web": "http://spam"}).status_code == 302
        assert ToolSuggestion.objects.count() == 0

    def test_without_the_proof_that_it_came_from_our_page_it_is_refused(self):
        assert Client(enforce_csrf_checks=True).post("/outils/suggerer/", self.SENT).status_code == 403

    def test_one_client_sends_so_many_and_reads_as_much_as_it_likes(self, client, settings, tmp_path):
        settings.HOME, settings.LIMITS = tmp_path, {"suggestion": Rule(3, 3_600)}
        elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
        answers = [
            client.post("/outils/suggerer/", {**self.SENT, "name": f"G{n}"}, **elsewhere).status_code for n in range(5)
        ]
        assert answers == [302, 302, 302, 429, 429]
        assert client.get("/outils/suggerer/", **elsewhere).status_code == 200
        assert ToolSuggestion.objects.count() == 3

    @pytest.mark.parametrize(
        "body", [b"", b"name=%00&purpose=%00", b"name=" + b"a" * 100_000, b"\xff\xfe", b"name=a&name=b&purpose[]=c"]
    )
    def test_any_body_gets_a_clear_answer(self, client, body):
        answer = client.post("/outils/suggerer/", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400
        assert "<h1>" in answer.content.decode()

    def test_a_correction_begins_with_the_name_of_the_card(self, client):
        page = client.get("/outils/suggerer/?outil=pro-bono-lab").content.decode()
        assert 'value="Pro Bono Lab"' in page
        assert "À corriger" in page
        assert client.get("/outils/suggerer/?outil=%00../x").status_code == 200

    def test_other_verbs_are_refused(self, client):
        assert client.put("/outils/suggerer/").status_code == 405
