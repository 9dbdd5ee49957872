"""Tempo of a tune, in quarter notes per minute, for MIDI, audio and the page's cursor.

It is that of the ``Q:`` field if it is between `SLOWEST` and `FASTEST`, else one by the ``R:`` field, else one by the
metre:

====================================  =======    ======  =======
``R:`` contains (the first that fits)  tempo      ``M:``  tempo
====================================  =======    ======  =======
slow, lament, lullaby                      66    2/2         160
slip jig, hop jig                         165    3/2         160
slide                                     186    2/4         104
jig                                       165    3/4         120
reel                                      192    4/4         132
hornpipe                                  152    3/8         108
barndance, schottische                    152    6/8         150
strathspey, highland, fling               132    9/8         150
polka                                     120    12/8        150
waltz                                     138    others      120
mazurka, varsovienne                      132
march                                     112
air, song                                  84
====================================  =======    ======  =======
"""

SLOWEST, FASTEST = 20.0, 600.0

RHYTHM_TEMPOS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("slow", "lament", "lullaby"), 66),
    (("slip jig", "hop jig"), 165),
    (("slide",), 186),
    (("jig",), 165),
    (("reel",), 192),
    (("hornpipe",), 152),
    (("barndance", "schottische"), 152),
    (("strathspey", "highland", "fling"), 132),
    (("polka",), 120),
    (("waltz",), 138),
    (("mazurka", "varsovienne"), 132),
    (("march",), 112),
    (("air", "song"), 84),
)

METER_TEMPOS: dict[tuple[int, int], float] = {
    (2, 2): 160,
    (3, 2): 160,
    (2, 4): 104,
    (3, 4): 120,
    (4, 4): 132,
    (3, 8): 108,
    (6, 8): 150,
    (9, 8): 150,
    (12, 8): 150,
}

DEFAULT_TEMPO = 120.0


def choose_tempo(stated: float | None, rhythm: str, meter: tuple[int, int]) -> float:
    """Return the tempo of a tune, in quarter notes per minute.

    Parameters
    ----------
    stated
        The tempo of its ``Q:`` field, in quarter notes per minute; None without one.
    rhythm
        Its ``R:`` field; empty if it has none.
    meter
        Its ``M:`` field, as numerator and denominator.
    """
    if stated is not None and SLOWEST <= stated <= FASTEST:
        return stated
    for words, tempo in RHYTHM_TEMPOS:
        if any(word in rhythm.lower() for word in words):
            return tempo
    return METER_TEMPOS.get(meter, DEFAULT_TEMPO)


def metronome_mark(tempo: float, meter: tuple[int, int]) -> tuple[str, float]:
    """Return the note value in which a tempo is shown, and how many of it are in a minute.

    That is a dotted quarter note in compound metres over 8 (6/8, 9/8, 12/8 ...), and a quarter note in all others.
    """
    numerator, denominator = meter
    compound = denominator == 8 and numerator % 3 == 0 and numerator > 3
    return ("♩.", tempo / 1.5) if compound else ("♩", tempo)
