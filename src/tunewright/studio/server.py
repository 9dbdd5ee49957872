"""The studio's server: uvicorn on an address that is free, started, announced, and stopped without loss."""

import errno
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace

import uvicorn

from tunewright.errors import OptionError
from tunewright.studio.application import application
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio

BACKLOG = 256
STOPPING_SECONDS = 3
"""How long answers that are being written may take when the server stops."""


class StudioServer(uvicorn.Server):
    """The server of one studio.

    Parameters
    ----------
    studio
        Its settings say the address.
    listening
        A socket that is bound already.
    told
        Called with the studio's address when it can be opened.
    """

    def __init__(
        self, studio: Studio, listening: socket.socket, told: Callable[[str], None] = lambda _address: None
    ) -> None:
        self.application = application(studio)
        self.address = _address(studio.settings)
        self._listening, self._told = listening, told
        super().__init__(
            uvicorn.Config(
                self.application,
                http="h11",
                ws="none",
                lifespan="on",
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=STOPPING_SECONDS,
            )
        )

    def serve_until_stopped(self) -> None:
        """Serve until a signal comes or `should_exit` is set."""
        self.run(sockets=[self._listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell the address."""
        await super().startup(sockets)
        self._told(self.address)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; event streams would go on for ever otherwise."""
        self.application.streams.end()
        await super().shutdown(sockets)


def listen(settings: Settings) -> tuple[socket.socket, Settings]:
    """A socket that listens where the settings say, and the settings with the port that it has.

    Raises
    ------
    OptionError
        If there is no such address, or its port is in use.
    """
    host, port = settings.host, settings.port
    if not 0 <= port <= 65535:
        raise OptionError(f"port is {port}; allowed: 0 (any that is free) to 65535")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # With the protocol named, asyncio sends small answers at once (TCP_NODELAY); create_server leaves it unnamed.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with ExitStack() as undo:
            undo.callback(listening.close)
            listening.bind(address)
            listening.listen(BACKLOG)
            undo.pop_all()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OptionError(
                f"port {port} is in use, perhaps by another studio: open {_address(settings)}, "
                "or choose another by --port (0 takes any that is free)"
            ) from error
        raise OptionError(f"the studio cannot listen on {host}: {error.strerror or error}") from error
    return listening, replace(settings, port=listening.getsockname()[1])


def serve(settings: Settings, told: Callable[[str], None]) -> None:
    """Open the studio, and serve it until a signal comes."""
    listening, settings = listen(settings)
    with closing(listening):
        StudioServer(Studio(settings), listening, told).serve_until_stopped()


def _address(settings: Settings) -> str:
    host = settings.host
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = socket.gethostname()
    shown = f"[{host}]" if ":" in host else host
    path = f"/?token={settings.token}" if settings.token else "/"
    return f"http://{shown}:{settings.port}{path}"
