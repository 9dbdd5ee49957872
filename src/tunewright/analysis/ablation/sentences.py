"""Results of ablations as plain English sentences."""

from collections.abc import Sequence

from tunewright.analysis.ablation.clamped_units import Ablation, AblationResult
from tunewright.analysis.ablation.effects import Effect
from tunewright.analysis.ablation.without_looking_back import Alone
from tunewright.analysis.musicality.distributions import Estimate

MOST_KINDS = 3
"""Kinds of characters that a sentence names."""


def ablation_sentences(ablation: Ablation, result: AblationResult) -> tuple[str, ...]:
    """State the effects of clamping units on all characters, on kinds of characters, and on bars.

    Effects that random units have too are stated as such.
    """
    target = ablation.target
    name = target.name if not target.meaning else f"{target.name} ({target.meaning})"
    overall = ablation.overall
    words = [
        f"With {name} held at {'its mean' if len(target.units) == 1 else 'their means'}, a character costs "
        f"{_nats(overall.change)}, {beside(overall, len(target.units))}."
    ]
    words.append(_of_kinds(ablation))
    if ablation.bars and result.wrong_bars:
        share = result.wrong_bars.value + ablation.bars.change.value
        words.append(
            f"When it composes, {share:.0%} of a tune's bars have a wrong length, {result.wrong_bars.value:.0%} with "
            f"all units ({_points(ablation.bars.change)}), {beside(ablation.bars, len(target.units))}."
        )
    return tuple(words)


def ablation_summary(result: AblationResult) -> tuple[str, str]:
    """State what was done, and which targets have larger effects than random units."""
    about = result.about
    composing = f", and composed {about['tunes_composed']} tunes" if about["tunes_composed"] else ""
    done = (
        f"Each unit was held at its mean output while the network read {about['tunes']} tunes that were not used to "
        f"choose it ({about['characters']:,} characters){composing}; random other units were held in the same way."
    )
    beyond = [each for each in result.ablations if any(effect.stands_out for effect in (each.overall, *each.kinds))]
    count = f"{len(beyond)} of {len(result.ablations)}, where chance alone gives one in twenty"
    harder = f"Some characters are hit harder than by random units with {count}: {_names(beyond)}."
    if not composing:
        return done, harder
    bars = [each for each in result.ablations if each.bars and each.bars.stands_out]
    return done, f"{harder} More bars go wrong than with random units: {_names(bars)}."


def sentences_alone(alone: Alone) -> tuple[str, ...]:
    """State what a network with a look-back head loses without it."""
    overall, kinds = alone.overall, sorted(alone.losses[1:], key=lambda loss: -loss.rise.value)
    worst = "; ".join(f"{loss.of}, {_nats(loss.rise)}" for loss in kinds[:MOST_KINDS])
    words = [
        f"Without looking back, with its own distribution alone, a character costs {_nats(overall.rise)}: "
        f"{overall.alone:.3f} instead of {overall.looking:.3f}." + (f" Hit hardest: {worst}." if worst else "")
    ]
    if alone.looking and alone.alone and alone.read:
        words.append(
            f"Of the bars of {alone.about['tunes_composed']} tunes that it composes, {_share(alone.alone)} return in "
            f"their tune, with looking back {_share(alone.looking)}; in the held-out tunes {_share(alone.read)} do."
        )
    words.append("A network trained without a head would do better: this one relies on it for what can be copied.")
    return tuple(words)


def _share(estimate: Estimate) -> str:
    return f"{estimate.value:.1%} ({estimate.low:.1%} to {estimate.high:.1%})"


def _names(ablations: Sequence[Ablation]) -> str:
    names = (f"{each.target.name} ({each.target.label or 'no label'})" for each in ablations)
    return ", ".join(names) or "none"


def beside(effect: Effect, size: int) -> str:
    """The change compared with those of random sets of `size` units."""
    others = f"{effect.random_sets} random {'units' if size == 1 else f'groups of {size}'}"
    if not effect.as_large:
        return f"more than with any of {others}"
    if effect.stands_out:
        return f"more than with all but {effect.as_large} of {others}"
    return f"no more than with random ones ({effect.as_large} of {others} do as much)"


def _of_kinds(ablation: Ablation) -> str:
    beyond = [effect for effect in ablation.kinds if effect.stands_out]
    if not beyond:
        return "No kind of character is hit harder than by random units."
    beyond.sort(key=lambda effect: -effect.change.value)
    told = "; ".join(
        f"{effect.of}, {_nats(effect.change)}, p {effect.p_corrected:.2g}" for effect in beyond[:MOST_KINDS]
    )
    return f"Hit harder than by random units, p corrected for all kinds: {told}."


def _nats(change: Estimate) -> str:
    more = "more" if change.value >= 0 else "less"
    return f"{abs(change.value):.3f} nats {more} ({change.low:+.3f} to {change.high:+.3f})"


def _points(change: Estimate) -> str:
    return f"{round(100 * change.low):+d} to {round(100 * change.high):+d} percentage points"
