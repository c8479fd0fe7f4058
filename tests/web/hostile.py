"""Hostile requests, drawn from a seed: real addresses bent in many ways, and bytes that mean nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_from_bytes

METHODS = (
    "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "G\u00c9T", "X" * 300,
)  # fmt: skip
PATHS = (
    "/", "/exemples/", "/exemples/solifap/", "/exemples/solifap/faire-pareil/", "/exemples/solifap/faire-pareil.docx",
    "/exemples.csv", "/exemples.xlsx", "/exemples.json", "/exemples.rss", "/ma-selection/", "/organisations/wimoov/",
    "/typologie/", "/typologie/mecenat/", "/typologie/cooperation-economique/consortium/", "/methodes/", "/donnees/", "/methodes/besoin/",
    "/methodes/classer/", "/methodes/diagnostic/nouveau/", "/methodes/diagnostic/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/",
    "/methodes/diagnostic/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/question/besoin/",
    "/methodes/diagnostic/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/feuille-de-route/", "/methodes/accords/",
    "/methodes/accords/convention-pluripartite/", "/methodes/accords/convention-pluripartite.docx", "/methodes/atelier/",
    "/methodes/atelier.pdf", "/exemples/solifap/faire-pareil.ics",
    "/outils/", "/outils/pro-bono-lab/", "/outils/suggerer/", "/outils.csv", "/outils.json", "/methodes/fiches/",
    "/methodes/fiches/methode/", "/methodes/fiches/methode.pdf", "/competences/", "/contribuer/", "/comment-chercher/", "/glossaire/", "/sources/", "/fiche-d-origine/",
    "/healthz", "/admin/", "/admin/login/", "/admin/catalogue/alliance/", "/admin/jsi18n/", "/static/alliage/atlas.css",
    "/api/v1/alliances", "/api/v1/alliances/solifap", "/api/v1/typology", "/api/v1/suggest", "/api/v1/openapi.json",
)  # fmt: skip
PARAMETERS = (
    "q", "ou", "sel", "mode", "trend", "domain", "actor_kind", "actor_size", "role", "place", "sdg", "status", "scale",
    "collection", "lessons", "fragility", "documentation", "year_min", "year_max", "near", "organisation", "id", "sort",
    "limit", "cursor", "bbox", "role-animation", "besoin", "partenaire-1", "etape", "next", "csrfmiddlewaretoken",
    "stage", "actor", "kind", "cost", "tout", "merci",
)  # fmt: skip
REAL_VALUES = (
    "emploi", "mecenat", "consortium", "region:84", "commune:69123", "departement:2A", "epci:200046977", "none", "recent",
    "title", "relevance", "2015", "20", "solifap", "solifap,logins-ares-xpo", "8", "active", "oui", "culture", "Lyon",
)  # fmt: skip
BAD_VALUES = (
    "", " ", "\0", "a\0b", "\r\nSet-Cookie: a=b", "%", "%%", "%0", "%zz", "'", '"', "\\", "' OR 1=1 --", "'; DROP TABLE x; --",
    "<script>alert(1)</script>", "{{ 7*7 }}", "{% debug %}", "${jndi:ldap://x}", "../../../../etc/passwd", "..\\..\\win.ini",
    "file:///etc/passwd", "http://169.254.169.254/", "-1", "0", "99999999999999999999", "1e309", "NaN", "Infinity", "٣", "²",
    "1.5", "true", "[]", "{}", "null", "AND", "OR NOT", "(((((", ")))", "«", "»", "« emploi", "-", "--", "-emploi", "*", "?", "~2",
    "titre:", "mode:zz", "siren:123", "a:b:c:d", ":", "emploi^1e9", "emploi~99", "[a TO b]", "\ud7ff", "\ufdd0", "\uffff", "\u202e",
    "e\u0301" * 50, "\U0001f9ff" * 30, "ﷺ" * 40, "İıſß", "\u0000\u0001\u0002", "a" * 401, "a " * 3_000, "(" * 2_000, "é" * 5_000,
    "region:", "region:999", "region:84:84", "commune:\0", ",", ",,,,", "," * 5_000, "\x7f", "\x1b[31m", "0" * 300, "a-" * 800,
)  # fmt: skip
BAD_BYTES = (
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xc0\xaf",
    b"%c0%ae%c0%ae/",
    b"\xe9t\xe9",
)
BAD_PATHS = (
    "//", "///exemples/", "/exemples//", "/./exemples/", "/exemples/../admin/", "/exemples/%2e%2e/%2e%2e/etc/passwd",
    "/static/../../settings.py", "/static/%2e%2e%2fsettings.py", "/static/\0", "/static/" + "a" * 5_000, "/exemples.csv/",
    "/exemples.php", "/exemples.", "/exemples/é/", "/exemples/solifap", "/exemples/SOLIFAP/", "/api", "/api/", "/api/v1",
    "/api/v2/alliances", "/api/v1/alliances/", "/api/v1/alliances/a/b", "/api/v1/alliances/\0", "/api/v1/alliances/a\0b", "/organisations/\0/", "/.env", "/.git/config",
    "/wp-login.php", "/exemples/\0/", "/typologie/\u202e/", "/organisations/" + "x" * 3_000 + "/", "/;jsessionid=1", "/%0d%0aX: y",
    "*", "", "exemples/", "http://exemple.fr/", "/http://exemple.fr/", "/\\exemple.fr", "//exemple.fr/%2f..", "/" * 500,
)  # fmt: skip
HEADERS = {
    "HTTP_HOST": (
        "",
        "exemple.fr",
        "a" * 400,
        "127.0.0.1:99999999",
        "[::1",
        "testserver:abc",
        "é.fr",
        "localhost\r\nX: y",
        "a,b",
    ),
    "HTTP_COOKIE": (
        "sessionid=" + "a" * 4_000,
        "csrftoken=\0",
        ";;;=;",
        "sessionid=../../x",
        "a" * 9_000,
        "messages=zz",
        'sessionid="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\000"',
        'csrftoken="\\000\\377"; messages="\\000"',
        "é=è",
    ),
    "HTTP_ACCEPT": ("", "*", "application/json;q=zz", "text/html;" * 500, "\0"),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=9", "br, gzip", "\0", "a" * 3_000),
    "HTTP_ACCEPT_LANGUAGE": ("zz", "fr;q=NaN", "a-" * 500, "../../fr"),
    "HTTP_IF_MODIFIED_SINCE": ("hier", "Mon, 99 Abc 0000 99:99:99 GMT", "0", "\0"),
    "HTTP_IF_NONE_MATCH": ('"' * 99, "W/", "*"),
    "HTTP_RANGE": ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=99999999999-", "bytes=0-0,1-1,2-2", "zz"),
    "HTTP_X_FORWARDED_FOR": ("", "1.2.3.4, <script>", "a" * 5_000, ",,,", "::1%eth0", "\0"),
    "HTTP_X_FORWARDED_PROTO": ("https", "gopher", "https,http"),
    "HTTP_X_FORWARDED_HOST": ("exemple.fr",),
    "HTTP_REFERER": ("javascript:alert(1)", "\0", "http://[", "é" * 2_000),
    "HTTP_ORIGIN": ("null", "https://exemple.fr", "http://["),
    "HTTP_HX_REQUEST": ("true", "zz"),
    "HTTP_HX_CURRENT_URL": ("http://[", "\0", "javascript:x"),
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ("true",),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "HTTP_TRANSFER_ENCODING": ("chunked", "zz"),
    "CONTENT_LENGTH": ("-1", "zz", "99999999999", "", "1"),
    "REMOTE_ADDR": ("", "zz", "::ffff:1.2.3.4", "fe80::1%eth0"),
}
BODIES = (
    ("application/x-www-form-urlencoded", b"a=1&" * 2_000), ("application/x-www-form-urlencoded", b"q=%ff%00&" + b"a" * 9_000),
    ("multipart/form-data", b"--x"), ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"),
    ("multipart/form-data; boundary=" + "b" * 500, b"zz"), ("application/json", b'{"a":'), ("application/json", b"[" * 20_000),
    ("text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), ("\0", b"\0"), ("", b"x" * 3_000_000),
    ("application/x-www-form-urlencoded; charset=zz", b"a=b"), ("application/x-www-form-urlencoded", b"username=a&password=%00"),
)  # fmt: skip


@dataclass
class Hostile:
    """One request as a WSGI server would hand it on: texts are bytes read as Latin-1."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    body: bytes = b""


def _wire(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _value(draw: random.Random) -> str:
    """A value as it stands in an address: percent-encoded, or bytes that no encoding explains."""
    kind = draw.random()
    if kind < 0.3:
        return quote(draw.choice(REAL_VALUES))
    if kind < 0.75:
        return quote(draw.choice(BAD_VALUES), errors="surrogatepass")
    if kind < 0.85:
        return draw.choice(BAD_VALUES).encode("utf-8", "surrogatepass").decode("latin-1").replace("&", "")
    if kind < 0.92:
        return quote_from_bytes(draw.choice(BAD_BYTES) + draw.randbytes(draw.randint(0, 20)))
    bent = list(draw.choice(REAL_VALUES))
    for _ in range(draw.randint(1, 4)):
        bent.insert(
            draw.randint(0, len(bent)),
            chr(draw.choice((0, 9, 39, 34, 37, 0x301, 0x2019, 0x1F600, draw.randint(1, 0xD7FF)))),
        )
    return quote("".join(bent))


def _query(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.1:
        return ""
    if kind < 0.13:
        name = draw.choice(PARAMETERS)
        return "&".join(f"{name}={draw.choice(REAL_VALUES)}" for _ in range(draw.choice((51, 200, 999, 1_001, 3_000))))
    if kind < 0.16:
        return "&".join(f"p{n}=x" for n in range(draw.choice((500, 1_001, 5_000))))
    if kind < 0.2:
        return draw.choice(
            (
                "&",
                "=",
                "&&&===",
                "q",
                "q=",
                "=q",
                "?q=?",
                "q[]=1",
                "q[a]=1",
                "q=1;q=2",
                "&" * 3_000,
                "%00=%00",
                "+",
                "#",
            )
        )
    if kind < 0.24:
        return draw.randbytes(draw.randint(1, 300)).decode("latin-1")
    names = [draw.choice(PARAMETERS) for _ in range(draw.randint(1, 5))]
    return "&".join(f"{name}={_value(draw)}" for name in names)


def _path(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.62:
        return draw.choice(PATHS)
    if kind < 0.78:
        return _wire(draw.choice(BAD_PATHS))
    if kind < 0.84:
        return "/" + draw.randbytes(draw.randint(1, 80)).decode("latin-1")
    bent = list(draw.choice(PATHS))
    for _ in range(draw.randint(1, 3)):
        at = draw.randint(0, len(bent))
        bent[at : at + draw.randint(0, 2)] = _wire(draw.choice(BAD_VALUES))[:200]
    return "".join(bent)


def hostile_requests(seed: int, number: int) -> Iterator[Hostile]:
    """So many requests; the same seed draws the same ones."""
    draw = random.Random(seed)
    for _ in range(number):
        method = draw.choice(METHODS) if draw.random() < 0.2 else "GET"
        asked = Hostile(method, _path(draw), _query(draw))
        for name in draw.sample(sorted(HEADERS), draw.choice((0, 0, 0, 1, 1, 2, 4))):
            asked.headers[name] = _wire(draw.choice(HEADERS[name]))
        if method not in ("GET", "HEAD") or draw.random() < 0.03:
            asked.content_type, asked.body = draw.choice(BODIES)
        yield asked
