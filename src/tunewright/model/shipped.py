"""Which networks come with Tunewright?

Each is a checkpoint folder beside this file, in ``networks``, with a card that says what it learned from, how, and how
well it does. Where a model is asked for, its name will do: ``tunewright compose oneills``.
"""

from pathlib import Path

NETWORKS = Path(__file__).parent / "networks"
CARD = "CARD.md"


def shipped() -> dict[str, Path]:
    """The folder of each network that comes along, by its name."""
    return {folder.name: folder for folder in sorted(NETWORKS.iterdir())} if NETWORKS.is_dir() else {}
