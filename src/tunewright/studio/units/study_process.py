"""The process that studies the units of a network for the studio.

    python -m tunewright.studio.units.study_process FOLDER/FINGERPRINT.order.json

It says how far it is in FINGERPRINT.progress.json and leaves its findings in FINGERPRINT.json.
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path

from tunewright.errors import TunewrightError
from tunewright.files import write_file

LOW_PRIORITY = 10
"""Added to the process's niceness: the page stays quick."""
TELL_SECONDS = 0.3
SIDE_CHARACTERS = 60_000
"""Most characters to choose by, and to confirm on."""
SHARE_OF_UNTRAINED = 0.45


def study(order: Path) -> None:
    """Study the network that the order names."""
    told = order.with_name(order.name.replace(".order.json", ".progress.json"))
    try:
        _study(order, told)
    except TunewrightError as error:
        write_file(told, json.dumps({"error": str(error)}))
    except Exception as error:  # noqa: BLE001 - the page tells it
        write_file(told, json.dumps({"error": f"the study broke off: {error!r}"}))
        traceback.print_exc()
    else:
        told.unlink(missing_ok=True)
    order.unlink(missing_ok=True)


def _study(order: Path, told: Path) -> None:
    from tunewright.analysis.units.counterparts import untrained_like
    from tunewright.analysis.units.samples import Sides
    from tunewright.analysis.units.unit_study import study_units
    from tunewright.corpus.readers import read_tunes
    from tunewright.corpus.split import split_tunes
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.studio.units.unit_findings import findings_of, write_findings

    asked = json.loads(order.read_text(encoding="utf-8"))
    last = 0.0

    def tell(doing: str, share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_SECONDS:
            last = time.monotonic()
            write_file(told, json.dumps({"doing": doing, "share": share}))

    tell("reading tunes", 0.0)
    model = read_checkpoint(asked["network"])
    training, held_back = split_tunes(read_tunes(*asked["sources"]).tunes)
    sides = Sides.of(model, training, held_back, SIDE_CHARACTERS)
    trained = 1 - SHARE_OF_UNTRAINED
    found = study_units(model, sides, progress=lambda doing, share: tell(doing, trained * share))
    untrained = study_units(
        untrained_like(model),
        sides,
        progress=lambda _, share: tell(
            "comparing with a network that learned nothing", trained + SHARE_OF_UNTRAINED * share
        ),
    )
    write_findings(order.with_name(f"{model.fingerprint}.json"), findings_of(model, found, untrained))


if __name__ == "__main__":
    if os.name == "posix":
        os.nice(LOW_PRIORITY)
    study(Path(sys.argv[1]))
