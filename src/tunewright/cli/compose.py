"""The command `tunewright compose`."""

import sys
from pathlib import Path

from tunewright.cli.flags import flags_of, given, override
from tunewright.errors import InputError, OptionError
from tunewright.model.checkpoint import Checkpoint, read_checkpoint
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.prime import fit_prime, header, name_characters

FORMATS = "abc,midi,svg,wav,html"
CompositionFlags = flags_of(CompositionConfig, title="Composing")


def compose(
    model: Path,
    *,
    count: int = 1,
    out: Path | None = None,
    format: str | None = None,  # noqa: A002
    force: bool = False,
    prime: str | None = None,
    prime_file: Path | None = None,
    drop_unknown: bool = False,
    title: str | None = None,
    rhythm: str | None = None,
    meter: str | None = None,
    unit_length: str | None = None,
    key: str | None = None,
    composition: CompositionFlags | None = None,  # type: ignore[valid-type]
) -> int:
    """Compose new tunes.

    Without --out the tunes are printed, a single one character by character as it is written.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    count
        How many tunes; number n, from 0, has seed + n.
    out
        A folder to write the tunes to.
    format
        What to write there, separated by commas: abc, midi, svg, png, pdf, wav, opus, html. Without it abc, midi, svg,
        wav and html.
    force
        Write into a folder that holds something already.
    prime
        How each tune begins.
    prime_file
        A file that says how each tune begins.
    drop_unknown
        Leave out characters of the beginning that the network has never seen.
    title
        A title to begin with.
    rhythm
        A kind of tune to begin with, such as reel.
    meter
        A metre to begin with, such as 6/8.
    unit_length
        A unit note length to begin with, such as 1/8.
    key
        A key to begin with, such as Edor; the notes follow.
    """
    config = override(CompositionConfig(), (given(composition), None))
    if count < 1:
        raise OptionError(f"count is {count}; allowed: 1 or more")
    if format is not None and out is None:
        raise OptionError("--format says what to write; give --out, the folder to write to, with it")
    fields = {"title": title, "rhythm": rhythm, "meter": meter, "unit_length": unit_length, "key": key}
    checkpoint = read_checkpoint(model)
    beginning = choose_beginning(checkpoint, prime, prime_file, fields, drop_unknown=drop_unknown)
    if out is None:
        print_tunes(checkpoint, config, count, beginning)
        return 0
    from tunewright.cli.composed_files import Order, write_tunes

    return write_tunes(Order(checkpoint, str(model), config, count, beginning, out, format or FORMATS, force))


def choose_beginning(
    checkpoint: Checkpoint,
    prime: str | None,
    prime_file: Path | None,
    fields: dict[str, str | None],
    *,
    drop_unknown: bool,
) -> str:
    """The one beginning that was asked for, made fit for the network."""
    asked = [prime is not None, prime_file is not None, any(value is not None for value in fields.values())]
    if sum(asked) > 1:
        raise OptionError("give one beginning only: --prime, --prime-file, or header fields such as --key")
    if prime is not None:
        text = prime.replace("\\n", "\n")
    elif prime_file is not None:
        text = read_text(prime_file)
    else:
        text = header(**fields) if any(asked) else ""
    fitted, unknown = fit_prime(text, checkpoint.vocabulary, drop_unknown=drop_unknown, path=prime_file)
    if unknown:
        print(f"left out of the beginning: {name_characters(unknown)}", file=sys.stderr)
    return fitted


def read_text(path: Path) -> str:
    """The text of a file, whatever the user gave."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text: {error.reason} at byte {error.start}", path=path) from error
    if not text.strip():
        raise InputError("is empty; a tune's beginning was expected", path=path)
    return text


def print_tunes(checkpoint: Checkpoint, config: CompositionConfig, count: int, beginning: str) -> None:
    """Print one tune as it comes, or several as they are finished."""
    from tunewright.sampling.compose import Composition, compose_many
    from tunewright.sampling.compose import compose as compose_one

    if count == 1:
        composing = compose_one(checkpoint, config, prime=beginning)
        try:
            while True:
                print(next(composing), end="", flush=True)
        except StopIteration as stop:
            composition: Composition = stop.value
        print(end="" if composition.text.endswith("\n") else "\n")
        if not composition.ended:
            print(f"stopped at --max-length ({config.max_length} characters)", file=sys.stderr)
        return
    for composition in compose_many(checkpoint, count, config, prime=beginning):
        print(composition.text.rstrip("\n"), end="\n\n", flush=True)
