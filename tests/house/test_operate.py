"""docs/operate.md is tried: its nginx block stands in front of a real site, over TLS, with two workers."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail

HOUSE = Path(__file__).parents[2]
NAME = "alliances.exemple.fr"
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def running(*command: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended at the end, by its own id."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALLIAGE_", "DJANGO_"))}
    with log.open("wb") as told:
        process = subprocess.Popen(command, cwd=HOUSE, env={**kept, **environment}, stdout=told, stderr=told)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=45)


def block(folder: Path, site: int, plain: int, tls: int) -> Path:
    """The block of the page inside a whole configuration: other ports, other paths, a certificate of its own."""
    text = re.search(r"```nginx\n(.*?)```", (HOUSE / "docs/operate.md").read_text("utf-8"), re.DOTALL)[1]
    for said, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{site}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{tls} ssl http2;"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{folder}/cert.pem"),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{folder}/key.pem"),
    ):
        assert text.count(said) == 1, said
        text = text.replace(said, here)
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME} "
        f"-keyout {folder}/key.pem -out {folder}/cert.pem".split(),
        check=True, capture_output=True,
    )  # fmt: skip
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"{'user root;' if os.getuid() == 0 else ''} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; {paths}\n{text}\n}}\n"
    )
    return file


class Visitor:
    """Asks nginx over TLS, from an address of 127.0.0.0/8 that counts as one visitor."""

    def __init__(self, tls: int, certificate: Path) -> None:
        self.tls, self.context = tls, ssl.create_default_context(cafile=str(certificate))

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers with small letters, body."""
        raw = socket.create_connection(("127.0.0.1", self.tls), timeout=60)
        connection = http.client.HTTPSConnection(NAME, self.tls, context=self.context)
        connection.sock = self.context.wrap_socket(raw, server_hostname=NAME)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, {"Host": NAME, **named})
        answer = connection.getresponse()
        told = answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read()
        connection.close()
        return told


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    """The site as operate.md puts it up, from another machine's point of view."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        skip_or_fail("ce test lance nginx (apt-get install nginx-light openssl).")
    folder = tmp_path_factory.mktemp("front")
    folder.chmod(0o755)
    site, plain, tls = free_port(), free_port(), free_port()
    configuration = block(folder, site, plain, tls)
    settings = {
        "ALLIAGE_HOME": str(folder / "home"),
        "ALLIAGE_URL": f"https://{NAME}",
        "ALLIAGE_LIMITS": "export=6/h",
    }
    serve = (sys.executable, "-m", "alliage.cli", "serve", "--port", str(site), "--workers", "2")
    with running(*serve, log=folder / "site.log", **settings) as served:
        for _ in range(240):
            with contextlib.suppress(OSError):
                asking = http.client.HTTPConnection("127.0.0.1", site, timeout=5)
                asking.request("GET", "/healthz")
                if asking.getresponse().status == 200:
                    break
            assert served.poll() is None, (folder / "site.log").read_text("utf-8")
            time.sleep(0.5)
        with running(nginx, "-c", str(configuration), log=folder / "nginx.log") as front:
            time.sleep(1)
            assert front.poll() is None, (folder / "nginx.log").read_text("utf-8")
            found = Visitor(tls, folder / "cert.pem")
            found.plain, found.site, found.folder = plain, site, folder
            yield found
        log = (folder / "site.log").read_text("utf-8")
        assert "Traceback" not in log, log[-3_000:]


def test_plain_http_is_led_to_https(visitor):
    asking = http.client.HTTPConnection("127.0.0.1", visitor.plain, timeout=10)
    asking.request("GET", "/exemples/?q=emploi", headers={"Host": NAME})
    answer = asking.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{NAME}/exemples/?q=emploi")


def test_a_page_comes_whole_compressed_and_closed(visitor):
    status, headers, body = visitor.ask("/exemples/?q=emploi", Accept_Encoding="gzip")
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert int(headers["content-length"]) == len(body)
    assert "nginx/" not in headers["server"]


def test_static_files_are_compressed_once_and_kept_for_ever(visitor):
    page = visitor.ask("/")[2].decode()
    sheet = re.search(r'href="(/static/alliage/atlas\.\w+\.css)"', page)[1]
    status, headers, _ = visitor.ask(sheet, Accept_Encoding="gzip")
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]


def test_signing_in_works_through_the_front_and_its_cookie_is_secure(visitor):
    _, headers, body = visitor.ask("/admin/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body.decode())[1]
    cookie = headers["set-cookie"]
    assert "Secure" in cookie
    status, _, page = visitor.ask(
        "/admin/login/", "POST", f"csrfmiddlewaretoken={token}&username=a&password=b".encode(),
        Cookie=cookie.partition(";")[0], Referer=f"https://{NAME}/admin/login/", Origin=f"https://{NAME}",
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert status == 200
    assert "errornote" in page.decode()


def test_two_workers_behind_the_front_hold_one_limit_whatever_a_visitor_writes(visitor):
    def file(client: str, forged: str = "") -> int:
        asking = http.client.HTTPConnection("127.0.0.1", visitor.site, timeout=30)
        # What nginx hands on: what the client wrote, then the address that it came from.
        forwarded = f"{forged}, {client}" if forged else client
        asking.request(
            "GET", "/exemples.rss", headers={"Host": NAME, "X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
        )
        return asking.getresponse().status

    answers = [file("203.0.113.5", f"198.51.100.{n}") for n in range(14)]
    assert answers == [200] * 6 + [429] * 8
    assert file("203.0.113.6") == 200


def test_a_body_too_large_is_refused_before_it_reaches_the_site(visitor):
    assert visitor.ask("/admin/login/", "POST", b"x" * 3_500_000)[0] == 413


def test_while_the_site_is_away_a_reader_is_told_in_french(visitor, tmp_path):
    folder = tmp_path
    plain, tls = free_port(), free_port()
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    with running(nginx, "-c", str(block(folder, free_port(), plain, tls)), log=folder / "log"):
        time.sleep(1)
        status, headers, body = Visitor(tls, folder / "cert.pem").ask("/exemples/")
    assert (status, headers["retry-after"]) == (503, "30")
    assert "Le site redémarre" in body.decode()


def test_a_reader_who_hammers_is_slowed_by_the_front(visitor):
    answers = [visitor.ask("/glossaire/")[0] for _ in range(130)]
    assert 429 in answers
    assert answers.count(200) >= 60
