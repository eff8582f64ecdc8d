"""Who may read the monitoring routes."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import math
import os
import re
import stat
import time
from typing import Any, Callable, NamedTuple

from .asgi import Scope, header, headers_named

log = logging.getLogger("ctxtop_exposer")

#: Names of fields that proxies, load balancers and content networks add. A direct request has none of them.
_proxy_field = re.compile(
    rb"via$|.*forward|.*[-_](ip|ips|addr|address)$|x-real-|x-original-|x-client-|x-remote-|remote-|x-proxy|proxy-"
    rb"|x-envoy-|x-amzn?-|cloudfront-|cf-|cdn-|fly-|fastly-|akamai-|x-akamai-|x-azure-|x-arr-|x-appengine-"
    rb"|x-google-|x-cloud-trace|x-vercel-|x-nf-|x-varnish|x-edge-|x-request-start|x-queue-start|x-scheme|x-host"
    rb"|x-url-scheme|x-rewrite-url|front-end-https|ssl-client|x-ssl-|x-tls-|surrogate-|tailscale-|ngrok-"
)
#: The only hosts that a request without a token may be for, with any port.
_own_host = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]*)?", re.ASCII | re.IGNORECASE)

#: How many wrong tokens of one address are compared, and the seconds after which one more is.
_BURST, _INTERVAL = 16, 2.0
#: How many addresses are remembered.
_MOST_PEERS = 4096


def parse_tokens(text: str) -> list[str]:
    """The tokens of a file: lines `TOKEN NAME read[,act]`, `#` starts a comment.

    Raises ValueError with the line's number where one is malformed, or when there is none.
    """
    tokens = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        rights = words[2].split(",") if len(words) == 3 else []
        if "read" not in rights or not set(rights) <= {"read", "act"}:
            raise ValueError(f"line {number}: write TOKEN NAME read[,act]")
        tokens.append(words[0])
    if not tokens:
        raise ValueError("it has no token: write a line TOKEN NAME read")
    return tokens


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _checked(file: Any) -> str:
    """A token file's text; raises ValueError when every user of the machine may read it."""
    if os.name == "posix":
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISREG(mode) and mode & stat.S_IROTH:
            words = f"every user of this machine may read it (mode {stat.S_IMODE(mode):03o})"
            raise ValueError(f"{words}; run chmod 600 {file.name}")
    return str(file.read())


class Refusal(NamedTuple):
    """Why a request may not read: the status, the words, and how long to wait where waiting helps."""

    status: int
    words: str
    wait: int | None = None


class WrongTokens:
    """Limits the wrong tokens of each address: 16, and another one every two seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        #: When each address has its full count again.
        self.recoveries: dict[str, float] = {}

    def wait(self, peer: str) -> int | None:
        """The seconds after which a token of that address is compared again; nil when it is now."""
        wait = self.recoveries.get(peer, 0.0) - self.now() - _INTERVAL * (_BURST - 1)
        return math.ceil(wait) if wait > 0 else None

    def count(self, peer: str) -> None:
        """Counts a wrong token."""
        now = self.now()
        if peer not in self.recoveries and len(self.recoveries) >= _MOST_PEERS:
            self.recoveries = {key: time for key, time in self.recoveries.items() if time > now}
            if len(self.recoveries) >= _MOST_PEERS:
                del self.recoveries[min(self.recoveries, key=self.recoveries.__getitem__)]
        self.recoveries[peer] = max(self.recoveries.get(peer, now), now) + _INTERVAL


class Access:
    """Tokens of a file; without a file nobody, or direct connections of this machine where that is permitted.

    A token file that cannot be used lets nobody in.
    """

    def __init__(self, token_file: str | None, insecure_loopback: bool) -> None:
        self.tokens: list[bytes] = []
        self.error: str | None = None
        self.allows_loopback = insecure_loopback and token_file is None
        self.wrong = WrongTokens()
        if token_file is None:
            return
        try:
            with open(token_file, encoding="utf-8") as file:
                self.tokens = [token.encode() for token in parse_tokens(_checked(file))]
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.error = f"the token file cannot be used: {words}"
            log.error("%s: %s; nobody may read the monitoring routes", token_file, words)

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why this request may not read; nil when it may."""
        if self.error is not None:
            return Refusal(401, self.error)
        if self.tokens:
            return self._token_refusal(scope)
        if self.allows_loopback:
            words = self._loopback_refusal(scope)
            return None if words is None else Refusal(401, words)
        return Refusal(
            401,
            "the exposer answers nobody: it has no token file; start it with token_file=FILE, or on your own "
            "machine with insecure_loopback=True",
        )

    def _token_refusal(self, scope: Scope) -> Refusal | None:
        scheme, _, token = (header(scope, b"authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            return Refusal(401, "send Authorization: Bearer TOKEN")
        peer = str((scope.get("client") or ["an unknown address"])[0])
        wait = self.wrong.wait(peer)
        if wait is not None:
            words = f"too many wrong tokens came from {peer}; its tokens are compared again in {wait} s"
            return Refusal(429, words, wait)
        candidate = token.strip().encode("latin-1", "replace")
        # Every token is compared, so that the time does not say which one was near.
        if any([hmac.compare_digest(candidate, known) for known in self.tokens]):
            return None
        self.wrong.count(peer)
        log.warning("wrong token from %s", peer)
        return Refusal(401, "the token is not known here")

    @staticmethod
    def _loopback_refusal(scope: Scope) -> str | None:
        advice = "; give the exposer a token_file"
        client = scope.get("client")
        if not client or not _is_loopback(str(client[0])):
            return "only loopback connections are allowed without a token" + advice
        if scope.get("http_version") == "1.0":
            return (
                "the request is of HTTP/1.0, as a proxy sends it, and only direct ones are allowed without a "
                "token" + advice
            )
        for name, _ in scope.get("headers", ()):
            if _proxy_field.match(name):
                field = name.decode("latin-1")[:60]
                return (
                    f'the field "{field}" is one that proxies add, and only direct requests are allowed without '
                    "a token" + advice
                )
        # A page elsewhere can make a browser on this machine ask; it cannot make it name this host.
        hosts = headers_named(scope, b"host")
        if len(hosts) != 1 or not _own_host.fullmatch(hosts[0]):
            return (
                "the request is for another host than localhost, 127.0.0.1 or [::1], and only those are allowed "
                "without a token" + advice
            )
        sites = headers_named(scope, b"sec-fetch-site")
        if headers_named(scope, b"origin") or any(site not in ("none", "same-origin") for site in sites):
            return "a page of another site sent this request"
        return None
