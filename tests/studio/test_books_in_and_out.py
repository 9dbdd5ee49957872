"""Are all files that the readers read brought in, with what is wrong in them told, and do books hold every tune?"""

import gzip
import io
import json
import re
import subprocess
import tempfile
import zipfile
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright import read_tunes
from tunewright.studio.route import Refused, Upload
from tunewright.studio.settings import Settings
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.book_export import MOST_TUNES, export_book
from tunewright.studio.tunebook.book_import import delete_book, import_books, restore_book
from tunewright.studio.tunebook.tune_list import TuneFilter, all_numbers, list_tunes

GOOD = "X:1\nT:Good one\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|\n"
OTHER = GOOD.replace("Good one", "Other").replace("DEFG", "dcBA")
BROKEN = f"{GOOD}\nX:2\nT:No key\nM:4/4\nABc|\n\n{OTHER}"


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return packed.getvalue()


@pytest.fixture
def book(tmp_path):
    with closing(Tunebook(Settings(folder=tmp_path))) as opened:
        yield opened


def titles(book, **wanted):
    with book.file.reading() as connection:
        return [tune.title for tune in list_tunes(connection, TuneFilter(**wanted), 0, 100).tunes]


def kept(book):
    with book.file.reading() as connection:
        numbers = all_numbers(connection, TuneFilter())
    return [book.tune(number) for number in numbers]


FILES = {
    "tunes.abc": f"{GOOD}\n{OTHER}".encode(),
    "TUNES.ABC": f"{GOOD}\n{OTHER}".encode("utf-16"),
    "tunes.txt": f"<start>\n{GOOD}<end>\n<start>\n{OTHER}<end>\n".encode(),
    "tunes.abc.gz": gzip.compress(f"{GOOD}\n{OTHER}".encode()),
    "tunes.zip": zipped(one__abc=GOOD, two__abc=OTHER),
    "tunes.json": json.dumps([{"abc": GOOD}, {"abc": OTHER}]).encode(),
    "tunes.csv": ("abc\n" + "".join('"' + each.replace('"', '""') + '"\n' for each in (GOOD, OTHER))).encode(),
    "no suffix": f"{GOOD}\n{OTHER}".encode(),
    "../../etc/evil.abc": f"{GOOD}\n{OTHER}".encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_every_form_is_brought_in(book, name):
    report = import_books(book, [Upload(name, FILES[name])], "new")
    assert (report.added, report.duplicates, report.failures) == (2, 0, ())
    assert titles(book, tag="new") == ["Good one", "Other"]
    assert {tune.book for tune in kept(book)} == {name.rpartition("/")[2]}


def test_what_is_wrong_is_told_and_the_rest_brought_in(book):
    report = import_books(
        book, [Upload("jigs.abc", BROKEN.encode()), Upload("empty.abc", b""), Upload("a.zip", b"PK..")]
    )
    assert (report.added, report.failed, report.name) == (2, 3, "jigs.abc and 2 more")
    assert [(each.file, each.line) for each in report.failures] == [("jigs.abc", 8), ("empty.abc", 1), ("a.zip", 1)]
    assert report.failures[0].reason == "a tune without a K: field"
    assert "book" not in report.failures[2].reason
    assert titles(book) == ["Good one", "Other"]


def test_failures_within_an_archive_name_its_file(book):
    report = import_books(book, [Upload("all.zip", zipped(good__abc=GOOD, bad__abc=BROKEN))])
    assert [(each.file, each.line) for each in report.failures] == [("all.zip/bad.abc", 8)]


def test_what_is_there_already_is_counted_and_left_as_it_is(book):
    number = book.keep(GOOD, ["mine"], {"seed": 1}).id
    report = import_books(book, [Upload("a.abc", f"{GOOD}\n{OTHER}\n{OTHER}".encode())])
    assert (report.added, report.duplicates) == (1, 2)
    assert (book.tune(number).provenance, book.tune(number).book) == ({"seed": 1}, "")


def test_a_book_can_be_taken_out_and_brought_back(book):
    book.keep(GOOD)
    report = import_books(book, [Upload("a.abc", f"{GOOD}\n{OTHER}".encode())])
    with book.file.writing() as connection:
        assert delete_book(connection, report.book) == 1
    assert titles(book) == ["Good one"]
    with book.file.writing() as connection:
        assert restore_book(connection, report.book) == 1
    assert titles(book) == ["Good one", "Other"]


def test_no_file_is_refused(book):
    with pytest.raises(Refused, match="no file was given"):
        import_books(book, [])


@pytest.fixture(scope="module")
def book_of_any(tmp_path_factory):
    with closing(Tunebook(Settings(folder=tmp_path_factory.mktemp("any")))) as opened:
        yield opened


any_names = st.sampled_from([*FILES, "x.jsonl", "x.tsv", "x.abh", "x.zip.gz"])


@given(any_names, st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_file_is_read_or_reported(book_of_any, name, content):
    report = import_books(book_of_any, [Upload(name, content)])
    assert report.added + report.duplicates + report.failed > 0
    assert all(tempfile.gettempdir() not in each.reason for each in report.failures)


def many(book, texts):
    import_books(book, [Upload("many.abc", "\n".join(texts).encode())])
    return kept(book)


def test_a_book_of_abc_is_read_back_as_the_same_tunes(book, tiny_tunes, tmp_path):
    tunes = many(book, tiny_tunes)
    made = export_book(tunes, "abc", "My Book")
    assert (made.name, made.media_type) == ("my-book.abc", "text/vnd.abc; charset=utf-8")
    path = tmp_path / "back.abc"
    path.write_bytes(made.content)
    back = read_tunes(path)
    assert ([tune.text.partition("\n")[2] for tune in back], back.failures) == (
        [tune.text.partition("\n")[2] for tune in tunes],
        (),
    )
    assert [tune.text.partition("\n")[0] for tune in back] == [f"X:{number}" for number in range(1, 31)]


def test_what_composed_a_tune_stands_in_the_book(book):
    book.keep(GOOD, provenance={"network": "oneills", "seed": 3, "nothing": None, "note": "a\nb"})
    assert (
        export_book(kept(book), "abc", "x")
        .content.decode()
        .startswith("X:1\n% network: oneills\n% seed: 3\n% note: a b\nT:Good one\n")
    )


def test_an_archive_holds_text_and_midi_of_each_tune(book):
    many(book, [GOOD, OTHER])
    with zipfile.ZipFile(io.BytesIO(export_book(kept(book), "zip", "Two Tunes").content)) as archive:
        names = archive.namelist()
        assert names == [
            "two-tunes/two-tunes.abc",
            "two-tunes/tunes/two-tunes-1-good-one.abc", "two-tunes/tunes/two-tunes-1-good-one.mid",
            "two-tunes/tunes/two-tunes-2-other.abc", "two-tunes/tunes/two-tunes-2-other.mid",
        ]  # fmt: skip
        assert archive.read(names[1]).decode() == GOOD
        assert archive.read(names[2]).startswith(b"MThd")


@pytest.mark.slow
def test_a_pdf_has_contents_with_pages_and_every_tune(book, tiny_tunes, tmp_path, require_program):
    long = "X:1\nT:Long\nK:D\n" + "DEFG ABcd|\n" * 40
    hostile = GOOD.replace("Good one", '#pagebreak() $x$ *b* "q" \\ <tag>')
    tunes = many(book, [*tiny_tunes[:12], hostile, "X:1\nT:Only rests\nK:D\nz4|\nx4|\n", long])
    path = tmp_path / "book.pdf"
    path.write_bytes(export_book(tunes, "pdf", "A *Book* of #tunes").content)
    command = [require_program("pdftotext"), "-layout", path, "-"]
    pages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")[:-1]
    title, *lines = [line.strip() for line in pages[0].splitlines() if line.strip()]
    assert title == "A *Book* of #tunes"
    entries = [re.fullmatch(r"(.+?)[ .\u2060]{9,}(\d+)", line) for line in lines[:-1]]
    contents = {entry[1]: entry[2] for entry in entries}
    assert list(contents) == [tune.title for tune in tunes]
    for name, number in contents.items():
        assert name in pages[int(number) - 1]
    assert int(contents["Made-up tune 1"]) - int(contents["Long"]) >= 3  # forty lines need more pages


def test_a_page_plays_every_tune_and_holds_no_markup_of_theirs(book):
    book.keep(GOOD.replace("Good one", "<script>alert(1)</script>"))
    book.keep(OTHER)
    html = export_book(kept(book), "html", "<b>").content.decode()
    assert html.count("<audio") == 2
    assert "alert(1)</script>" not in html
    assert "<h1>&lt;b&gt;" in html


@pytest.mark.parametrize("form", ["abc", "pdf", "html", "zip"])
def test_empty_and_too_large_books_are_refused_with_words(book, form, monkeypatch):
    with pytest.raises(Refused, match="no tune fits"):
        export_book([], form, "x")
    monkeypatch.setitem(MOST_TUNES, form, 1)
    with pytest.raises(Refused, match="2 tunes were chosen; at most 1 fit"):
        export_book(many(book, [GOOD, OTHER]), form, "x")
