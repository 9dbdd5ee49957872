"""What a study of held units found, written by hand."""

from dataclasses import replace

from tunewright.analysis.ablation.clamped_units import ALL, BARS, Ablation, AblationResult
from tunewright.analysis.ablation.effects import Effect
from tunewright.analysis.ablation.targets import Target
from tunewright.analysis.musicality.distributions import Estimate

MATTERS = Effect(ALL, Estimate(0.0123, 0.01, 0.015), -0.001, 0.004, 29, 0, 1 / 30, 1 / 30)
DOES_NOT = replace(MATTERS, as_large=11, p=0.4, p_corrected=0.4)
BAR_LINES = replace(MATTERS, of="bar lines, endings", change=Estimate(1.5, 1.25, 1.75))
NOTES = replace(DOES_NOT, of="notes and rests", change=Estimate(-0.004, -0.01, 0.002))
WRONG = Effect(BARS, Estimate(0.2, 0.1, 0.3), -0.05, 0.05, 19, 3, 0.2, 0.2)
UNIT = Target(((0, 42),), "end of bar", "off at the end of a bar")


def planted() -> AblationResult:
    found = Ablation(UNIT, (0.25,), MATTERS, (NOTES, BAR_LINES), WRONG)
    about = {"tunes": 76, "characters": 34001, "random_sets": 29, "tunes_composed": 48, "composing_sets": 19}
    return AblationResult(
        (found,), ("notes and rests", "bar lines, endings"), (1.7, 0.4), (0.9, 0.1), 1.5, Estimate(0.3, 0.2, 0.4), about
    )
