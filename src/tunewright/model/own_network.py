"""A network of one's own: any `torch.nn.Module` that keeps a small protocol, in place of Tunewright's layers.

The protocol
------------
A class or function ``build`` makes the module from the number of symbols, ``build(symbols)``. The module is called as
``module(ids, state)`` and returns ``(logits, state)``:

ids
    Characters as integers, int64, shape=(T, B): T characters of B lanes, which do not know of one another.
state
    None before the first character, else what the previous call returned: a tuple of float32 tensors, each of
    shape=(L, B, H). The first is the output of the units, h; the second, if there is one, their cell, c. None means
    the same as tensors of zeros. The module keeps nothing else between calls.
logits
    Unnormalised log-probabilities of the character after each one read, float32, shape=(T, B, S).

All weights are float32 parameters. Dropout, if the module has any, draws from torch's default generator, which is set
for each training step, so that a training can be continued exactly.

The protocol is checked when the module is made, by reading a few characters; shapes are checked at every call.

Shapes
------
T  time steps (characters)
B  batch size (independent lanes)
S  symbols of the vocabulary
L  layers
H  hidden units
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tunewright.errors import OptionError
from tunewright.model.checkpoint import Build
from tunewright.model.config import NetworkConfig

OwnState = tuple[Tensor, ...]

PROBE_LENGTH, PROBE_LANES, PROBE_SEED = 6, 3, 151
"""Characters and lanes that are read to check the protocol, and the seed of what is drawn meanwhile."""
TOLERANCE = 1e-3
"""Largest difference of two logits that must be equal: the sums of float32 come in another order."""


class OwnNetwork(nn.Module):
    """A module of the user's, and the checks of what it returns.

    Parameters
    ----------
    build
        Makes the module from the number of symbols.
    symbols
        S.

    Raises
    ------
    OptionError
        If the module breaks the protocol; the message says what came and what is expected.
    """

    def __init__(self, build: Build, symbols: int) -> None:
        super().__init__()
        self.name, self.symbols = name_of(build), symbols
        with self._own_errors(f"{self.name}({symbols})"):
            module = build(symbols)
        if not isinstance(module, nn.Module):
            raise self._broken(f"{self.name}({symbols}) returned {_kind(module)}; expected a torch.nn.Module")
        self.module = module
        self._require_float32()
        self._parts: tuple[tuple[int, int], ...] = ()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(PROBE_SEED)
            self._probe()

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """L and H of each part of the state."""
        return self._parts

    def zero_state(self, batch: int) -> OwnState:
        """Return the state before the first character; each part shape=(L, B, H)."""
        like = next(self.module.parameters())
        return tuple(like.new_zeros(layers, batch, units) for layers, units in self._parts)

    def forward(
        self, ids: Tensor, state: OwnState, generator: torch.Generator | None = None
    ) -> tuple[Tensor, OwnState]:
        """Read characters; for shapes see the protocol. Dropout draws from `generator` in training mode, if given."""
        with _drawing_from(generator if self.training else None):
            logits, after = self._call(ids, state)
        self._require_state(after, ids.shape[1])
        if not self.training and logits.isnan().any():
            raise self._broken("its logits hold NaN (not a number)")
        return logits, after

    def _call(self, ids: Tensor, state: OwnState | None) -> tuple[Tensor, OwnState]:
        """Call the module; check everything but the shapes of the state."""
        with self._own_errors(f"{self.name}.forward"):
            found = self.module(ids, state)
        if not isinstance(found, tuple) or len(found) != 2:
            raise self._broken(f"forward returned {_kind(found)}; expected (logits, state), a tuple of two")
        logits, after = found
        length, lanes = ids.shape
        expected = (length, lanes, self.symbols)
        meaning = f"for {length} characters of {lanes} lanes and {self.symbols} symbols"
        if not isinstance(logits, Tensor) or logits.shape != expected or logits.dtype != torch.float32:
            raise self._broken(
                f"its logits are {_kind(logits)}; expected a float32 tensor of shape {expected}, {meaning}"
            )
        if not isinstance(after, tuple) or not after or not all(isinstance(part, Tensor) for part in after):
            raise self._broken(
                f"its state is {_kind(after)}; expected a tuple of tensors, each of shape (layers, lanes, units), such "
                "as (h, c), or (h,) with a comma"
            )
        for number, part in enumerate(after):
            if part.ndim != 3 or part.shape[1] != lanes or part.dtype != torch.float32:
                raise self._broken(
                    f"part {number} of its state is {_kind(part)}; expected a float32 tensor of shape "
                    f"(layers, {lanes}, units), {meaning}"
                )
        return logits, after

    def _require_state(self, state: OwnState, lanes: int) -> None:
        came, expected = [tuple(part.shape) for part in state], [(part[0], lanes, part[1]) for part in self._parts]
        if came != expected:
            raise self._broken(f"its state has parts of shape {came}; after the first character they were {expected}")

    def _require_float32(self) -> None:
        weights = dict(self.module.named_parameters())
        if not weights:
            raise self._broken("it has no weights to learn; expected parameters, such as those of torch.nn.Linear")
        for name, weight in weights.items():
            if weight.dtype != torch.float32:
                raise self._broken(f"its weight {name} is {weight.dtype}; expected torch.float32")

    def _probe(self) -> None:
        """Read a few characters in several ways that must agree; sets the shapes of the state."""
        self.module.train()
        ids = (torch.arange(PROBE_LENGTH * PROBE_LANES) * 7 % self.symbols).view(PROBE_LENGTH, PROBE_LANES)
        with torch.inference_mode(False), torch.enable_grad():  # whatever the caller does
            logits, state = self._call(ids, None)
        self._parts = tuple((part.shape[0], part.shape[2]) for part in state)
        if not logits.requires_grad:
            raise self._broken("no gradient reaches its weights; compute the logits without no_grad and detach")
        self.module.eval()
        with torch.no_grad():
            self._require_agreement(ids)
        self.module.train()

    def _require_agreement(self, ids: Tensor) -> None:
        whole, _ = self._call(ids, None)
        if whole.isnan().any():
            raise self._broken("its logits hold NaN (not a number) with its first weights")
        half = len(ids) // 2
        _, between = self._call(ids[:half], None)
        given = tuple(part.clone() for part in between)
        self._call(ids.flip(0), None)  # something else, which must leave no trace
        second, _ = self.forward(ids[half:], given)
        self._require_equal(
            second, whole[half:],
            "reading on from the state that it returned gives other logits than reading all at once; the state must "
            "hold all that it remembers, a later character must not change what is predicted before it, and ids have "
            "time first",
        )  # fmt: skip
        if not all(map(torch.equal, given, between)):
            raise self._broken("it changes the state that it is given; expected a new one")
        from_zeros, _ = self.forward(ids, self.zero_state(ids.shape[1]))
        self._require_equal(
            from_zeros, whole, "a state of zeros gives other logits than None; both mean: nothing was read"
        )
        alone, _ = self.forward(ids[:, :1], self.zero_state(1))
        self._require_equal(
            alone, whole[:, :1], "a lane alone gives other logits than among others; lanes must not know of one another"
        )

    def _require_equal(self, one: Tensor, other: Tensor, otherwise: str) -> None:
        difference = float((one - other).abs().max())
        if not difference <= TOLERANCE * max(1.0, float(other.abs().max())):
            raise self._broken(f"{otherwise} (largest difference: {difference:.2g})")

    def _broken(self, what: str) -> OptionError:
        return OptionError(f"{self.name} does not keep the protocol of a network: {what}; see docs/own-network.md")

    @contextmanager
    def _own_errors(self, doing: str) -> Iterator[None]:
        """Turn whatever the user's code raises into one line that names its place."""
        try:
            yield
        except OptionError:
            raise
        except Exception as error:  # the code is the user's
            place = traceback.extract_tb(error.__traceback__)
            own = [each for each in place if Path(each.filename) != Path(__file__)]
            inside = [each for each in own if "site-packages" not in each.filename] or own
            where = f" ({Path(inside[-1].filename).name}, line {inside[-1].lineno})" if inside else ""
            first_line = str(error).partition("\n")[0]
            raise OptionError(f"{doing} failed{where}: {type(error).__name__}: {first_line}") from error


def name_of(build: Build) -> str:
    """The name of the class or function that makes a network."""
    made = getattr(build, "func", build)  # of functools.partial
    return str(getattr(made, "__name__", type(made).__name__))


def require_build(config: NetworkConfig, build: Build | None, name: str = "a module of your own") -> Build | None:
    """What makes the network, if `config` is the record of one's own; else None.

    Raises
    ------
    OptionError
        If it is, and `build` is missing; the message calls the network `name`.
    """
    if not config.is_own:
        return None
    if build is None:
        raise OptionError(
            f"the network is {name}, whose code no checkpoint holds: name it again, with network= of read_checkpoint, "
            "or with --network FILE:CLASS, which tunewright train, evaluate, compose and neurons have"
        )
    return build


def own_network(config: NetworkConfig, build: Build | None, symbols: int) -> OwnNetwork | None:
    """The network of one's own that `config` records; None if it records another. Raises as `require_build`."""
    found = require_build(config, build)
    return OwnNetwork(found, symbols) if found else None


def own_config(build: Build, symbols: int) -> NetworkConfig:
    """The record of a network of one's own: as many layers and units as the first part of its state has.

    Raises
    ------
    OptionError
        If it breaks the protocol.
    """
    if isinstance(build, nn.Module) or not callable(build):
        raise OptionError(
            f"network is {_kind(build)}; expected a NetworkConfig, or a class or function that makes a torch.nn.Module "
            "from the number of symbols, such as MyLstm or lambda symbols: MyLstm(symbols, 150)"
        )
    with torch.random.fork_rng(devices=[]):
        layers, units = OwnNetwork(build, symbols).parts[0]
    return NetworkConfig(cell="own", units=units, layers=layers, embedding=0, dropout=0.0, recurrent_weight_dropout=0.0)


@contextmanager
def _drawing_from(generator: torch.Generator | None) -> Iterator[None]:
    """Let torch's default generator go on where `generator` is, and `generator` where that ends."""
    if generator is None:
        yield
        return
    cpu = generator.device.type == "cpu"
    default = torch.default_generator if cpu else torch.cuda.default_generators[generator.device.index or 0]
    kept = default.get_state()
    default.set_state(generator.get_state())
    try:
        yield
    finally:
        generator.set_state(default.get_state())
        default.set_state(kept)


def _kind(thing: Any) -> str:
    """What something is, in a few words."""
    if isinstance(thing, Tensor):
        return f"a {str(thing.dtype).removeprefix('torch.')} tensor of shape {tuple(thing.shape)}"
    if isinstance(thing, tuple):
        return f"a tuple of {len(thing)} ({', '.join(type(each).__name__ for each in thing)})"
    if isinstance(thing, nn.Module):
        return f"a {type(thing).__name__} that is made already"
    return "None" if thing is None else f"of type {type(thing).__name__}"
