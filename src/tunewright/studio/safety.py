"""Which requests the studio answers: right host, own pages only, the token when opened, and bodies of bounded size.

Other pages in the user's browser can send requests to this address too. They are refused by the host (a name that
somebody pointed at this machine), by the origin, and by what the browser says of where a request comes from. Every
answer says what the page may load, which is nothing from elsewhere and no inline script.
"""

import hmac
import ipaddress
import socket
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tunewright.errors import OptionError
from tunewright.studio.route import Refused
from tunewright.studio.settings import Settings

ABCJS_STYLE = "'sha256-BCpnf71gZdCsSCHDzyB1RsBbZ0qQdqseK6v+yJsgg30='"
"""Hash of the one inline style that abcjs writes with each score."""
REPORTS_PATH = "/api/policy-reports"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        f"style-src 'self' {ABCJS_STYLE}",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        f"report-uri {REPORTS_PATH}",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
MOST_BYTES_AT_ONCE = 256 * 2**20
"""Of all bodies that are being read at one time."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_safe(settings: Settings) -> None:
    """Refuse settings that would open the studio to others without a token.

    Raises
    ------
    OptionError
        If there is no token and the host is not the loopback address.
    """
    if not settings.token and not is_loopback(settings.host):
        raise OptionError(f"the host is {settings.host!r}: others can reach it, so that a token is needed")


class Guard:
    """Refuses requests that do not come from the studio's own pages; adds safe headers to every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        require_safe(settings)
        self._app, self._token = app, settings.token
        self._opened = not is_loopback(settings.host)
        self._names = LOOPBACK_NAMES | {settings.host.lower()}
        if self._opened:
            self._names |= {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._refusal(scope) or self._without_token(scope)
        await (answer or self._app)(scope, receive, send_safely)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return _refuse(f"the host is {host[:100]!r}; this studio has another address")
        for origin in headers.getlist("origin"):
            if origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
                return _refuse("the request comes from another page")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none") and not _is_visit(scope, headers):
            return _refuse("the request comes from another page")
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._opened  # an address, unlike a name, cannot be pointed at this machine by somebody else

    def _without_token(self, scope: Scope) -> Response | None:
        """The answer to a request that does not show the token, or shows it for the first time."""
        if not self._token:
            return None
        headers = Headers(scope=scope)
        cookie = f"tunewright_{_port(headers)}"
        shown = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        if scope["method"] == "GET" and shown and self._is_token(shown) and not scope["path"].startswith("/api/"):
            answer = RedirectResponse(scope["path"], status_code=303)
            answer.set_cookie(cookie, self._token, httponly=True, samesite="strict")
            return answer
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if any(map(self._is_token, (bearer, *_cookies(headers, cookie)))):
            return None
        return _refuse("this studio asks for its token: open the address that it printed when it was started")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())


class BodyBudget:
    """Counts the bytes of bodies as they come in, so that neither one nor all together use up the memory."""

    def __init__(self, most: int = MOST_BYTES_AT_ONCE) -> None:
        self._most, self._held = most, 0

    def reader(self, receive: Receive, headers: Headers, largest: int) -> "CountedBody":
        """What reads a body of at most `largest` bytes; to be released when the request is answered."""
        said = headers.get("content-length", "0")
        if said.isdigit() and int(said[:20]) > largest:
            raise _too_large(largest)
        return CountedBody(self, receive, largest)

    def take(self, size: int) -> None:
        """Count `size` bytes more; raises Refused if they are too many."""
        if self._held + size > self._most:
            raise Refused(429, "too much is being sent at once; try again in a moment")
        self._held += size

    def give_back(self, size: int) -> None:
        """Count `size` bytes less."""
        self._held -= size


class CountedBody:
    """Receives one request, and refuses it when its body grows too large."""

    def __init__(self, budget: BodyBudget, receive: Receive, largest: int) -> None:
        self._budget, self._receive, self._largest, self._size = budget, receive, largest, 0

    async def __call__(self) -> Message:
        """The next message of the request."""
        message = await self._receive()
        size = len(message.get("body", b""))
        if self._size + size > self._largest:
            raise _too_large(self._largest)
        self._budget.take(size)
        self._size += size
        return message

    def release(self) -> None:
        """Say that the body is no longer held."""
        self._budget.give_back(self._size)
        self._size = 0


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """Whether somebody follows a link to a page, which other pages may have."""
    return (
        scope["method"] == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
        and not scope["path"].startswith("/api/")
    )


def _too_large(largest: int) -> Refused:
    return Refused(413, f"the request is too large; allowed: {largest / 1e6:g} MB")


def _refuse(message: str) -> Response:
    return JSONResponse({"error": message}, status_code=403)


def _port(headers: Headers) -> str:
    """Browsers send cookies of one host to all its ports: each studio's has a name of its own."""
    return headers.get("host", "").rpartition(":")[2] if ":" in headers.get("host", "") else "80"


def _cookies(headers: Headers, name: str) -> Iterable[str]:
    for header in headers.getlist("cookie"):
        try:
            found = SimpleCookie(header).get(name)
        except CookieError:
            continue
        if found:
            yield found.value
