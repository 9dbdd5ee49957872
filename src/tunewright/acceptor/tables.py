"""Tables of the acceptor, built from a vocabulary and conditions."""

from collections.abc import Mapping

from tunewright.acceptor.conditions import Conditions, is_hornpipe
from tunewright.acceptor.form_tables import form_tables
from tunewright.acceptor.header.header_tables import HeaderBuilder, HeaderTables
from tunewright.acceptor.reading import CHARACTERS, IMPOSSIBLE, Control, MeterFlag, Seen, Setup
from tunewright.acceptor.rules import END, FINISHING_CHARACTERS, NUMBERS, RULES, SETTLERS, UNTIDY, UNTIDY_SIGNS
from tunewright.acceptor.trie import MOST_VALUES, WordTable, fill_table
from tunewright.acceptor.words import (
    ACCIDENTALS,
    BODY_TEXTS,
    CHORD_NAMES,
    CHORD_ROOTS,
    DIRECTIVES,
    FEWEST_BEATS,
    GRAINS,
    INSTRUCTIONS,
    KEYS,
    LENGTHS,
    METERS,
    MOST_BEATS,
    NOTE_LETTERS,
    SIGNS,
    TEMPO_BEATS,
    TEMPO_NAMES,
    TUPLETS,
    UNITS,
    WHOLE,
    PlayableMeter,
)  # fmt: skip
from tunewright.errors import GrammarError
from tunewright.notation.meter import Dialect
from tunewright.notation.spec import NATURAL_PITCHES

FREE_BAR = 4 * WHOLE
"""Ticks after which a bar line must come where bars are not counted."""
MOST_GRAINS = FREE_BAR * GRAINS // min(UNITS.values())
NEEDED = {
    "\n": "line end",
    "|": "bar line",
    ":": "colon",
    "X": "letter X",
    "M": "letter M",
    "K": "letter K",
    END: "end of tune",
}
LENGTH_VALUES = sorted(set(LENGTHS.values()))


def build(numbers: Mapping[str, int], conditions: Conditions) -> tuple[list[int], ...]:
    """Build the tables, in the order of `reading`.

    Parameters
    ----------
    numbers
        Of every character of the vocabulary.
    conditions
        What the tune must be.

    Raises
    ------
    GrammarError
        If the vocabulary lacks what every tune needs, or what these conditions need.
    """
    check(numbers, conditions)
    words = WordTable(numbers)
    roots, settings = _add_words(words, conditions)
    classes = [_class_of(symbol) for symbol in sorted(numbers, key=numbers.__getitem__)]
    grains, characters, first = _fill(words)

    def fits(metre: PlayableMeter, unit_length: str) -> bool:
        full = metre.ticks or FREE_BAR
        unit = UNITS[unit_length] if unit_length else metre.default_unit
        return full * 4 % unit == 0 and characters[full * 4 // unit] < IMPOSSIBLE

    known = conditions.headers
    headers = known and HeaderBuilder(known, conditions, fits, words, roots, settings).build()
    headers = headers or HeaderTables([], [], [])
    symbol_of = [numbers.get(chr(code), -1) for code in range(CHARACTERS)]
    return (
        classes,
        rows(set(classes), conditions.leave_out, tidy=conditions.tidy),
        *words.tables(),
        grains,
        characters,
        first,
        roots,
        [metre.ticks or FREE_BAR for metre in METERS],
        [_flags(metre) for metre in METERS],
        [metre.default_unit for metre in METERS],
        list(UNITS.values()),
        [number for row in TUPLETS.values() for number in row],
        symbol_of,
        settings,
        finishes(set(classes)),
        [NUMBERS[SETTLERS[control]] if control in SETTLERS else 0 for control in range(Control.STATES)],
        *form_tables(conditions),
        headers.combinations,
        headers.titles,
        headers.followers,
    )


def check(numbers: Mapping[str, int], conditions: Conditions) -> None:
    """Raise an error that names what the vocabulary lacks."""
    missing = [f"{name} {character!r}" for character, name in NEEDED.items() if character not in numbers]
    if not any(letter in numbers for letter in NOTE_LETTERS):
        missing.append(f"note letters {NOTE_LETTERS}")
    if not any(digit in numbers for digit in "123456789"):
        missing.append("digits")
    if missing:
        raise GrammarError(f"the network's vocabulary lacks what every tune needs: {', '.join(missing)}")
    for letter, value in conditions.fields.items():
        lacking = sorted({character for character in letter + value if character not in numbers})
        if lacking:
            raise GrammarError(f"the network's vocabulary cannot spell {letter}:{value}; it lacks {' '.join(lacking)}")


def _class_of(symbol: str) -> int:
    """Its code point in ASCII, CHARACTERS - 1 beyond; 0 for what is never written."""
    code = ord(symbol)
    if code >= CHARACTERS:
        return CHARACTERS - 1 if symbol.isprintable() else 0
    return code if 32 <= code < CHARACTERS - 1 or symbol in "\t\n" + END else 0


def _flags(metre: PlayableMeter) -> int:
    return (
        MeterFlag.ACCOMPANIED * metre.accompanied
        | MeterFlag.HORNPIPE * metre.hornpipe
        | MeterFlag.THREES * metre.meter.tuplets_take_three(Dialect.STANDARD)
        | MeterFlag.LASTING_THREES * metre.meter.tuplets_take_three(Dialect.ABC2MIDI)
        | MeterFlag.FREE * (metre.meter.bar is None)
    )


def _fill(words: WordTable) -> tuple[list[int], list[int], list[int]]:
    """Grains of each length, and how notes fill a number of grains."""
    spelled: dict[int, str] = {}
    for word, value in LENGTHS.items():
        if words.spells(word) and len(word) < len(spelled.get(value, word + " ")):
            spelled[value] = word
    indices = [index for index, value in enumerate(LENGTH_VALUES) if value in spelled]
    characters, first = fill_table(
        [LENGTH_VALUES[index] for index in indices], [spelled[LENGTH_VALUES[index]] for index in indices], MOST_GRAINS
    )
    return list(LENGTH_VALUES), characters, [indices[number] if number >= 0 else -1 for number in first]


def _add_words(words: WordTable, conditions: Conditions) -> tuple[list[int], list[int]]:
    """Add all words; return the root of each field's values by its letter, and the settings."""
    roots = [0] * CHARACTERS
    metres = {metre.word: number for number, metre in enumerate(METERS)}
    units = {word: number for number, word in enumerate(UNITS)}
    roots[ord("M")] = words.add(_only(metres, conditions.meter))
    roots[ord("L")] = words.add(_only(units, conditions.unit_length))
    roots[ord("K")] = _add_keys(words, conditions)
    roots[ord("Q")] = _add_tempos(words)
    roots[ord("%")] = words.add(dict.fromkeys(DIRECTIVES, MOST_VALUES))
    if conditions.rhythm is not None:
        roots[ord("R")] = words.add({conditions.rhythm: 0})
    if conditions.title is not None:
        roots[ord("T")] = words.add({conditions.title: MOST_VALUES})
    settings = [0] * Setup.COUNT
    settings[Setup.END_SYMBOL] = words.numbers[END]
    settings[Setup.REQUIRED] = Seen.M
    for bit, value in ((Seen.L, conditions.unit_length), (Seen.R, conditions.rhythm), (Seen.T, conditions.title)):
        settings[Setup.REQUIRED] |= bit if value is not None else 0
    settings[Setup.HORNPIPES] = int(conditions.rhythm is not None and is_hornpipe(conditions.rhythm))
    settings[Setup.TIDY] = int(conditions.tidy)
    settings[Setup.UNIT_VALUE] = LENGTH_VALUES.index(GRAINS)
    settings[Setup.LENGTH_ROOT] = words.add({word: LENGTH_VALUES.index(value) for word, value in LENGTHS.items()})
    settings[Setup.TUPLET_ROOT] = words.add({word: number for number, word in enumerate(TUPLETS)})
    settings[Setup.RHYTHM_ROOT] = words.add({"hornpipe": 1, "Hornpipe": 1})
    settings[Setup.NAME_ROOT] = _add_names(words)
    settings[Setup.SIGN_ROOT] = words.add(SIGNS)
    settings[Setup.ROOM] = 60 + sum(len(text or "") + 4 for text in (conditions.title, conditions.rhythm))
    return roots, settings


def _only(words: Mapping[str, int], wanted: str | None) -> Mapping[str, int]:
    return words if wanted is None else {wanted: words[wanted]}


def _add_keys(words: WordTable, conditions: Conditions) -> int:
    """Keys; unless the tune is to be tidy, also with ``M`` for minor and with an accidental of their own."""
    root = words.add(_only(KEYS, conditions.key))
    if conditions.key is None and not conditions.tidy:
        words.add({key + "M": KEYS[key + "m"] for key in CHORD_ROOTS if key + "m" in KEYS}, root)
        for tonic in sorted(set(KEYS.values())):
            altered = words.add({sign + letter: tonic for sign in ACCIDENTALS for letter in NOTE_LETTERS})
            keys = [key for key, value in KEYS.items() if value == tonic and key[0] in NATURAL_PITCHES]
            words.add({key + " ": tonic for key in keys}, root)
            words.graft(root, [*(key + " " for key in keys), *(key for key in keys if key not in CHORD_ROOTS)], altered)
    return root


def _add_tempos(words: WordTable) -> int:
    """Numbers of beats in a minute, with or without a length of the beat, and the names that abc2midi knows."""
    root = words.add(dict.fromkeys(TEMPO_NAMES, MOST_VALUES))
    count = words.add({str(number): MOST_VALUES for number in range(FEWEST_BEATS, MOST_BEATS + 1)})
    words.graft(root, TEMPO_BEATS, count)
    return words.add({str(number): MOST_VALUES for number in range(FEWEST_BEATS, MOST_BEATS + 1)}, root)


def _add_names(words: WordTable) -> int:
    """Chords by root, name and bass, with or without a parenthesis before them."""
    bass = words.add(dict.fromkeys(CHORD_ROOTS, MOST_VALUES))
    names = words.add(dict.fromkeys(CHORD_NAMES, MOST_VALUES))
    words.graft(names, [name + "/" for name in CHORD_NAMES], bass)
    root = words.place()
    words.graft(root, CHORD_ROOTS, names)
    words.graft(root, [f"({chord}" for chord in CHORD_ROOTS], names)
    return root


def rows(spoken: set[int], left_out: str, *, tidy: bool = False) -> list[int]:
    """The flat table of rules.

    Parameters
    ----------
    spoken
        Classes of the characters that the vocabulary has.
    left_out
        Letters of fields that are never written; other characters, such as ``%``, that never come.
    tidy
        Whether no field but ``K:`` may stand among the music.

    Returns
    -------
    rows
        ``rows[state * CHARACTERS + class]`` is an action's number times `Control.STATES` plus the state after
        it; 0 where refused.
    """
    table = [0] * (Control.STATES * CHARACTERS)
    for control, characters, action, after in RULES:
        for character in characters:
            table[control * CHARACTERS + ord(character)] = NUMBERS[action] * Control.STATES + after if action else 0
    _leave_out(table, left_out)
    if tidy:
        _tidy(table)
    for control in range(Control.STATES):
        for code in range(CHARACTERS):
            if code not in spoken:
                table[control * CHARACTERS + code] = 0
    return table


def finishes(spoken: set[int]) -> list[int]:
    """For each state the code point of `FINISHING_CHARACTERS`, 0 where there is none."""
    table = [0] * Control.STATES
    for control, characters in FINISHING_CHARACTERS:
        table[control] = next((ord(character) for character in characters if ord(character) in spoken), 0)
    return table


def _leave_out(table: list[int], left_out: str) -> None:
    for letter in left_out:
        for control in (Control.HEAD, Control.BRACKET) if letter.isalpha() else range(Control.STATES):
            table[control * CHARACTERS + ord(letter)] = 0
        if letter in BODY_TEXTS + INSTRUCTIONS + "wV":
            table[Control.BODY * CHARACTERS + ord(letter)] = table[Control.SLURRED * CHARACTERS + ord(letter)]


def _tidy(table: list[int]) -> None:
    for letter in UNTIDY:
        table[Control.BODY * CHARACTERS + ord(letter)] = table[Control.SLURRED * CHARACTERS + ord(letter)]
        table[Control.BRACKET * CHARACTERS + ord(letter)] = 0
    for control, characters in UNTIDY_SIGNS:
        for character in characters:
            table[control * CHARACTERS + ord(character)] = 0
