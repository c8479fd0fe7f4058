"""`alliage tools check-links`: what answers, what is gone, what is uncertain; private addresses are never called."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from alliage.link_checking import Checker, check_links, is_public
from alliage.vocabulary.tool_links import LinkState, read_links, write_links

DAY, LATER = dt.date(2026, 3, 2), dt.date(2026, 6, 2)


class _Site(BaseHTTPRequestHandler):
    """A site with a page of each sort."""

    asked: Counter[str] = Counter()
    agents: set[str] = set()

    def _answer(self) -> None:
        _Site.asked[f"{self.command} {self.path}"] += 1
        _Site.agents.add(self.headers["User-Agent"])
        status, where = {
            "/ici": (200, ""), "/gone": (404, ""), "/for-ever-gone": (410, ""), "/closed": (403, ""), "/broken": (500, ""),
            "/moved": (301, "/ici"), "/moved-to-gone": (302, "/gone"), "/loop": (302, "/loop"),
            "/to-metadata": (302, "http://169.254.169.254/latest/"), "/to-file": (302, "file:///etc/passwd"),
            "/no-head": (405 if self.command == "HEAD" else 200, ""), "/head-lies": (404 if self.command == "HEAD" else 200, ""),
        }.get(self.path, (404, ""))  # fmt: skip
        self.send_response(status)
        if where:
            self.send_header("Location", where)
        self.send_header("Content-Length", "2" if self.command == "GET" else "0")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"ok")

    do_GET = do_HEAD = _answer

    def log_message(self, *told: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def checker() -> Iterator[Checker]:
    """One that may call this machine, and nothing else that is not public."""
    with Checker("https://alliances.exemple.fr", lambda a: a.is_loopback or is_public(a), pause=0) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "state", "said"),
    [
        ("/ici", "ok", ""),
        ("/moved", "ok", ""),
        ("/no-head", "ok", ""),
        ("/head-lies", "ok", ""),
        ("/gone", "dead", "404"),
        ("/for-ever-gone", "dead", "410"),
        ("/moved-to-gone", "dead", "404"),
        ("/closed", "unknown", "403"),
        ("/broken", "unknown", "500"),
        ("/loop", "unknown", "renvois"),
        ("/to-metadata", "unknown", "privé"),
        ("/to-file", "unknown", "adresse"),
    ],
)
def test_each_answer_gets_the_state_that_it_deserves(site, checker, path, state, said):
    found = checker.look(f"{site}{path}", DAY)
    assert found.state == state, found
    assert said in found.cause
    assert found.checked_on == DAY
    assert found.since == (DAY if state == "dead" else None)
    assert found.moved_to == (f"{site}/ici" if path == "/moved" else "")


def test_it_says_who_asks_and_reads_a_page_once(site, checker):
    _Site.asked.clear()
    list(check_links([f"{site}/ici", f"{site}/ici"], {}, checker, DAY))
    assert _Site.asked == {"HEAD /ici": 1}
    assert all("alliances.exemple.fr" in agent for agent in _Site.agents)


def test_a_dead_link_keeps_its_first_day_until_it_answers(site, checker):
    gone, here = f"{site}/gone", f"{site}/ici"
    former = {gone: LinkState("dead", DAY, DAY, "x"), here: LinkState("dead", DAY, DAY, "x")}
    found = dict(check_links([gone, here], former, checker, LATER))
    assert (found[gone].since, found[gone].checked_on) == (DAY, LATER)
    assert (found[here].state, found[here].since) == ("ok", None)


def test_a_machine_that_refuses_and_a_name_that_does_not_exist_are_told_apart(checker):
    assert checker.look("http://127.0.0.1:9/", DAY).state == "unknown"
    assert checker.look("http://nulle-part.invalid/", DAY).state in ("dead", "unknown")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/",
     "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "http://0.0.0.0/", "http://2130706433/", "http://0x7f.1/", "http://100.64.0.1/",
     "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/", "file:///etc/passwd", "gopher://x", "http://a@127.0.0.1/",
     "http://127.0.0.1:99999/", "http://[", ""],
)  # fmt: skip
def test_no_private_address_is_ever_called(url, monkeypatch):
    import socket

    def connected(*given: object, **named: object) -> None:
        raise AssertionError("une connexion a été ouverte")

    monkeypatch.setattr(socket.socket, "connect", connected)
    monkeypatch.setattr(socket, "create_connection", connected)
    with Checker(pause=0) as checker:
        assert checker.look(url, DAY).state == "unknown"


@given(st.ip_addresses())
def test_an_address_that_is_not_everyones_is_never_public(address):
    if (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    ):
        assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_of_six_that_hides_one_of_four_is_judged_by_it(hidden):
    mapped = ipaddress.ip_address(f"::ffff:{hidden}")
    assert is_public(mapped) == is_public(hidden)


def test_what_is_written_is_read_back_and_a_killed_write_leaves_the_former(tmp_path):
    states = {
        "https://a.fr/": LinkState("ok", DAY, moved_to="https://b.fr/"),
        "https://c.fr/": LinkState("dead", LATER, DAY, "la page n’existe plus"),
        "https://d.fr/": LinkState("unknown", DAY, cause="délai"),
    }
    write_links(tmp_path, states)
    assert read_links(tmp_path) == states
    assert [f.name for f in tmp_path.iterdir()] == ["tool-links.json"]
    assert read_links(tmp_path / "elsewhere") == {}


def test_the_command_says_when_this_machine_reaches_nothing_and_keeps_nothing(tmp_path, monkeypatch):
    """With no name server that answers, no link is said dead."""
    import socket

    from alliage.cli import app

    def nowhere(*given: object, **named: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setenv("ALLIAGE_HOME", str(tmp_path))
    told = CliRunner().invoke(app, ["tools", "check-links", "--write"])
    assert told.exit_code == 1
    assert "atteint-elle Internet" in told.output
    assert list(tmp_path.iterdir()) == []
