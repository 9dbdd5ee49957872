"""Figure of the loss curves of one training, readable without colour, with units on every axis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tunewright.report.figures.study_styles import drawing, new_figure, picture_of, whole_numbers
from tunewright.training.history import EpochRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVES = {
    "validation, whole tunes": ("validation_full_tune", "#1b4965", "-", "o"),
    "validation, cold windows": ("validation_cold_window", "#c1440e", "-", "s"),
    "training, whole tunes": ("training_full_tune", "#1b4965", "--", None),
    "training, cold windows": ("training_cold_window", "#c1440e", "--", None),
}
"""Label: field of `EpochRecord`, colour, line, marker."""


def draw_loss_curves(history: Sequence[EpochRecord], form: str = "svg") -> bytes:
    """Draw losses under both protocols over the epochs, with the best validation losses written beside their points.

    Parameters
    ----------
    history
        At least one epoch.
    form
        File format of the picture: png, svg or pdf.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    with drawing("Drawing curves"):
        return picture_of(_curves(history), form)


def _curves(history: Sequence[EpochRecord]) -> "Figure":
    figure = new_figure(4.2)
    axes = figure.subplots()
    epochs = [record.epoch for record in history]
    for label, (name, colour, line, marker) in CURVES.items():
        losses = [getattr(record, name) for record in history]
        axes.plot(
            epochs, losses, color=colour, linestyle=line, marker=marker, markersize=3.5, linewidth=1.6, label=label
        )
        if marker:
            lowest = min(losses)
            axes.annotate(
                f"{lowest:.3f}",
                (epochs[losses.index(lowest)], lowest),
                textcoords="offset points",
                xytext=(0, -13),
                ha="center",
                color=colour,
                fontsize=9,
            )
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss (nats per character)")
    axes.set_title("Loss after each epoch", loc="left", fontsize=11)
    whole_numbers(axes)
    axes.margins(x=0.06, y=0.1)
    axes.grid(visible=True, color="#d8d8d8", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    # Losses fall; to look for the best place takes seconds on a busy machine, and says so.
    axes.legend(loc="upper right", frameon=False, fontsize=9)
    return figure
