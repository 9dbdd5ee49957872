"""`Networks`: those that the studio can compose with, by name: shipped ones, and those that were trained in it.

A name that a client gives is only ever looked up among the names that there are; no path is made of it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tunewright.acceptor.words import KEYS, METERS
from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import ABOUT, Checkpoint, find_checkpoint, read_about, read_checkpoint, shipped
from tunewright.studio.kept_values import KeptValues
from tunewright.studio.settings import Settings

TRAINED = "trained"
MOST_LOADED = 6
"""Networks in memory at a time."""
MOST_OFFERED = 40
"""Keys, metres and rhythms in a list to choose from."""
TITLES = {"oneills": "O'Neill's and Ryan's", "oneills-large": "O'Neill's and Ryan's, large"}
USUAL_KEYS = (
    "G", "D", "A", "C", "F", "E", "Bb", "Eb", "Em", "Am", "Dm", "Gm", "Bm", "Ador", "Edor", "Ddor", "Bdor", "Gdor",
    "Amix", "Dmix", "Gmix", "Emix", "Ab", "B", "Cm", "F#m",
)  # fmt: skip
"""In the order in which they are offered."""


@dataclass(frozen=True)
class NetworkAbout:
    """What there is to know of a network before it composes."""

    name: str
    title: str
    cell: str
    units: int
    layers: int
    look_back: int
    corpus: str
    """What it learned from, in words."""
    validation_loss: float | None
    """Nats a character on whole tunes that it never saw."""
    shipped: bool
    chooses: bool
    """Whether it can choose among several tunes (`accept`)."""
    rhythms: tuple[str, ...]
    """Of its corpus, the most frequent first; so are the others."""
    meters: tuple[str, ...]
    keys: tuple[str, ...]


class Networks:
    """Networks by name, kept in memory when they were used lately."""

    def __init__(self, settings: Settings) -> None:
        self._trained = settings.folder / "trainings"
        self._loaded = KeptValues(MOST_LOADED)

    def close(self) -> None:
        """Forget them."""
        self._loaded.clear()

    def folders(self) -> dict[str, Path]:
        """The folder of every network, by its name."""
        found = dict(shipped())
        if self._trained.is_dir():
            for folder in sorted(self._trained.iterdir()):
                if re.fullmatch(r"[a-z0-9][a-z0-9-]*", folder.name) and _is_network(folder / "run"):
                    found[f"{TRAINED}/{folder.name}"] = folder / "run"
        return found

    def network(self, name: str) -> Checkpoint:
        """The network of this name.

        Raises
        ------
        CheckpointError
            If there is none.
        """
        folders = self.folders()
        if name not in folders:
            raise CheckpointError(f"no network is called {name[:100]!r}; there are: {', '.join(folders)}")
        folder = find_checkpoint(folders[name])
        key = name, (folder / ABOUT).stat().st_mtime_ns
        return self._loaded.get(key, lambda: read_checkpoint(folder))

    def all_about(self) -> tuple[NetworkAbout, ...]:
        """What there is to know of each."""
        return tuple(_about(name, find_checkpoint(folder)) for name, folder in self.folders().items())


def _is_network(folder: Path) -> bool:
    try:
        find_checkpoint(folder)
    except CheckpointError:
        return False
    return True


def _about(name: str, folder: Path) -> NetworkAbout:
    about = read_about(folder)
    network, training, style = about["network"], about["training"], about.get("style", {})
    combinations = style.get("headers", {}).get("combinations", {})
    sources = training.get("data", {}).get("training_sources", [])
    spelled = set(about["vocabulary"])
    meters = _by_number(combinations, "M")
    keys = (*USUAL_KEYS, *(key for key in KEYS if re.fullmatch(r"[A-G][b#]?(m|dor|mix)?", key)))
    return NetworkAbout(
        name=name,
        title=TITLES.get(name, name.removeprefix(f"{TRAINED}/")),
        cell=network["cell"],
        units=network["units"],
        layers=network["layers"],
        look_back=network.get("look_back", 0),
        corpus=", ".join(Path(source).name for source in sources),
        validation_loss=about["metrics"].get("validation_full_tune"),
        shipped=not name.startswith(f"{TRAINED}/"),
        chooses="discriminator" in style,
        rhythms=tuple(_by_number(combinations, "R")[:MOST_OFFERED]),
        meters=tuple(dict.fromkeys([*meters, *(metre.word for metre in METERS if set(metre.word) <= spelled)])),
        keys=tuple(dict.fromkeys(key for key in keys if set(key) <= spelled))[:MOST_OFFERED],
    )


def _by_number(combinations: dict[str, int], field: str) -> list[str]:
    """Values of a header field, the most frequent first."""
    counts: dict[str, int] = {}
    for header, count in combinations.items():
        for line in header.split("\n"):
            if line.startswith(f"{field}:"):
                counts[line[2:]] = counts.get(line[2:], 0) + count
    known = {metre.word for metre in METERS} if field == "M" else counts
    return [value for value in sorted(counts, key=lambda value: -counts[value]) if value in known]
