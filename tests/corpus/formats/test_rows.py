"""Tables of other people: rows become the tunes that they hold."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.formats.rows import is_json, read_csv, read_json
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError

SESSION = {
    "tune_id": "12", "setting_id": "34", "name": "Dan's, The", "type": "jig", "meter": "6/8", "mode": "Edorian",
    "abc": '|:"Em"e2f gfe|\r\n\r\ndef g3:|', "date": "2020-01-01", "username": "ann",
}  # fmt: skip
SESSION_TUNE = 'X:34\nT:Dan\'s, The\nR:jig\nM:6/8\nL:1/8\nK:Edor\n|:"Em"e2f gfe|\ndef g3:|\n'
WHOLE = "X:1\nL:1/8\nM:4/4\nK:D\nabc|\n"


def as_csv(*rows, delimiter=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().replace("\r", "")


def csv_tunes(text, name="tunes.csv", text_field=None):
    return list(read_csv(text, Path(name), text_field))


def json_tunes(text, text_field=None):
    return list(read_json(text, Path("tunes.json"), text_field))


FORMATS = {
    "csv": lambda rows: csv_tunes(as_csv(*rows)),
    "tsv": lambda rows: csv_tunes(as_csv(*rows, delimiter="\t"), "tunes.tsv"),
    "json list": lambda rows: json_tunes(json.dumps(rows)),
    "indented json list": lambda rows: json_tunes(json.dumps(rows, indent=2)),
    "json lines": lambda rows: json_tunes("".join(json.dumps(row) + "\n" for row in rows)),
}


@pytest.mark.parametrize("read", FORMATS.values(), ids=FORMATS)
def test_a_session_row_gets_its_header(read):
    first, second = read([SESSION, SESSION | {"setting_id": "35"}])
    assert first.text == SESSION_TUNE
    assert first.identity == second.identity == "12"
    assert first.source_characters == len(SESSION_TUNE) + 1
    assert second.text == SESSION_TUNE.replace("X:34", "X:35")


@pytest.mark.parametrize("read", FORMATS.values(), ids=FORMATS)
def test_a_whole_tune_is_left_as_it_is(read):
    (tune,) = read([{"abc notation": WHOLE, "control code": "S:2\nB:5", "key": "G"}])
    assert (tune.text, tune.identity) == (WHOLE, None)


def test_a_change_of_key_within_the_music_is_no_header():
    (tune,) = json_tunes(json.dumps(SESSION | {"abc": "abc|\nK:D\ndef|"}))
    assert tune.text.endswith("K:Edor\nabc|\nK:D\ndef|\n")


@pytest.mark.parametrize(
    ("mode", "key"), [("Gmajor", "Gmaj"), ("F#minor", "F#min"), ("Amixolydian", "Amix"), ("D", "D"), ("HP", "HP")]
)
def test_modes_are_written_short(mode, key):
    (tune,) = json_tunes(json.dumps(SESSION | {"mode": mode}))
    assert f"\nK:{key}\n" in tune.text


def test_missing_columns_leave_their_fields_out():
    (tune,) = json_tunes('{"abc": "abc|", "key": "D", "name": null}')
    assert tune.text == "X:1\nL:1/8\nK:D\nabc|\n"


def test_the_text_field_can_be_named():
    assert json_tunes(json.dumps({"Output": WHOLE, "abc": "no"}), "output")[0].text == WHOLE
    assert csv_tunes(as_csv({"Output": WHOLE}), text_field="Output")[0].text == WHOLE


def test_a_text_that_holds_its_own_key_needs_no_columns():
    assert json_tunes('{"text": "T:a\\nK:C\\nabc|"}')[0].text == "T:a\nK:C\nabc|\n"


def test_rows_know_their_lines():
    other = SESSION | {"abc": "d3 e3|"}
    assert [tune.line for tune in csv_tunes(as_csv(SESSION, other))] == [2, 5]
    assert [tune.line for tune in json_tunes(json.dumps([SESSION, other], indent=1))] == [2, 13]
    assert [tune.line for tune in json_tunes("\n".join(map(json.dumps, [SESSION, other])))] == [1, 2]


def test_bad_rows_are_reported_and_left_out():
    lines = [
        json.dumps(SESSION),
        '{"abc": "abc',
        '{"name": "no tune"}',
        "17",
        '{"abc": "abc|"}',
        '{"abc": " "}',
        '{"abc": 5}',
    ]
    found = json_tunes("\n".join(lines))
    assert isinstance(found[0], Tune)
    assert [failure.line for failure in found[1:]] == [2, 3, 4, 5, 6, 7]
    reasons = [failure.reason for failure in found[1:]]
    assert reasons[0] == "broken JSON: invalid control character"
    assert "'abc notation'" in reasons[1]
    assert reasons[2:5] == [
        "a JSON value that is not an object with named fields",
        "a tune without a K: field, and no key or mode beside it",
        "an empty tune",
    ]


def test_a_broken_list_keeps_what_came_before():
    found = json_tunes("[" + json.dumps(SESSION) + ',\n{"abc": }]')
    assert found[0].text == SESSION_TUNE
    assert isinstance(found[1], Failure)
    assert found[1].line == 2


def test_deep_and_long_values_are_failures():
    assert "nested too deeply" in json_tunes('{"abc": ' + "[" * 100_000)[0].reason
    assert "nested too deeply, or a number too long" in json_tunes('{"abc": ' + "1" * 10_000 + "}")[0].reason


def test_a_table_without_tunes_names_its_columns():
    with pytest.raises(CorpusError, match=r"tunes\.csv:1: .*'abc'.*its columns are id, name"):
        csv_tunes("id,name\n1,a\n")
    with pytest.raises(CorpusError, match="'melody' was looked for"):
        csv_tunes("id,abc\n1,a\n", text_field="melody")


def test_huge_fields_are_read_and_the_limit_put_back():
    before = csv.field_size_limit()
    (tune,) = csv_tunes(as_csv(SESSION | {"abc": "abcd|\n" * 50_000}))
    assert len(tune.text) > 300_000
    assert csv.field_size_limit() == before


def test_short_and_empty_rows_are_survived():
    found = csv_tunes("name,abc,mode\n\nshort\na,abc|,C\nb,abc|,C,more\n")
    assert [isinstance(item, Tune) for item in found] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"abc": 1}', True),
        ('[\n {"a"', True),
        ("[{}]", True),
        ("[V:1] abc", False),
        ("{abc}d|", False),
        ("X:1", False),
    ],
)
def test_json_is_told_from_abc(text, answer):
    assert is_json(text) is answer


safe_text = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), exclude_characters="<&")
)


@given(st.lists(safe_text, min_size=1), st.sampled_from(sorted(FORMATS)))
def test_what_was_written_is_read(titles, name):
    texts = [f"X:1\nT:{title}\nK:C\nabc|\n" for title in titles]
    assert [tune.text for tune in FORMATS[name]([{"abc": text} for text in texts])] == texts
