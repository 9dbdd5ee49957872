"""Is all cited that should be, and nothing else, whatever authors write?"""

import re
from pathlib import Path

import pytest

import tunewright.report
from tunewright.report.paper.documents import references, with_known_citations, works
from tunewright.report.paper.text import asset_text

OWN = "@book{knuth:tex,\n  author = {Knuth, Donald},\n  title = {The TeXbook},\n  year = {1984}\n}"


def test_of_the_whole_list_of_works_no_more_than_is_cited_is_taken(tmp_path):
    known = works(tmp_path)
    cited = references("as in [@elman1990finding]", known)
    assert re.findall(r"^@\w+\{(.+),$", cited, re.MULTILINE) == ["elman1990finding"]
    keys = re.findall(r"^@\w+\{(.+),$", asset_text("references.bib"), re.MULTILINE)
    assert keys == list(known)
    assert len(keys) == len(set(keys))
    folder = Path(tunewright.report.__file__).parent
    files = [*(folder / "assets").glob("*.md"), *(folder / "paper").glob("*.py")]
    words = "".join(path.read_text(encoding="utf-8") for path in files)
    assert [key for key in keys if f"@{key}" not in words] == []


def test_authors_may_cite_works_of_their_own(tmp_path):
    (tmp_path / "references.bib").write_text(OWN, encoding="utf-8")  # without a line end, as editors leave it
    known = works(tmp_path)
    assert list(known)[-1] == "knuth:tex"
    assert references("See [@knuth:tex; @elman1990finding].", known).count("author") == 2
    assert "Knuth" not in references("", known)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Ann (@ann) drew [@elman1990finding].", r"Ann (\@ann) drew [@elman1990finding]."),
        ("[-@elman1990finding], @elman1990finding: and [@nobody2020]", None),
        ("ann@example.org", r"ann\@example.org"),
        (r"\@ann and a @ b", r"\@ann and a @ b"),
        ("@{elman1990finding}", r"\@{elman1990finding}"),
    ],
)
def test_what_nobody_knows_is_no_citation(tmp_path, written, text):
    expected = written.replace("[@nobody", r"[\@nobody") if text is None else text
    assert with_known_citations(written, works(tmp_path)) == expected
