"""Do the arrays hold the corpus, tune by tune?"""

from pathlib import Path

import numpy as np

from tunewright.analysis.originality.copied_spans import Alphabet, bars_of, music_of
from tunewright.analysis.originality.corpus_arrays import corpus_arrays, decode_source
from tunewright.analysis.originality.melodic_similarity import moves_of
from tunewright.analysis.originality.verdict import TuneSource
from tunewright.corpus.tune import Tune
from tunewright.notation.melody import read_melody


def tune(text, line=1):
    return Tune(text, Path("book.abc"), line, len(text) + 1)


def arrays_of(texts):
    told = []
    symbols, arrays = corpus_arrays([tune(text, 7) for text in texts], lambda doing, share: told.append((doing, share)))
    return symbols, arrays, told


def part(arrays, name, starts, number):
    return arrays[name][arrays[starts][number] : arrays[starts][number + 1]]


def test_each_tune_stands_in_its_place(tiny_tunes):
    symbols, arrays, _ = arrays_of(tiny_tunes)
    alphabet = Alphabet(symbols)
    for number, text in enumerate(tiny_tunes):
        melody = read_melody(text)
        bars = bars_of(melody)
        characters = part(arrays, "characters", "character_starts", number)
        assert characters.tobytes() == alphabet.of_tune(music_of(text).characters) + b"\0"
        assert part(arrays, "bars", "bar_starts", number).tolist() == [*bars.codes.tolist(), 0]
        assert part(arrays, "bar_numbers", "bar_starts", number).tolist() == [*bars.numbers.tolist(), 0]
        assert part(arrays, "bar_pitches", "bar_starts", number).tolist() == [*bars.pitches.tolist(), 0]
        assert np.array_equal(part(arrays, "moves", "move_starts", number), moves_of(melody))
        source = decode_source(part(arrays, "sources", "source_starts", number))
        assert source == TuneSource(f"Made-up tune {number + 1}", "book.abc", 7)


def test_progress_is_told_from_beginning_to_end(tiny_tunes):
    told = arrays_of(tiny_tunes)[2]
    assert told[0] == ("reading tunes", 0.0)
    assert told[-1] == ("sorting", 1.0)
    assert all(0 <= share <= 1 for _, share in told)


def test_tunes_with_nothing_in_them_keep_their_place():
    _, arrays, _ = arrays_of(["", "T:Only a title\nK:D\n", "X:1\nT:\nK:C\nz4|CDEF|\n"])
    assert arrays["characters"].tolist().count(0) == 3
    assert arrays["move_starts"].tolist() == [0, 0, 0, 3]
    titles = [decode_source(part(arrays, "sources", "source_starts", number)).title for number in range(3)]
    assert titles == ["", "Only a title", ""]


def test_no_tune_at_all():
    _, arrays, _ = arrays_of([])
    assert [len(arrays[name]) for name in ("characters", "bars", "moves", "sources")] == [0, 0, 0, 0]
    assert arrays["move_starts"].tolist() == [0]
