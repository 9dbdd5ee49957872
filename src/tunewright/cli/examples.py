"""Two examples for each command, which end its ``--help``.

They are shell commands as a person would type them; what follows ``#`` says what one does.
"""

_EXAMPLES = {
    "": (
        "tunewright studio  # compose and practise in the browser",
        "tunewright compose oneills --key G --bars 16 --out tunes",
    ),
    "adapt": (
        "tunewright adapt oneills mytunes.abc --out runs/mine",
        "tunewright adapt runs/reels mytunes --out runs/mine --replay 4 --epochs 10",
    ),
    "check": (
        "tunewright check mytunes.abc",
        "tunewright check tunes --json  # a folder, for another program",
    ),
    "compare": (
        "tunewright compare runs/lstm runs/gru",
        "tunewright compare runs/lstm runs/gru --out losses.svg",
    ),
    "compose": (
        "tunewright compose oneills --key G --meter 6/8 --bars 16 --out tunes",
        "tunewright compose runs/reels --temperature 0.7 --count 20 --keep 3 --seed 1",
    ),
    "corpus": (
        "tunewright corpus oneills",
        "tunewright corpus mytunes.abc --left-out  # what was not read, and why",
    ),
    "corpus build": (
        "tunewright corpus build collection.zip --out built",
        "tunewright corpus build tunes --validation held.abc --out built",
    ),
    "demo": (
        "tunewright demo",
        "tunewright demo --corpus mytunes.abc --minutes 5 --out mydemo",
    ),
    "doctor": (
        "tunewright doctor",
        "tunewright doctor > report.txt  # for a question or a bug report",
    ),
    "evaluate": (
        "tunewright evaluate runs/reels ryans",
        "tunewright evaluate oneills mytunes.abc --dynamic --json",
    ),
    "export": (
        "tunewright export oneills --onnx oneills.onnx",
        "tunewright export runs/reels --onnx reels.onnx",
    ),
    "musicality": (
        "tunewright musicality tunes --corpus oneills",
        "tunewright musicality cold warm --corpus oneills --figure music.svg",
    ),
    "neurons": (
        "tunewright neurons runs/reels --data oneills --out neurons",
        "tunewright neurons runs/reels --data oneills --unit 7 12 --out two",
    ),
    "originality": (
        "tunewright originality tunes --corpus oneills",
        "tunewright originality tunes --corpus oneills --held-out ryans --json",
    ),
    "render": (
        "tunewright render mytunes.abc --out scores",
        "tunewright render tunes --to pdf,midi --out scores",
    ),
    "report": (
        "tunewright report runs/cells --out paper",
        'tunewright report runs/cells --out paper --author "Ann Other"',
    ),
    "studio": (
        "tunewright studio",
        "tunewright studio --host 0.0.0.0 --no-browser  # for other machines too",
    ),
    "study": (
        "tunewright study show plan.toml  # how long will it take?",
        "tunewright study run plan.toml --out runs/cells",
    ),
    "study results": (
        "tunewright study results runs/cells",
        "tunewright study results runs/cells --out tables",
    ),
    "study run": (
        "tunewright study run plan.toml --out runs/cells",
        "tunewright study run plan.toml --data mytunes.abc --out runs/mine --workers 4",
    ),
    "study show": (
        "tunewright study show plan.toml",
        "tunewright study show plan.toml --data mytunes.abc --workers 4",
    ),
    "train": (
        "tunewright train oneills --out runs/reels --preset small",
        "tunewright train mytunes.abc --units 64 --epochs 5 --out runs/mine",
    ),
    "transpose": (
        "tunewright transpose mytunes.abc --key Bb --out in-b-flat.abc",
        "tunewright transpose mytunes.abc --semitones -2",
    ),
}


def commands() -> list[str]:
    """Every command that has examples, such as ``study run``; the program itself is the empty one."""
    return list(_EXAMPLES)


def examples_of(command: str) -> tuple[str, ...]:
    """The examples of a command, each a line for the shell."""
    return _EXAMPLES[command]


def epilogue(command: str) -> str:
    """What ends the help of a command: its examples, a line each, in Markdown."""
    return "  \n".join(["Examples:", *(f"`{example}`" for example in examples_of(command))])
