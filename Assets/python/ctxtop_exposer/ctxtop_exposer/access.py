"""Who may read the monitoring routes."""

from __future__ import annotations

import hmac
import logging

from .asgi import Scope, header

log = logging.getLogger("ctxtop_exposer")

#: Headers that a proxy adds: a request with one of them did not come from this machine.
_forwarded = (
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-real-ip",
    b"via",
    b"cf-connecting-ip",
)
_loopback_hosts = ("localhost", "127.", "[::1]", "::1")


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
    return address == "::1" or address.startswith(("127.", "::ffff:127."))


class Access:
    """Tokens of a file, or direct loopback connections; a file that cannot be read lets nobody in."""

    def __init__(self, token_file: str | None, insecure_loopback: bool | None) -> None:
        self.tokens: list[bytes] = []
        self.error: str | None = None
        self.allows_loopback = insecure_loopback if insecure_loopback is not None else token_file is None
        if token_file is None:
            return
        try:
            with open(token_file, encoding="utf-8") as file:
                self.tokens = [token.encode() for token in parse_tokens(file.read())]
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.error = f"the token file cannot be used: {words}"
            log.error("%s: %s; nobody may read the monitoring routes", token_file, words)

    def refusal(self, scope: Scope) -> str | None:
        """Why this request may not read; nil when it may."""
        authorization = header(scope, b"authorization") or ""
        scheme, _, token = authorization.partition(" ")
        if self.tokens and scheme.lower() == "bearer":
            candidate = token.strip().encode("latin-1", "replace")
            # Every token is compared, so that the time does not say which one was near.
            if any([hmac.compare_digest(candidate, known) for known in self.tokens]):
                return None
            return "the token is not known here"
        if self.error is not None:
            return self.error
        if self.allows_loopback:
            return self._loopback_refusal(scope)
        return "send Authorization: Bearer TOKEN"

    @staticmethod
    def _loopback_refusal(scope: Scope) -> str | None:
        client = scope.get("client")
        advice = "; give the exposer a token_file"
        if not client or not _is_loopback(str(client[0])):
            return "only loopback connections are allowed without a token" + advice
        if any(header(scope, name) is not None for name in _forwarded):
            return "a proxy forwarded this request, and only direct ones are allowed without a token" + advice
        # A page elsewhere can make a browser on this machine ask; it cannot make it name this host.
        host = (header(scope, b"host") or "localhost").lower()
        if not host.startswith(_loopback_hosts):
            return (
                "the request names another host, and only loopback ones are allowed without a token" + advice
            )
        site = header(scope, b"sec-fetch-site")
        if header(scope, b"origin") is not None or site not in (None, "none", "same-origin"):
            return "a page of another site sent this request"
        return None
