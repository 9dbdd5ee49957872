"""The command `tunewright evaluate`."""

import json as json_format
from pathlib import Path

from tunewright.cli.sources import read_sources, report_unknown


def evaluate(model: Path, *tunes: str, json: bool = False) -> None:
    """Measure how well a network predicts tunes.

    Two losses, in nats per character: full_tune predicts every character once, the state carried through each tune;
    cold_window predicts a fixed set of 30-character windows, the state zero at each.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    tunes
        Files or folders of tunes, or the name of a corpus on this machine.
    json
        Print JSON.
    """
    from tunewright.model.checkpoint import read_checkpoint
    from tunewright.training.evaluate import evaluate as measure

    checkpoint = read_checkpoint(model)
    result = measure(checkpoint, read_sources(*tunes, keep_duplicates=True))
    report_unknown(result.unknown)
    if json:
        print(json_format.dumps(result.as_json(), indent=2))
        return
    full, cold = result.full_tune, result.cold_window
    print(f"{result.tunes:,} tunes, {result.characters:,} characters")
    print(f"full_tune    {full.nats_per_char:.4f} nats/char   {full.bits_per_char:.4f} bits/char")
    print(
        f"cold_window  {cold.nats_per_char:.4f} nats/char   {cold.bits_per_char:.4f} bits/char   "
        f"standard error {cold.standard_error:.4f} nats"
    )
