"""The command `tunewright render`: scores, MIDI, sound and pages of tunes."""

from rich.progress import Progress

from tunewright.cli.console import say
from tunewright.cli.ending import INTERRUPTED, MISTAKE, stop_on_signal
from tunewright.cli.flags import NamedPath
from tunewright.cli.safe_console import SafeConsole
from tunewright.cli.sources import read_sources
from tunewright.files import claim_folder
from tunewright.rendering.batch import render_tunes
from tunewright.rendering.formats import parse_formats


def render(
    *files: str, to: str = "svg,midi,wav,html", out: NamedPath, force: bool = False, soundfont: NamedPath | None = None
) -> int:
    """Turn tunes into scores, MIDI, sound or a page that plays them.

    A tune that cannot be rendered is named with the reason; the others are rendered all the same.

    Parameters
    ----------
    files
        Files, folders or archives with tunes, or the names of corpora on this machine.
    to
        Formats, separated by commas: abc, musicxml, svg, png, pdf, midi, wav, opus, html.
    out
        The folder to write. A tune's files are named after its source, its place in that, and its title.
    force
        Write into --out even if it holds something; files of the same names are replaced.
    soundfont
        An SF2 file to play the tunes with; without it TimGM6mb is used.

    Returns
    -------
    int
        Exit status: 2 if nothing at all could be rendered, else 0.
    """
    formats = parse_formats(to)
    tunes = read_sources(*files, keep_duplicates=True)
    claim_folder(out, force=force)
    console = SafeConsole(stderr=True, soft_wrap=True)
    written = failed = 0
    bar = Progress(console=console, transient=True, disable=not console.is_terminal)
    with stop_on_signal() as stopped, bar:
        task = bar.add_task("rendering", total=len(tunes) * len(formats))
        for outcome in render_tunes(tunes, formats, out, soundfont=soundfont):
            if outcome.reason:
                failed += 1
                place = f"{outcome.tune.path}:{outcome.tune.line}"
                bar.console.print(f"{place}: no {outcome.format}: {outcome.reason}")
            else:
                written += 1
            if outcome.doubt:
                place = f"{outcome.tune.path}:{outcome.tune.line}"
                bar.console.print(f"{place}: {outcome.format} in doubt: {outcome.doubt}")
            bar.advance(task)
            if stopped:
                break
    say(f"{written} files in {out}" + (f"; {failed} could not be made" if failed else ""))
    if stopped:
        say("stopped")
        return INTERRUPTED
    return 0 if written else MISTAKE
