"""Fair shares: which addresses are costly, who asks, and the clear refusal of one who asks too often."""

from __future__ import annotations

import ipaddress
import logging
import math
import re
import time
from collections.abc import Callable, Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alliage.web.allowance import Allowance
from alliage.web.errors import show_error

_log = logging.getLogger(__name__)
_COSTLY = (
    ("login", re.compile(r"/admin/login/")),
    (
        "export",
        re.compile(
            r"/exemples\.\w+|/exemples/carte\.csv|/donnees\.csv|/exemples/[^/]+/faire-pareil\.\w+|/outils\.\w+"
            r"|/methodes/.*\.(?:docx|pdf|xlsx|csv|ics)|/territoires/[^/]+/[^/]+/(?:page\.pdf|\w+\.csv)"
        ),
    ),
    ("suggestion", re.compile(r"/outils/suggerer/")),
    ("start", re.compile(r"/methodes/diagnostic/nouveau/")),
    ("diagnosis", re.compile(r"/methodes/.*")),
    ("suggest", re.compile(r"/api/v1/suggest")),
    ("api", re.compile(r"/api/.*")),
    ("search", re.compile(r"/exemples/|/exemples/carte/|/donnees/|/territoires/(?:[^/]+/[^/]+/)?|/")),
)
_SENT_ONLY = ("login", "suggestion", "start", "diagnosis")  # what is sent counts, not what is looked at
_LEAST_NETWORK = 64  # an IPv6 subscriber has at least a /64: its addresses count as one client
Network = IPv4Network | IPv6Network


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def client_of(peer: str, forwarded: str, proxies: Iterable[Network]) -> str:
    """Who asks, or nothing for this machine itself: the last address of X-Forwarded-For that is no proxy of ours."""
    trusted = tuple(proxies)
    client = _address(peer)
    for hop in reversed(forwarded.split(",")):
        if client is None or not any(client in network for network in trusted) or (named := _address(hop)) is None:
            break
        client = named
    if client is None or client.is_loopback:
        return ""
    return str(client) if client.version == 4 else str(IPv6Network((client, _LEAST_NETWORK), strict=False))


@cache
def _allowance(home: Path, secret: str) -> Allowance:
    return Allowance(home / "limits", secret)


@cache
def _warn_of_undeclared_proxy(peer: str) -> None:
    _log.warning(
        "X-Forwarded-For vient de %s, qui n’est pas déclaré : tous ses visiteurs comptent pour un seul. "
        "Si c’est votre serveur frontal : ALLIAGE_PROXIES=%s",
        peer,
        peer,
    )


class FairShare:
    """Middleware: 429 and when to come back. A person signed in, and this machine itself, are never counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wait = self._wait(request)
        return self.get_response(request) if not wait else _refused(request, math.ceil(wait))

    def _wait(self, request: HttpRequest) -> float:
        kind = next((kind for kind, path in _COSTLY if path.fullmatch(request.path_info)), "")
        rule = settings.LIMITS.get(kind)
        if rule is None or (kind in _SENT_ONLY and request.method != "POST"):
            return 0.0
        peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        who = client_of(peer, forwarded, settings.PROXIES)
        if not who:
            return 0.0
        if forwarded and who == client_of(peer, "", ()):
            _warn_of_undeclared_proxy(peer)
        try:
            wait = _allowance(settings.HOME, settings.SECRET_KEY).spend(f"{kind} {who}", rule, time.time())
        except OSError as error:  # a full disk must not close the site
            _log.warning("Les limites ne sont plus comptées : %s", error)
            return 0.0
        return 0.0 if wait and kind != "login" and request.user.is_authenticated else wait


def _refused(request: HttpRequest, seconds: int) -> HttpResponse:
    wait = f"{seconds}\u00a0seconde{'s' * (seconds > 1)}" if seconds < 120 else f"{seconds // 60 + 1}\u00a0minutes"
    response = show_error(
        request,
        429,
        "Beaucoup de demandes viennent de votre réseau en peu de temps.",
        f"Réessayez dans {wait}\u00a0: rien n’est perdu. Pour prendre toute la base, un seul téléchargement suffit.",
    )
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
