"""Whether public addresses still answer: the only place that asks anything of the network, when an administrator runs it.

It reaches public addresses only, those to which a redirect leads too: a name is resolved once, and what is called is the
address that was looked at.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from alliage import __version__
from alliage.vocabulary.tool_links import LinkState
from alliage.vocabulary.tools import is_web_address

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
TIMEOUT = httpx.Timeout(10.0, connect=6.0)
MOST_REDIRECTS = 5
PAUSE = 1.0  # seconds between two requests to one host
_GONE = {404, 410}
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address behind a translator, a private one too
_NO_HEAD = {400, 403, 404, 405, 406, 410, 429, 500, 501, 503}  # some servers refuse HEAD alone
_REDIRECTS = {301, 302, 303, 307, 308}


def is_public(address: Address) -> bool:
    """Whether an address is anyone's on the Internet: not this machine, not a private network, nothing reserved."""
    if address.version == 6:
        mapped = address.ipv4_mapped or address.sixtofour
        if mapped is not None:
            return is_public(mapped)
        if address in _TRANSLATED or address.teredo:
            return False
    return address.is_global and not address.is_multicast


class _NotReached(Exception):
    """This address gives no page; `state` is dead or unknown, the message says why."""

    def __init__(self, state: str, cause: str) -> None:
        self.state = state
        super().__init__(cause)


@dataclass
class Checker:
    """Looks at addresses one by one. `may_reach` says which machines may be called; `contact` goes with each request."""

    contact: str = ""
    may_reach: Callable[[Address], bool] = is_public
    pause: float = PAUSE

    def __post_init__(self) -> None:
        who = f"; +{self.contact}" if self.contact else ""
        # No proxy and no password file of this machine: what is called is what was looked at.
        self._client = httpx.Client(
            timeout=TIMEOUT,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": f"Alliage/{__version__} (verification de liens{who})", "Accept": "*/*"},
        )
        self._asked_at: dict[str, float] = {}

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *told: object) -> None:
        self._client.close()

    def look(self, url: str, on: dt.date) -> LinkState:
        """The state of an address that day; `since` is for who knows the former ones."""
        try:
            moved = self._follow(url)
        except _NotReached as error:
            return LinkState(error.state, on, on if error.state == "dead" else None, str(error))
        return LinkState("ok", on, moved_to=moved if moved != url else "")

    def _follow(self, url: str) -> str:
        """The address that gives a page in the end. Raises _NotReached."""
        for _ in range(MOST_REDIRECTS + 1):
            answer, where = self._ask("HEAD", url)
            if answer in _NO_HEAD:
                answer, where = self._ask("GET", url)
            if answer in _REDIRECTS and where:
                url = urljoin(url, where)
                continue
            if answer in _GONE:
                raise _NotReached("dead", f"la page n’existe plus (réponse {answer})")
            if answer >= 400:
                raise _NotReached("unknown", f"le site répond, mais ne montre pas la page (réponse {answer})")
            return url
        raise _NotReached("unknown", "trop de renvois d’une adresse à l’autre")

    def _ask(self, method: str, url: str) -> tuple[int, str]:
        """The status and the Location that one request gets; the body is not read. Raises _NotReached."""
        if not is_web_address(url):
            raise _NotReached("unknown", "ce n’est pas une adresse http(s) entière")
        parts = urlsplit(url)
        host = parts.hostname or ""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            address = self._address_of(host, port)
            self._wait_for(host)
            literal = f"[{address}]" if address.version == 6 else str(address)
            called = parts._replace(netloc=f"{literal}:{port}", fragment="").geturl()
            name = host.encode("idna").decode("ascii") if not host.isascii() else host
            request = self._client.build_request(
                method, called, headers={"Host": name if port in (80, 443) else f"{name}:{port}"},
                extensions={"sni_hostname": name},
            )  # fmt: skip
            answer = self._client.send(request, stream=True)
            answer.close()
        except httpx.TimeoutException:
            raise _NotReached("unknown", "pas de réponse à temps") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            cause = "le certificat n’est pas bon" if "CERTIFICATE" in str(error).upper() else "la connexion échoue"
            raise _NotReached("unknown", cause) from None
        except (UnicodeError, ValueError):
            raise _NotReached("unknown", "l’adresse ne se lit pas") from None
        return answer.status_code, answer.headers.get("location", "")

    def _address_of(self, host: str, port: int) -> Address:
        """The address to call; a name with a single address that may not be reached is not called at all."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            # EAI_AGAIN is a name server that does not answer: nothing is known of the site.
            dead = error.errno == socket.EAI_NONAME
            raise _NotReached("dead" if dead else "unknown", "le nom du site n’existe plus" if dead else "le nom du site n’a pas pu être lu") from None  # fmt: skip
        addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
        if not addresses or not all(self.may_reach(a) for a in addresses):
            raise _NotReached("unknown", "l’adresse mène à un réseau privé\u00a0: elle n’est pas appelée")
        return next((a for a in addresses if a.version == 4), addresses[0])

    def _wait_for(self, host: str) -> None:
        left = self._asked_at.get(host, -self.pause) + self.pause - time.monotonic()
        if left > 0:
            time.sleep(left)
        self._asked_at[host] = time.monotonic()


def check_links(
    urls: Iterable[str], former: Mapping[str, LinkState], checker: Checker, on: dt.date
) -> Iterator[tuple[str, LinkState]]:
    """Each address once with its state; one that was dead before keeps the day since when."""
    for url in dict.fromkeys(urls):
        found, before = checker.look(url, on), former.get(url)
        if found.state == "dead" and before and before.since:
            found = LinkState("dead", on, before.since, found.cause)
        yield url, found
