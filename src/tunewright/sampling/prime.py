"""The beginning of a tune (prime) that the user gives: text, or header fields.

Text may be a few characters, or a file such as the assignment's ``fur_elise.txt``; header fields are written in the
order of the standard. The tags ``<start>`` and ``<end>`` of the assignment's data are removed: composing adds the
boundaries itself.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import UnknownCharacter, Vocabulary
from tunewright.errors import InputError, OptionError, VocabularyError

HEADER_FIELDS = {"title": "T", "rhythm": "R", "meter": "M", "unit_length": "L", "key": "K"}
"""Options and their field letters, in the order of the fields in a tune."""

ALLOWED = {
    "meter": (r"[1-9]\d*(\+[1-9]\d*)*/[1-9]\d*|C\|?|none", "a fraction such as 6/8, C, C| or none"),
    "unit_length": (r"1/[1-9]\d*", "a fraction such as 1/8"),
    "key": (r"([A-G][#b]?|none|HP|Hp).*", "a note such as G, Bb or F#, with a mode after it if not major (Edor, Am)"),
}


def header(**values: str | None) -> str:
    """Return the first lines of a tune with these fields: title, rhythm, meter, unit_length, key.

    Raises
    ------
    OptionError
        For a value that is not allowed in its field.
    """
    lines = ["X:1"]
    for name, letter in HEADER_FIELDS.items():
        value = values.get(name)
        if value is None:
            continue
        pattern, allowed = ALLOWED.get(name, (r"[^\n\r]+", "one line of text"))
        if not re.fullmatch(pattern, value.strip()) or "\n" in value:
            raise OptionError(f"{name.replace('_', '-')} is {value!r}; allowed: {allowed}")
        lines.append(f"{letter}:{value.strip()}")
    return "\n".join(lines) + "\n"


def read_text(path: Path) -> str:
    """The text of a file.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8 or holds nothing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text: {error.reason} at byte {error.start}", path=path) from error
    if not text.strip():
        raise InputError("is empty; a tune or its beginning was expected", path=path)
    return text


def fit_prime(
    text: str, vocabulary: Vocabulary, *, drop_unknown: bool = False, path: Path | None = None
) -> tuple[str, list[UnknownCharacter]]:
    """Convert `text` to a beginning that the network can read.

    Parameters
    ----------
    text
        Text of the user.
    vocabulary
        Vocabulary of the network.
    drop_unknown
        True leaves unknown characters out, instead of raising an error.
    path
        File of the text, for the error.

    Returns
    -------
    prime, unknown
        The text, and the characters that were left out.

    Raises
    ------
    VocabularyError
        If there are unknown characters; it names each with its places.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(START, "").replace(END, "")
    body = re.sub(r"\A\ufeff?(\s*<start>[ \t]*\n?)?", "", text)
    first_line = 1 + text[: len(text) - len(body)].count("\n")
    body = re.sub(r"<end>\s*\Z", "", body)
    unknown = vocabulary.unknown(body, path=path, line=first_line)
    if unknown and not drop_unknown:
        raise VocabularyError(
            f"the network has never seen {name_characters(unknown)}; remove them, or give --drop-unknown",
            path=path,
            line=unknown[0].line,
            column=unknown[0].column,
        )
    strange = {found.character for found in unknown}
    return "".join(character for character in body if character not in strange), unknown


def name_characters(unknown: Sequence[UnknownCharacter], places: int = 3) -> str:
    """Return each character once with its first places, such as ``'é' (3:14, 5:2)``."""
    by_character: dict[str, list[str]] = {}
    for found in unknown:
        by_character.setdefault(found.character, []).append(f"{found.line}:{found.column}")
    return ", ".join(
        f"{character!r} ({', '.join(where[:places])}{', ...' if len(where) > places else ''})"
        for character, where in by_character.items()
    )
