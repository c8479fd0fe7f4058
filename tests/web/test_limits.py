"""One client asks too often: it is told when to come back, whichever process answers; the others notice nothing."""

from __future__ import annotations

import subprocess
import sys
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.web.allowance import BUCKETS, SLOTS, Allowance, Rule
from alliage.web.limits import client_of

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def limits(settings, tmp_path):
    """Small limits, counted in a file of this test."""
    settings.HOME = tmp_path
    settings.LIMITS = {name: Rule(3, 3_600) for name in ("search", "api", "suggest", "export", "login")}
    return settings


@given(st.integers(1, 40), st.floats(1, 5_000), st.lists(st.floats(0, 900), max_size=150))
def test_no_stretch_of_time_lets_more_through_than_the_rule_says(tmp_path_factory, number, seconds, pauses):
    allowance = Allowance(tmp_path_factory.mktemp("limits") / "limits", "secret")
    rule, now, passed = Rule(number, seconds), 1_000_000.0, []
    for pause in pauses:
        now += pause
        wait = allowance.spend("someone", rule, now)
        assert 0 <= wait <= seconds + 1e-3
        if not wait:
            passed.append(now)
    for first, start in enumerate(passed):
        for last, end in enumerate(passed[first:], first):
            assert last - first + 1 <= number + number * (end - start) / seconds + 1e-3


def test_coming_back_when_told_is_enough_and_a_refusal_costs_nothing(tmp_path):
    allowance, rule, now = Allowance(tmp_path / "limits", "secret"), Rule(10, 60), 1_000_000.0
    assert [allowance.spend("a", rule, now) for _ in range(10)] == [0.0] * 10
    waits = [allowance.spend("a", rule, now) for _ in range(50)]
    assert waits == [pytest.approx(6)] * 50
    assert allowance.spend("b", rule, now) == 0
    assert allowance.spend("a", rule, now + 6) == 0
    assert allowance.spend("a", rule, now + 6) > 0
    # The clock was set back by a day: nobody is shut out until tomorrow.
    assert allowance.spend("a", rule, now - 86_400) == 0


def test_a_crowd_of_clients_never_makes_the_file_grow(tmp_path):
    allowance = Allowance(tmp_path / "limits", "secret")
    for n in range(20_000):
        allowance.spend(str(n), Rule(1, 60), 1_000_000.0)
    assert (tmp_path / "limits").stat().st_size <= BUCKETS * SLOTS * 16
    assert (tmp_path / "limits").stat().st_mode & 0o077 == 0


def test_two_processes_that_ask_together_get_the_rule_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from alliage.web.allowance import Allowance, Rule;"
        f"a = Allowance(Path({str(tmp_path / 'limits')!r}), 'secret'); sys.stdin.readline();"
        "print(sum(not a.spend('someone', Rule(1_000, 1e9), 1e6) for _ in range(1_500)))"
    )
    asking = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in asking:
        process.stdin.write("go\n")
        process.stdin.flush()
    passed = [int(process.communicate(timeout=60)[0]) for process in asking]
    assert sum(passed) == 1_000


@pytest.mark.parametrize("text", ["0/m", "10", "10/", "10/0m", "10/d", "-1/m", "10/m/s", "", "dix/m"])
def test_a_limit_that_says_nothing_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="300/m"):
        Rule.read(text)


def test_a_limit_reads_as_it_is_said():
    assert (Rule.read("300/m"), Rule.read("30/10m"), Rule.read("5/2h")) == (
        Rule(300, 60),
        Rule(30, 600),
        Rule(5, 7_200),
    )


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "client"),
    [
        ("203.0.113.7", "", (), "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", (), "203.0.113.7"),  # anybody can write this header
        ("203.0.113.7", "198.51.100.1", LOOPBACK, "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", LOOPBACK, "198.51.100.1"),
        ("127.0.0.1", "8.8.8.8, 198.51.100.1", LOOPBACK, "198.51.100.1"),  # the first one was written by the client
        ("127.0.0.1", "8.8.8.8, 10.0.0.2", (*LOOPBACK, ip_network("10.0.0.0/8")), "8.8.8.8"),
        ("127.0.0.1", "198.51.100.1, <script>", LOOPBACK, ""),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.1", LOOPBACK, "198.51.100.1"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", LOOPBACK, "2001:db8:1:2::/64"),
        ("127.0.0.1", "", LOOPBACK, ""),
        ("127.0.0.1", "", (), ""),
        ("", "", (), ""),
    ],
)
def test_who_asks_is_the_last_address_that_is_no_proxy_of_ours(peer, forwarded, proxies, client):
    assert client_of(peer, forwarded, proxies) == client


@pytest.mark.django_db
@pytest.mark.usefixtures("starter_search", "limits")
class TestOnTheSite:
    @pytest.mark.parametrize(
        "address",
        [
            "/exemples/?q=emploi",
            "/exemples.csv?q=handicap",
            "/?q=emploi",
            "/territoires/commune/46102/",
            "/territoires/?ou=Figeac",
            "/territoires/commune/46102/chiffres.csv",
        ],
    )
    def test_a_reader_who_asks_too_often_is_told_when_to_come_back(self, client, address):
        for _ in range(3):
            assert client.get(address, **ELSEWHERE).status_code < 400
        refused = client.get(address, **ELSEWHERE)
        assert refused.status_code == 429
        assert 1_190 <= int(refused["Retry-After"]) <= 1_200
        page = refused.content.decode()
        assert "Réessayez dans 20\u00a0minutes" in page or "Réessayez dans 21\u00a0minutes" in page
        assert "frame-ancestors" in refused["Content-Security-Policy"]
        assert client.get(address, REMOTE_ADDR="203.0.113.8").status_code < 400
        assert client.get("/exemples/solifap/", **ELSEWHERE).status_code == 200

    def test_the_files_of_a_territory_count_as_files_and_its_page_as_a_list(self, client, limits):
        limits.LIMITS = {"search": Rule(3, 3_600), "export": Rule(1, 3_600)}
        town = "/territoires/commune/46102/"
        assert client.get(f"{town}page.pdf", **ELSEWHERE).status_code == 200
        assert client.get(f"{town}chiffres.csv", **ELSEWHERE).status_code == 429
        assert client.get(f"{town}page.pdf", **ELSEWHERE).status_code == 429
        assert client.get(town, **ELSEWHERE).status_code == 200

    @pytest.mark.parametrize("address", ["/api/v1/alliances", "/api/v1/suggest?q=em"])
    def test_the_api_refuses_in_its_one_shape(self, client, address):
        for _ in range(3):
            assert client.get(address, **ELSEWHERE).status_code == 200
        error = client.get(address, **ELSEWHERE).json()["error"]
        assert (error["code"], error["field"]) == ("too_many_requests", None)

    def test_trying_passwords_is_slowed_and_looking_at_the_form_is_not(self, client):
        for _ in range(3):
            assert client.post("/admin/login/", {"username": "a", "password": "b"}, **ELSEWHERE).status_code == 200
        assert client.post("/admin/login/", {"username": "c", "password": "d"}, **ELSEWHERE).status_code == 429
        assert client.get("/admin/login/", **ELSEWHERE).status_code == 200

    def test_someone_signed_in_and_this_machine_are_not_counted(self, admin_client, client):
        for _ in range(5):
            assert admin_client.get("/exemples.rss", **ELSEWHERE).status_code == 200
            assert client.get("/exemples.rss").status_code == 200

    def test_a_proxy_that_was_not_declared_is_told_in_the_log(self, client, caplog):
        client.get("/exemples/", REMOTE_ADDR="10.9.8.7", headers={"X-Forwarded-For": "203.0.113.9"})
        assert "ALLIAGE_PROXIES=10.9.8.7" in caplog.text

    def test_when_nothing_can_be_counted_the_site_stays_open(self, client, limits, tmp_path, caplog):
        limits.HOME = tmp_path / "nowhere"
        for _ in range(5):
            assert client.get("/exemples.rss", **ELSEWHERE).status_code == 200
        assert "ne sont plus comptées" in caplog.text

    def test_limits_can_be_switched_off(self, client, limits):
        limits.LIMITS = {}
        for _ in range(5):
            assert client.get("/exemples.rss", **ELSEWHERE).status_code == 200
