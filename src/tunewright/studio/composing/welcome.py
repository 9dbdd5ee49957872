"""`Welcome`: the tune that waits in the studio when it is opened, composed anew each day."""

import datetime
import logging
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread

from tunewright.errors import TunewrightError
from tunewright.notation.check import check
from tunewright.sampling.compiled import compiling, kernel
from tunewright.sampling.compose import pieces
from tunewright.studio.composing.compose_options import ComposeRequest, link_of, options_of
from tunewright.studio.composing.composing_jobs import ComposingJobs
from tunewright.studio.composing.loaded_networks import Networks
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio

REQUEST = ComposeRequest(temperature=0.7, accept=0.33)
MOST_TRIES = 5
"""Seeds that are tried until a tune has no fault."""
LONGEST_WAIT_SECONDS = 60.0
LOG = logging.getLogger("uvicorn.error")


@dataclass(frozen=True)
class WelcomeTune:
    """A whole tune to begin with."""

    text: str
    network: str
    seed: int
    link: str


class Welcome:
    """The tune of the day, composed once."""

    def __init__(self, _settings: Settings) -> None:
        self._tune: Future[WelcomeTune] = Future()
        self._lock, self._begun = Lock(), False

    def close(self) -> None:
        """Nothing is open."""

    def begin(self, studio: Studio) -> None:
        """Load the network and the compiled loop, and compose, in a thread of its own; the first call counts."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
        Thread(target=self._compose, args=(studio,), name="welcome", daemon=True).start()

    def tune(self, studio: Studio) -> WelcomeTune:
        """The tune; waits for it."""
        self.begin(studio)
        return self._tune.result(LONGEST_WAIT_SECONDS)

    def _compose(self, studio: Studio) -> None:
        try:
            self._tune.set_result(_tune_of_the_day(studio))
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the tune
            LOG.error("the welcoming tune failed: %r", error)
            self._tune.set_exception(error if isinstance(error, TunewrightError) else TunewrightError(str(error)))


def warm_up(studio: Studio) -> None:
    """Make ready what composing needs, and the welcoming tune; returns at once."""
    studio.part(Welcome).begin(studio)


def _tune_of_the_day(studio: Studio) -> WelcomeTune:
    if kernel.is_ready():
        kernel.ready()
    else:
        compiling.start()  # the first time on this machine; meanwhile the numpy reference composes
    model, preparing = studio.part(Networks).network(REQUEST.network), studio.part(ComposingJobs).preparing
    preparing.composer(preparing.order(model, options_of(ComposeRequest(), 0)))  # for the first click
    day = int(f"{datetime.datetime.now(datetime.UTC).date():%Y%m%d}")
    for seed in range(day, day + MOST_TRIES):
        order = preparing.order(model, options_of(REQUEST, seed))
        text = "".join(pieces(order, preparing.composer(order)))
        if not check(text):
            break
    return WelcomeTune(text, REQUEST.network, seed, link_of(REQUEST, seed))
