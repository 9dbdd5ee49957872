"""How many threads compute with a small network?

One. A product of a few hundred numbers gains little from several, and beside other work on the machine several wait for
one another: reading tunes with 150 units takes five times as long then. Who wants more cores runs several networks, or
texts, at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread; as many as before do so afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
