"""The command `tunewright studio`: opens the studio in the browser, and serves it until it is stopped."""

import secrets
import webbrowser
from pathlib import Path

from tunewright.cli.console import say
from tunewright.errors import MissingExtraError
from tunewright.files import data_folder


def studio(
    *,
    port: int = 8044,
    host: str = "127.0.0.1",
    folder: Path | None = None,
    studies: Path = Path("runs"),
    no_browser: bool = False,
) -> int:
    """Open the studio: compose, practise and keep tunes, look into networks and train them, in the browser.

    Everything stays on this machine. Ctrl+C closes the studio; a training that runs goes on, and the studio finds it
    when it is opened again.

    Parameters
    ----------
    port
        0 takes any that is free.
    host
        Address to listen on. Other than the loopback address it opens the studio to other machines: whoever has the
        address that is printed, with its token, can use it.
    folder
        Where tunebook, trainings and networks are kept; the usual place for data of this user by default.
    studies
        Studies are looked for below this folder.
    no_browser
        Print the address only.
    """
    try:
        from tunewright.studio.safety import is_loopback
        from tunewright.studio.server import serve
        from tunewright.studio.settings import Settings
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("tunewright"):
            raise
        raise MissingExtraError("The studio", "studio") from None

    def tell(address: str) -> None:
        say(f"The studio is open: {address}", flush=True)
        if not no_browser and not webbrowser.open(address):
            say("No browser was found; open this address in one.", flush=True)

    token = "" if is_loopback(host) else secrets.token_urlsafe(24)
    kept = (folder or data_folder()).resolve()
    settings = Settings(folder=kept, studies=(studies.resolve(),), host=host, port=port, token=token)
    try:
        serve(settings, tell)
    except KeyboardInterrupt:
        say("The studio is closed.")
    return 0
