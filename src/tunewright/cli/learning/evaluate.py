"""The command `tunewright evaluate`: losses of a network on tunes, beside those of counting."""

import json as json_format
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tunewright.cli.console import say
from tunewright.cli.flags import NamedPath, flags_of, given, override
from tunewright.cli.own_module import OwnFlag, own_module
from tunewright.cli.progress import progress_bar
from tunewright.errors import OptionError
from tunewright.training.config import DynamicConfig

if TYPE_CHECKING:
    from tunewright.training.evaluate import Evaluation, Loss
    from tunewright.training.ngram import Baselines

DynamicFlags = flags_of(DynamicConfig, title="Dynamic evaluation")


def evaluate(
    model: NamedPath,
    *tunes: str,
    corpus: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    dynamic: bool = False,
    json: bool = False,
    network: OwnFlag = None,
    learning: DynamicFlags | None = None,  # type: ignore[valid-type]
) -> None:
    """Measure how well a network predicts tunes.

    Two losses, in nats per character: full_tune predicts every character once, the state carried through each tune;
    cold_window predicts a fixed set of 30-character windows, the state zero at each. Beside them, what counting
    characters and their contexts reaches on the same tunes.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    tunes
        Files or folders of tunes, or the name of a corpus on this machine; or one built corpus, whose validation tunes
        are measured.
    corpus
        The tunes to count for comparison: files, folders or names; without it, those that the network learned from.
    dynamic
        Measure under dynamic_full_tune too: the network goes on learning from each tune after it has predicted it.
    json
        Print JSON.
    network
        FILE:CLASS, the module that was trained, if it is one of your own. The file is run.
    """
    from tunewright.cli.learning.baselines import baselines_beside
    from tunewright.cli.learning_sources import evaluation_data
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.model.network import load_network
    from tunewright.training.dynamic import dynamic_full_tune
    from tunewright.training.evaluate import EvaluationSet, measure

    options = given(learning)
    if options and not dynamic:
        raise OptionError(f"--{next(iter(options)).replace('_', '-')} needs --dynamic")
    config = override(DynamicConfig(), (options, None)) if dynamic else None
    checkpoint = read_checkpoint(model, own_module(network))
    data = evaluation_data(checkpoint, tunes)
    if config and not isinstance(data, EvaluationSet):
        raise OptionError("--dynamic reads tunes from files, not from a built corpus")
    result = measure(checkpoint, data)
    counting = baselines_beside(checkpoint, data, corpus)
    loss = None
    if config and isinstance(data, EvaluationSet):
        with progress_bar() as tell:
            loss = dynamic_full_tune(load_network(checkpoint), data, config, progress=tell)
    if json:
        more = {"dynamic_full_tune": loss.as_json()} if loss else {}
        about = {**result.as_json(), **more, "baselines": counting.as_json() if counting else None}
        say(json_format.dumps(about, indent=2))
    else:
        show(result, counting, loss)


def show(result: "Evaluation", counting: "Baselines | None", dynamic: "Loss | None") -> None:
    """Print a line for each protocol."""
    say(f"{result.tunes:,} tunes, {result.characters:,} characters")
    for name, loss in (("full_tune", result.full_tune), ("cold_window", result.cold_window)):
        say(row(name, loss, counting_in_words(counting, name) if counting else ""))
    if dynamic:
        say(row("dynamic_full_tune", dynamic))
    if counting:
        say(
            f"counting: up to {counting.context} characters of context; unigram: none; both from "
            f"{counting.counted_characters:,} characters of the corpus"
        )


def row(name: str, loss: "Loss", counting: str = "") -> str:
    """A loss in both units."""
    parts = [f"{name:<12} {loss.nats_per_char:.4f} nats/char", f"{loss.bits_per_char:.4f} bits/char"]
    if loss.standard_error is not None:
        parts.append(f"standard error {loss.standard_error:.4f} nats")
    return "   ".join([*parts, *([counting] if counting else [])])


def counting_in_words(found: "Baselines", name: str) -> str:
    """Both baselines under the protocol `name`, in nats per character."""
    ngram, unigram = getattr(found.ngram, name), getattr(found.unigram, name)
    return f"counting {ngram.nats_per_char:.4f}, unigram {unigram.nats_per_char:.4f}"
