"""Settings of the studio: where it keeps what is made, and how much it takes on."""

from dataclasses import dataclass, field
from pathlib import Path

from tunewright.files import data_folder


@dataclass(frozen=True)
class Settings:
    """What a studio is started with."""

    folder: Path = field(default_factory=data_folder)
    """Tunebook, trainings and trained networks lie here."""
    studies: tuple[Path, ...] = ()
    """Folders below which studies are looked for, besides ``studies`` in the data folder."""
    host: str = "127.0.0.1"
    """Address that the server listens on; others can reach it only if this is not the loopback address."""
    port: int = 8044
    """0 takes a free one."""
    token: str = ""
    """What a client must show; empty asks for none, which only the loopback address may."""
    jobs: int = 128
    """Most compositions that are written or wait at once."""
    jobs_per_client: int = 8
    """Most of one page."""
    warm: bool = True
    """Load the network and compose the welcoming tune when the server starts."""
