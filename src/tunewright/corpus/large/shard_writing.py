"""Writer of the shards of a built corpus, from its pieces (see `tunewright.corpus.large.pieces`).

Duplicates, groups, the validation tunes and the vocabulary are decided from the arrays of all pieces together. Then the
ids of each piece are written again, training and validation tunes apart, in the symbols of the whole corpus. Nothing
here depends on time, place or number of processes: the same pieces make the same bytes.

Memory: about 60 bytes for each tune, never a text.

Shapes: N tunes of all pieces, M those that are kept.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.checksums import digest, sealed_json
from tunewright.corpus.grouping import COLUMNS, Keys, group_labels
from tunewright.corpus.large.built_corpus import FAILURES, FORMAT, INDEX, Side
from tunewright.corpus.large.pieces import PieceFile
from tunewright.corpus.large.workers import Run
from tunewright.corpus.split import VALIDATION_FRACTION, hold_back
from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CorpusError, OutputError
from tunewright.files import write_file

PIECES_PER_SHARD = 32

TRAINING, VALIDATION, LEFT_OUT = 0, 1, 2
SIDES: tuple[Side, Side] = ("training", "validation")

Sides = NDArray[np.uint8]
"""For each tune TRAINING, VALIDATION or LEFT_OUT, shape=(N,)."""


def write_shards(
    paths: Sequence[Path], apart: int, folder: Path, run: Run, *, keep_duplicates: bool, sources: bytes
) -> Iterator[float]:
    """Write the shards and at last the index of a corpus; yields the share of the work that is done.

    Parameters
    ----------
    paths
        The pieces, in the order of the sources.
    apart
        Number of pieces at the end that hold validation tunes; if 0, a tenth of the tunes is held back.
    folder
        Folder of the corpus.
    run
        Calls functions, perhaps in other processes; see `tunewright.corpus.large.workers`.
    sources
        The list of sources; the index keeps its checksum.

    Raises
    ------
    CorpusError
        If there is no training tune or no validation tune.
    OptionError
        If all tunes are settings of one.
    VocabularyError
        If they have more than 65,536 different characters.
    """
    if not paths:
        raise _no_tune({}, "train on")
    pieces = [PieceFile(path) for path in paths]
    edges = list(accumulate(map(len, pieces), initial=0))
    failures = _write_failures(pieces, folder)
    sides = _sides(pieces, edges, apart, keep_duplicates=keep_duplicates)
    if not (sides == TRAINING).any() or not (sides == VALIDATION).any():
        raise _no_tune(failures, "train on" if not (sides == TRAINING).any() else "validate on")
    yield 0.3
    parts = [sides[first:last] for first, last in pairwise(edges)]
    counts = _symbol_counts(run(_count_symbols, zip(paths, parts, strict=True)))
    yield 0.4
    vocabulary = sorted(counts[TRAINING].keys() - {START, END})
    others = sorted(counts[VALIDATION].keys() - {START, END, *vocabulary})
    symbols = Vocabulary("".join((START, END, *vocabulary, *others)))
    known = len(vocabulary) + 2
    groups = range(0, len(paths), PIECES_PER_SHARD)
    jobs = [
        (number, paths[first : first + PIECES_PER_SHARD], parts[first : first + PIECES_PER_SHARD], symbols, folder)
        for number, first in enumerate(groups)
    ]
    shards: dict[Side, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for number, written in enumerate(run(_write_group, jobs), 1):
        for side, entry in written.items():
            shards[side].append(entry)
        yield 0.4 + 0.6 * number / len(jobs)
    index = {
        "format": FORMAT,
        "symbols": symbols.symbols,
        "vocabulary": known,
        "dtype": symbols.dtype.newbyteorder("<").str,
        "fingerprint": _fingerprint(symbols.symbols[:known], shards),
        "sources_sha256": digest(sources),
        "duplicates": int((sides == LEFT_OUT).sum()),
        "failures": failures,
        "unknown": list(_unknown(pieces, parts, symbols.symbols[:known])) if others else [],
    }
    for number, side in enumerate(SIDES):
        index[side] = {
            **_write_numbers(pieces, parts, number, folder),
            "counts": [counts[number][symbol] for symbol in symbols.symbols],
            "shards": shards[side],
        }
    write_file(folder / INDEX, sealed_json(index, indent=1))


def _sides(pieces: Sequence[PieceFile], edges: Sequence[int], apart: int, *, keep_duplicates: bool) -> Sides:
    """Return the side of each tune; the last `apart` pieces hold validation tunes."""
    split = edges[len(pieces) - apart]
    sides = np.full(edges[-1], TRAINING, np.uint8)
    sides[split:] = VALIDATION
    if not keep_duplicates:
        contents = np.concatenate([piece.array("contents") for piece in pieces])[:split]
        first = np.zeros(split, np.bool_)
        first[np.unique(contents, return_index=True)[1]] = True
        sides[:split][~first] = LEFT_OUT
    if not apart:
        kept = np.flatnonzero(sides == TRAINING)
        sides[kept[_held_back(pieces, edges, kept)]] = VALIDATION
    return sides


def _held_back(pieces: Sequence[PieceFile], edges: Sequence[int], kept: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return true for those of the tunes numbered `kept` to hold back for validation, shape=(M,)."""

    def column(number: int) -> Keys:
        return np.concatenate([piece.key_column(number) for piece in pieces])[kept]

    if not kept.size:
        return np.empty(0, np.bool_)
    titles = np.concatenate([piece.array("titles") for piece in pieces])
    titled = np.concatenate([piece.array("titled") + first for piece, first in zip(pieces, edges, strict=False)])
    numbers = np.full(edges[-1], -1)
    numbers[kept] = np.arange(len(kept))
    telling = numbers[titled] >= 0
    labels = group_labels(len(kept), map(column, range(COLUMNS)), titles[telling], numbers[titled[telling]])
    return hold_back(column(0), labels, VALIDATION_FRACTION)


def _symbol_counts(found: Iterator[list[dict[str, int]]]) -> list[Counter[str]]:
    """Add up the results of `_count_symbols`."""
    counts = [Counter[str](), Counter[str]()]
    for piece in found:
        for total, part in zip(counts, piece, strict=True):
            total.update(part)
    return counts


def _count_symbols(path: Path, sides: Sides) -> list[dict[str, int]]:
    """Count the symbols in the training tunes and in the validation tunes of a piece."""
    piece = PieceFile(path)
    ids, lengths = piece.array("ids"), piece.array("lengths")
    found = []
    for side in (TRAINING, VALIDATION):
        chosen = ids[np.repeat(sides == side, lengths)]
        counts = np.bincount(chosen, minlength=len(piece.symbols)).tolist()
        found.append({symbol: count for symbol, count in zip(piece.symbols, counts, strict=True) if count})
    return found


def _write_group(
    number: int, paths: Sequence[Path], parts: Sequence[Sides], symbols: Vocabulary, folder: Path
) -> dict[Side, dict[str, Any]]:
    """Write one shard for each side from some pieces; returns their entries in the index."""
    written: dict[Side, dict[str, Any]] = {}
    for code, side in enumerate(SIDES):
        path = folder / f"{side}-{number:05}.ids"
        if entry := _write_ids(path, paths, [part == code for part in parts], symbols):
            written[side] = entry
        else:
            path.unlink(missing_ok=True)
    return written


def _write_ids(
    path: Path, paths: Sequence[Path], chosen: Sequence[NDArray[np.bool_]], symbols: Vocabulary
) -> dict[str, Any] | None:
    """Write the ids of the chosen tunes of some pieces, one tune after the other; None if there are none."""
    if not any(part.any() for part in chosen):
        return None
    sha256, size = hashlib.sha256(), 0
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("wb") as file:
            for source, part in zip(paths, chosen, strict=True):
                piece = PieceFile(source)
                kept = piece.array("ids")[np.repeat(part, piece.array("lengths"))]
                # symbols that none of these tunes has may be missing from the vocabulary
                table = np.array([max(0, symbols.symbols.find(symbol)) for symbol in piece.symbols])
                data = table.astype(symbols.dtype.newbyteorder("<"))[kept].tobytes()
                sha256.update(data)
                size += file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", path=path) from error
    return {"file": path.name, "bytes": size, "sha256": sha256.hexdigest()}


def _write_numbers(pieces: Sequence[PieceFile], parts: Sequence[Sides], side: int, folder: Path) -> dict[str, Any]:
    """Write the lengths and sizes of the tunes of one side; returns that part of its entry in the index."""
    entry: dict[str, Any] = {}
    for name in ("lengths", "sizes"):
        numbers = np.concatenate(
            [piece.array(name)[part == side] for piece, part in zip(pieces, parts, strict=True)]
        ).astype("<u4")
        path = folder / f"{SIDES[side]}.{name}"
        write_file(path, numbers.tobytes())
        entry[name] = {
            "file": path.name, "bytes": numbers.nbytes, "sha256": digest(numbers.tobytes()),
        }  # fmt: skip
        entry[{"lengths": "characters", "sizes": "source_characters"}[name]] = int(numbers.sum(dtype=np.int64))
        entry["tunes"] = len(numbers)
    return entry


def _lines_before(pieces: Sequence[PieceFile]) -> Iterator[int]:
    """Yield for each piece the number of lines before it in its file; 0 for one of whole files."""
    lines = 0
    for piece in pieces:
        lines = lines if piece.goes_on else 0
        yield lines
        lines += piece.line_ends


def _write_failures(pieces: Sequence[PieceFile], folder: Path) -> dict[str, int]:
    """Write the failures, a JSON object on each line; returns the number of failures by reason."""
    counts: Counter[str] = Counter()
    temporary = folder / f".{FAILURES}.new"
    with temporary.open("w", encoding="utf-8") as file:
        for piece, before in zip(pieces, _lines_before(pieces), strict=True):
            for name, line, reason in piece.failures:
                counts[reason] += 1
                shown = {"path": piece.names[name], "line": line + before, "reason": reason}
                file.write(json.dumps(shown, ensure_ascii=False) + "\n")
    temporary.replace(folder / FAILURES)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _unknown(pieces: Sequence[PieceFile], parts: Sequence[Sides], known: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield every character of a validation tune outside the vocabulary: itself, file, line, column."""
    vocabulary = Vocabulary(known)
    for piece, part, before in zip(pieces, parts, _lines_before(pieces), strict=True):
        if set(piece.symbols) <= set(known):
            continue
        ids, lengths = piece.array("ids"), piece.array("lengths")
        ends = np.cumsum(lengths, dtype=np.int64)
        for tune in np.flatnonzero(part == VALIDATION).tolist():
            text = "".join(piece.symbols[each] for each in ids[ends[tune] - lengths[tune] + 1 : ends[tune] - 1])
            line, name = int(piece.array("lines")[tune]) + before, piece.names[piece.array("named")[tune]]
            for found in vocabulary.unknown(text, line=line):
                yield found.character, name, found.line, found.column


def _fingerprint(vocabulary: str, shards: Mapping[Side, Sequence[Mapping[str, Any]]]) -> str:
    sha256 = hashlib.sha256(vocabulary.encode("utf-8"))
    for side in SIDES:
        for shard in shards[side]:
            sha256.update(f"{side} {shard['sha256']}".encode())
    return sha256.hexdigest()


def _no_tune(failures: Mapping[str, int], purpose: str) -> CorpusError:
    counts = [(reason, f"{count:,} times" if count > 1 else "once") for reason, count in list(failures.items())[:3]]
    reasons = "; ".join(f"{reason} ({often})" for reason, often in counts)
    return CorpusError(f"no tune to {purpose} could be read{': ' if reasons else ''}{reasons}")
