"""Repairs: each kind by an example, and human tunes that are damaged in a known way and must come back as they were."""

import re

import pytest

from tunewright.notation.check import check
from tunewright.notation.findings import KINDS
from tunewright.notation.repairs.repair import PROPOSALS, find_repair

HEAD = "X:1\nT:a\nM:4/4\nL:1/8\nK:D\n"
BAR = "ABcd efga|"

REPAIRED = [
    # code, text, and the text repaired
    ("number-missing", "T:a\nM:4/4\nK:D\n", "X:1\nT:a\nM:4/4\nK:D\n"),
    ("number-unknown", "X:a7.\nT:a\nM:4/4\nK:D\n", "X:7\nT:a\nM:4/4\nK:D\n"),
    ("meter-unknown", "X:1\nT:a\nM:2-2\nK:D\n", "X:1\nT:a\nM:2/2\nK:D\n"),
    ("meter-unknown", "X:1\nT:a\nM:c|\nK:D\n", "X:1\nT:a\nM:C|\nK:D\n"),
    ("unit-length-unknown", "X:1\nT:a\nM:4/4\nL:/8\nK:D\n", "X:1\nT:a\nM:4/4\nL:1/8\nK:D\n"),
    ("key-unknown", "X:1\nT:a\nM:4/4\nK:dmix\n", "X:1\nT:a\nM:4/4\nK:Dmix\n"),
    ("tempo-unknown", "X:1\nT:a\nM:4/4\nQ:lively\nK:D\n", 'X:1\nT:a\nM:4/4\nQ:"lively"\nK:D\n'),
    ("field-order", "X:1\nM:4/4\nT:a\nK:D\n", "X:1\nT:a\nM:4/4\nK:D\n"),
    ("line-ignored", "X:1\nT:a\nas played by Joe\nM:4/4\nK:D\n", "X:1\nT:a\n% as played by Joe\nM:4/4\nK:D\n"),
    ("blank-line-in-header", "X:1\nT:a\n\nM:4/4\nK:D\n", "X:1\nT:a\nM:4/4\nK:D\n"),
    ("music-after-blank-line", HEAD + BAR + "\n\n", HEAD + BAR + "\n"),
    ("bar-too-long", HEAD + BAR + BAR[:-1], HEAD + BAR + BAR),
    ("bar-too-short", HEAD + BAR + "ABcd |efga|", HEAD + BAR + "ABcd efga|"),
    ("bar-too-short", HEAD + BAR + "A6|", HEAD + BAR + "A8|"),
    ("repeat-opened-twice", HEAD + f"|:{BAR}:", HEAD + "|:ABcd efga::"),
    ("tie-without-note", HEAD + "ABcd e-fga|", HEAD + "ABcd (ef)ga|"),
    ("broken-rhythm-without-note", HEAD + ">", HEAD),
    ("chord-unclosed", HEAD + BAR + "[A8c8e8|", HEAD + BAR + "[A8c8e8]|"),
    ("chord-empty", HEAD + "[]", HEAD),
    ("chord-lengths-differ", HEAD + "[A2c4]Bcd efg|", HEAD + "[A2c2]Bcd efg|"),
    ("grace-not-opened", HEAD + BAR + "A}Bcde fga|", HEAD + BAR + "ABcde fga|"),
    ("quote-unclosed", HEAD + '"Am7 ', HEAD + '"Am7" '),
    ("chord-symbol-unknown", HEAD + '"softly"', HEAD + '"^softly"'),
    ("decoration-unknown", HEAD + "!tril!", HEAD + "!trill!"),
    ("decoration-unclosed", HEAD + "!fermata ", HEAD + "!fermata! "),
    ("accidental-without-note", HEAD + "^ ", HEAD + "^"),
    ("unknown-character", HEAD + "A#Bcd efga|", HEAD + "^ABcd efga|"),
    ("unknown-character", HEAD + "AB@@cd efga|", HEAD + BAR),
]


def only(text: str, code: str):
    return next(finding for finding in check(text) if finding.code == code)


@pytest.mark.parametrize(
    ("code", "damaged", "repaired"), REPAIRED, ids=[f"{row[0]}-{n}" for n, row in enumerate(REPAIRED)]
)
def test_repair(code: str, damaged: str, repaired: str) -> None:
    rest = f"{BAR}ABcd efga|]\n"
    text = damaged + rest
    repair = find_repair(text, only(text, code))
    assert repair is not None
    after = repair.applied(text)
    assert after == repaired + rest
    assert sum(finding.code == code for finding in check(after)) < sum(finding.code == code for finding in check(text))


def test_a_repeat_is_closed_at_the_only_end_of_a_section() -> None:
    text = f"{HEAD}|:{BAR}ABcd efga|]\n"
    repair = find_repair(text, only(text, "repeat-not-closed"))
    assert repair is not None
    assert repair.applied(text) == f"{HEAD}|:{BAR}ABcd efga:|\n"


def test_a_bracket_at_the_end_of_the_text_goes() -> None:
    text = f"{HEAD}{BAR}["
    for code in ("chord-unclosed", "chord-empty"):
        repair = find_repair(text, only(text, code))
        assert repair is not None
        assert repair.applied(text) == f"{HEAD}{BAR}"


def test_every_proposal_is_for_a_finding() -> None:
    assert set(PROPOSALS) <= set(KINDS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{HEAD}{BAR}ABcd efg|{BAR}", "bar-too-short"),  # any note might be longer
        (f"{HEAD}|:{BAR}ABcd efga||{BAR}ABcd efga|]", "repeat-not-closed"),  # at || or at |]
        (f"{HEAD}{BAR}(ABcd efga|]", "slur-unclosed"),
        ("X:1\nT:a\nM:4/4\nK:Q\nABcd efga|]\n", "key-unknown"),
        (f"{HEAD}{BAR}(3AB|{BAR}", "tuplet-unfinished"),
    ],
)
def test_nothing_is_offered_where_one_would_have_to_choose(text: str, code: str) -> None:
    assert find_repair(text, only(text, code)) is None


def test_a_finding_in_the_second_tune_of_a_book_is_repaired_there() -> None:
    book = f"{HEAD}{BAR}ABcd efga|]\n\n{HEAD}{BAR}ABcd @efga|]\n"
    repair = find_repair(book, only(book, "unknown-character"))
    assert repair is not None
    assert repair.applied(book) == book.replace("@", "")


def damaged(text: str) -> list[tuple[str, str]]:
    """Texts with one fault each, and the code of its finding."""
    faults = []
    body = text.index("\nK:") + 1
    body = text.index("\n", body) + 1
    if note := re.compile(r"(?<=[a-gA-G])(?=[a-gA-G])").search(text, body):
        faults.append((f"{text[: note.start()]}@{text[note.start() :]}", "unknown-character"))
    if bar := re.compile(r"(?<=[a-g] )\|(?= [a-gA-G])").search(text, body + 40):
        faults.append((text[: bar.start()] + text[bar.end() :], "bar-too-long"))
    if text.startswith("X:"):
        faults.append((text[text.index("\n") + 1 :], "number-missing"))
    faults.append(
        (re.sub(r"^K: *([A-G])", lambda key: "K:" + key[1].lower(), text, count=1, flags=re.M), "key-unknown")
    )
    return faults


@pytest.mark.slow
def test_damaged_human_tunes_come_back_note_for_note(oneills_folder) -> None:
    import tunewright
    from tunewright.notation.melody import read_melody

    tried = back = 0
    for tune in tunewright.read_tunes(oneills_folder)[:400:5]:
        if any(finding.severity == "error" for finding in check(tune.text)):
            continue
        for text, code in damaged(tune.text):
            found = [finding for finding in check(text) if finding.code == code]
            if not found:
                continue
            tried += 1
            repair = find_repair(text, found[0])
            notes = [note[:4] for note in read_melody(repair.applied(text)).notes] if repair else []
            back += notes == [note[:4] for note in read_melody(tune.text).notes]
    assert tried > 150
    assert back / tried >= 0.95, f"{back} of {tried}"
