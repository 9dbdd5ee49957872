"""Figure of the loss curves of a few runs side by side."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tunewright.report.figures.study_styles import (
    COUNTING,
    PROTOCOLS,
    SIDES,
    Entry,
    Style,
    add_legend,
    draw_line,
    drawing,
    entries_of,
    finish_axes,
    leave_out_the_first_epoch,
    legend_height,
    mark_counting,
    new_figure,
    picture_of,
    styles_of,
    whole_numbers,
)
from tunewright.study.results.run_record import RecordedRun

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_runs(runs: Mapping[str, RecordedRun], form: str = "svg") -> bytes:
    """Loss curves of some runs under both protocols.

    Parameters
    ----------
    runs
        Runs by their names in the legend. The loss of the n-gram model is drawn as well if all have the same data.
    form
        File format of the picture: png, svg or pdf.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    first, *others = runs.values()
    alike = all(run.data["fingerprint"] == first.data["fingerprint"] for run in others)
    baselines = first.baselines if alike else None
    with drawing("Drawing curves"):
        styles = styles_of(list(runs))
        entries = [*entries_of(list(runs), styles), *(Entry(side, "black", line) for side, line in SIDES.items())]
        entries += [COUNTING] if baselines else []
        figure = new_figure(3.2 + legend_height(entries))
        for axes, (protocol, words) in zip(figure.subplots(1, 2), PROTOCOLS.items(), strict=True):
            _draw_protocol(axes, runs, styles, protocol)
            leave_out_the_first_epoch([axes])
            if baselines:
                mark_counting(axes, baselines, protocol)
            finish_axes(axes, f"Loss, {words}", "epoch", "loss (nats per character)")
        add_legend(figure, entries)
        return picture_of(figure, form)


def _draw_protocol(axes: "Axes", runs: Mapping[str, RecordedRun], styles: Mapping[str, Style], protocol: str) -> None:
    for name, run in runs.items():
        epochs = np.array([record.epoch for record in run.history], np.float64)
        for side, line in SIDES.items():
            losses = np.array([getattr(record, f"{side}_{protocol}") for record in run.history], np.float64)
            draw_line(axes, epochs, losses, styles[name], line)
    whole_numbers(axes)
