"""The compiled composing loop: network, acceptor and choice in machine code.

`ready` loads the loop into memory: in milliseconds, or, once for each version and machine, by compiling it, which takes
10 to 30 seconds (`is_ready` tells which). `Kernel` runs it on a `GenerationState`: one tune, one character after the
other. A thread in the loop does not hold the interpreter's lock, so tunes can be written in parallel. Nothing here
imports torch.
"""

import ctypes
import importlib.util
import threading

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor import machine
from tunewright.acceptor.reading import FIELDS, State
from tunewright.sampling.compiled import arithmetic, choice, looking, loop, machine_code
from tunewright.sampling.compiled.calling import dead_end
from tunewright.sampling.compiled.machine_code import CompilingError, Entries, Part, Plain, Program
from tunewright.sampling.compiled.steering import Steering
from tunewright.sampling.compiled.weights import PackedNetwork
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import NO_PAUSES, GenerationState, nothing_allowed

ADDRESS = ctypes.c_void_p
ARGUMENTS = {"write": (ADDRESS,) * 17, "steer": (ADDRESS,) * 5 + (ctypes.c_int64,)}
ENTRIES = "tunewright.sampling.compiled.entries"


def program_of() -> Program:
    """Return the loop with the functions of the acceptor."""
    stand_ins: dict[Plain, Plain] = {loop.mask: machine.mask, loop.advance: machine.advance}
    return Program(
        apart=Part([loop.length_of, *machine.COMPILED], {len: loop.length_of}),
        together=Part([*arithmetic.COMPILED, *choice.COMPILED, *looking.COMPILED, *loop.COMPILED], stand_ins),
        entries=ENTRIES,
        arguments=ARGUMENTS,
        records={State.__name__: FIELDS},
    )


_loaded: list[Entries | None] = []
_loading = threading.Lock()


def is_ready() -> bool:
    """Return true if `ready` does not have to compile first."""
    if _loaded:
        return _loaded[0] is not None
    try:
        return machine_code.is_cached(program_of())
    except ImportError:
        return False


def can_compile() -> bool:
    """Return false if numba is missing, or failed in this process before."""
    return importlib.util.find_spec("numba") is not None and not (_loaded and _loaded[0] is None)


def ready() -> Entries | None:
    """Return the compiled loop, compiled now if necessary; None if numba cannot be imported or fails."""
    with _loading:
        if not _loaded:
            try:
                _loaded.append(machine_code.load(program_of()))
            except (ImportError, CompilingError):
                _loaded.append(None)
        return _loaded[0]


class Kernel:
    """Writer with the compiled loop.

    Parameters
    ----------
    entries
        The compiled loop.
    network
        The network.
    config
        Options of the choice; seed and length are ignored.
    steering
        The acceptor, if there is one.
    pauses
        Two symbols after which a call returns; -1 for none.
    """

    def __init__(
        self,
        entries: Entries,
        network: PackedNetwork,
        config: CompositionConfig,
        steering: Steering | None = None,
        pauses: tuple[int, int] = NO_PAUSES,
    ) -> None:
        self._pauses = pauses
        self._write = entries["write"]
        self._network = network
        self._steering = steering or Steering.none()
        self._steered = int(steering is not None)
        self._top_k = 1 if config.argmax else config.top_k
        self._options = np.array([1.0, 1.0] if config.argmax else [config.temperature, config.top_p])
        kept = (network.weights, network.shape, self._steering.places, self._options)
        self._places = [array.ctypes.data for array in kept]

    def write(self, generation: GenerationState, characters: int) -> bool:
        """See `tunewright.sampling.generation_state.Writer`."""
        network, memory = self._network, generation.memory
        symbols = network.symbols
        sizes: NDArray[np.int64] = np.array(
            [
                symbols, len(network.weights), len(generation.state), len(generation.draws), len(generation.symbols),
                memory.keys.size, memory.scores.size,
            ]
        )  # fmt: skip
        orders = np.array(
            [
                generation.position,
                generation.stop_after(characters),
                generation.given,
                self._top_k,
                self._steered,
                *self._pauses,
            ]
        )
        scratch = np.empty(2 * len(generation.acceptor_state), dtype=np.int64)
        allowed, chances = np.empty(symbols, dtype=np.int64), np.empty(2 * symbols)
        weights, shape, tables, options = self._places
        position = self._write(
            sizes.ctypes.data, weights, shape, generation.state.ctypes.data, tables,
            generation.acceptor_state.ctypes.data, scratch.ctypes.data, orders.ctypes.data, options,
            generation.draws.ctypes.data, generation.symbols.ctypes.data, generation.tallies.ctypes.data,
            allowed.ctypes.data, chances.ctypes.data, memory.keys.ctypes.data,
            memory.scores.ctypes.data, memory.places.ctypes.data,
        )  # fmt: skip
        generation.position = position if position >= 0 else dead_end(position)
        if position < 0:
            raise nothing_allowed(generation)
        return generation.open
