"""Find out what the units of the networks that come along follow: `python -m models.unit_findings [NAME...]`.

The studio shows these findings without computing anything. They are chosen on tunes that a network learned from and
confirmed on those that were kept back from it; a network of the same shape that learned nothing goes through the same.
"""

import sys
import tempfile
from pathlib import Path

import tunewright
from models.build import RECIPES, texts
from tunewright.analysis.units.counterparts import untrained_like
from tunewright.analysis.units.samples import Sides
from tunewright.analysis.units.unit_study import study_units
from tunewright.model.checkpoint import NETWORKS
from tunewright.studio.units.unit_findings import SHIPPED, findings_of, write_findings
from tunewright.training.data import TrainingData

CHARACTERS = {"oneills": 100_000, "oneills-large": 50_000}
"""Most characters to choose by, and to confirm on."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "tunes.abc")
        book.write_text("\n".join(texts()), encoding="utf-8")
        tunes = tunewright.read_tunes(book).tunes
    training, held_back = tunewright.split_tunes(tunes)
    for name in sys.argv[1:] or RECIPES:
        model = tunewright.read_checkpoint(NETWORKS / name)
        data = TrainingData.of(tunes)
        assert data.fingerprint == model.training["data"]["fingerprint"], "these are not the tunes that it learned from"
        sides = Sides.of(model, training, held_back, CHARACTERS[name])
        found = findings_of(model, study_units(model, sides), study_units(untrained_like(model), sides))
        write_findings(SHIPPED / f"{name}.json", found)
        print(f"{name}: {len(found.findings)} findings are confirmed on {found.held_out_tunes} tunes")


if __name__ == "__main__":
    main()
