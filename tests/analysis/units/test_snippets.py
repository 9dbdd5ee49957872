"""Are the places where a unit is highest and lowest the right ones?"""

from pathlib import Path

import numpy as np

from tunewright.analysis.units.labels import label_values
from tunewright.analysis.units.samples import make_side
from tunewright.analysis.units.snippets import AFTER, BEFORE, SHOWN, extremes
from tunewright.corpus.tune import Tune


def test_one_place_of_each_tune_the_highest_first(untrained):
    texts = [f"X:{number}\nT:No {number}\nK:C\n" + "A" * 90 + "|\n" for number in range(1, 9)]
    tunes = [Tune(text, Path("made-up.abc"), 1, len(text)) for text in texts]
    side = make_side(tunes, untrained(units=1).vocabulary, label_values)
    values = np.zeros(int(side.starts[-1]), np.float32)
    for number in range(8):
        values[side.starts[number] + 70] = number / 10
        values[side.starts[number] + 3] = -number / 20
    most, least = extremes(side, values)
    assert [snippet.tune for snippet in most] == ["No 8", "No 7", "No 6", "No 5", "No 4"]
    assert [round(snippet.value, 2) for snippet in most] == [0.7, 0.6, 0.5, 0.4, 0.3]
    assert [round(snippet.value, 2) for snippet in least] == [-0.35, -0.3, -0.25, -0.2, -0.15]
    assert len(least) == SHOWN
    assert most[0].at == BEFORE
    assert most[0].text == texts[7][70 - BEFORE : 71 + AFTER]
    assert (least[0].at, least[0].text) == (3, texts[7][: 4 + AFTER])


def test_a_tune_without_a_title_is_called_so(untrained):
    side = make_side([Tune("K:C\nAB\n", Path("a"), 1, 7)], untrained(units=1).vocabulary, label_values)
    most, _ = extremes(side, np.arange(7, dtype=np.float32))
    assert [(snippet.tune, snippet.text[snippet.at], snippet.value) for snippet in most] == [("untitled", "\n", 6)]
