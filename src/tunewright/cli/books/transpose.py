"""The command `tunewright transpose`: tunes in another key, all other text unchanged."""

import sys
from collections.abc import Iterator
from dataclasses import replace

from tunewright.cli.console import say, say_tune, warn
from tunewright.cli.ending import FINDINGS, MISTAKE
from tunewright.cli.flags import NamedPath, Whole
from tunewright.cli.sources import SHOWN
from tunewright.corpus.decoding import decode
from tunewright.corpus.formats.rows import is_json
from tunewright.corpus.formats.tokens import is_tokens
from tunewright.corpus.formats.wrappers import Unwrapped, from_quoted_printable, unwrap
from tunewright.corpus.library import resolve
from tunewright.corpus.sources import Source, find_sources
from tunewright.corpus.tune import Failure
from tunewright.errors import CorpusError, OptionError, TranspositionError
from tunewright.files import write_file
from tunewright.notation.transpose import By, MovedBook, transpose_book

_NOT_ABC = (".csv", ".tsv")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def transpose(*files: str, semitones: Whole | None = None, key: str | None = None, out: NamedPath | None = None) -> int:
    """Write tunes in another key; everything else in the files stays as it is.

    A tune that cannot be transposed exactly stays as it is, and is named with the reason.

    Parameters
    ----------
    files
        Files, folders or archives with tunes in ABC, or the names of corpora on this machine.
    semitones
        How far up; down if negative.
    key
        The tonic of the new key, such as Bb, which is reached by the shorter way; every tune keeps its mode.
    out
        The file to write; without it the tunes are printed.

    Returns
    -------
    int
        Exit status: 0 if every tune was moved, 1 if some, or some chord symbols, stay as they are,
        2 if none was moved (then nothing is written).
    """
    by = _by(semitones, key)
    if not files:
        raise CorpusError("no file or folder was named; at least one with tunes is needed")
    books = [_moved(source, by) for path in map(resolve, files) for source in find_sources(path)]
    moved, left = sum(book.moved for book in books), [reason for book in books for reason in book.left]
    for reason in left[:SHOWN]:
        warn(f"not moved: {reason}")
    if len(left) > SHOWN:
        warn(f"not moved: {len(left) - SHOWN} more")
    kept = [reason for book in books for reason in book.kept]
    for reason in kept[:SHOWN]:
        warn(f"kept: {reason}")
    if len(kept) > SHOWN:
        warn(f"kept: {len(kept) - SHOWN} more")
    if not moved:
        if not left:
            raise CorpusError(f"no tune in {', '.join(files)}")
        return MISTAKE
    content = "".join(_joined(books))
    if out:
        write_file(out, content.encode("utf-8", "surrogateescape"))
        say(f"{moved:,} tunes moved in {out}")
    else:
        _print_as_it_is(content)
    return FINDINGS if left or kept else 0


def _print_as_it_is(content: str) -> None:
    """Print the bytes of a file; on a terminal, its characters."""
    if sys.stdout.isatty():
        say_tune(content, end="")
        return
    sys.stdout.buffer.write(content.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()


def _by(semitones: int | None, key: str | None) -> By:
    if (semitones is None) is (key is None):
        given = "both were given" if key is not None else "neither was given"
        raise OptionError(f"give one of --semitones and --key; {given}")
    return semitones if semitones is not None else key or ""


def _moved(source: Source | Failure, by: By) -> MovedBook:
    if isinstance(source, Failure):
        raise CorpusError(source.reason, path=source.path, line=source.line)
    text = decode(source.data, source.path)
    if source.suffix in _NOT_ABC or is_json(text) or is_tokens(text):
        raise CorpusError("is a table or tokens; only ABC files can be transposed", path=source.path)
    if source.data.startswith(_UTF_16):
        raise CorpusError("is UTF-16 text; save it as UTF-8 first", path=source.path)
    # Not the decoded text: line ends and bytes of any encoding stay as they are.
    whole = source.data.decode("utf-8", "surrogateescape")
    if from_quoted_printable(whole) != whole:
        raise CorpusError("is quoted-printable, as mail programs write; save it as plain text first", path=source.path)
    unwrapped = unwrap(whole)
    book = transpose_book(unwrapped.text, by, path=source.path)
    return replace(
        book,
        text=unwrapped.wrapped(book.text),
        left=tuple(_in_file(reason, unwrapped) for reason in book.left),
        kept=tuple(_in_file(reason, unwrapped) for reason in book.kept),
    )


def _in_file(reason: TranspositionError, unwrapped: Unwrapped) -> TranspositionError:
    """Return `reason` with the column in the file, in which tunes may be indented."""
    if reason.line is None or reason.column is None:
        return reason
    column = unwrapped.column(reason.line, reason.column)
    return TranspositionError(reason.message, path=reason.path, line=reason.line, column=column)


def _joined(books: list[MovedBook]) -> Iterator[str]:
    """Yield the texts of `books`, a blank line between one and the next."""
    for number, book in enumerate(books):
        if number and books[number - 1].text:
            before = books[number - 1].text
            yield "" if before.endswith(("\n\n", "\n\r\n")) else "\n" if before.endswith("\n") else "\n\n"
        yield book.text
