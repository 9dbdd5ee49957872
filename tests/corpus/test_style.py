import pytest

from tunewright.corpus.style import header_style, style_of


def tune(title: str, rest: str) -> str:
    return f"X:1\nT:{title}\n{rest}\nK:D\nDEF GAB|\n"


TUNES = [
    tune("The Old Reel", "R:reel\nM:C|\nL:1/8"),
    tune("Ann's Fancy, The", "M:6/8\nL:1/8\nR:Jig"),
    tune("Hit or Miss -- REEL", "R:reel\nM:C|\nL:1/8"),
    tune("Ann's Jig", "R:jig\nM:6/8"),
    tune("Sad", "M:3/4\nL:1/8\nT:The Second Title"),
]


def test_combinations_are_counted_as_headers():
    assert header_style(TUNES)["combinations"] == {
        "T:reel\nR:reel\nM:C|\nL:1/8": 2,
        "R:Jig\nM:6/8\nL:1/8": 1,
        "T:jig\nR:jig\nM:6/8": 1,
        "M:3/4\nL:1/8": 1,
    }


def test_words_are_kept_by_place():
    titles = header_style(TUNES)["titles"]
    assert titles["first"].split() == ["The", "Ann's", "Hit", "Sad"]
    assert set(titles["last"].split()) == {"Reel", "The", "REEL", "Jig", "Sad", "Title"}
    assert set(titles["inner"].split()) == {"Old", "Fancy,", "or", "Miss", "--", "Second"}
    assert titles["longest"] == 5
    assert titles["naming"] == "jig reel"
    assert titles["followed"]["--"] == "reel"


def test_common_words_are_told_with_their_neighbours():
    titles = [*["The Old Mill"] * 9, "Bells of the Old Mill", *["Bells of Old Ann"] * 9, *["Bells of the Hill"] * 9]
    found = header_style([tune(title, "M:C") for title in titles])["titles"]
    assert set(found["common"].split()) == {"the", "old", "mill", "bells", "of"}
    assert found["common"].startswith("the ")
    assert set(found["followed"]["the"].split()) == {"old", "*"}
    assert set(found["followed"]["of"].split()) == {"the", "old"}
    assert found["followed"]["mill"] == "."


def test_no_title_stands_in_it():
    style = header_style(TUNES)
    assert len(style["title_numbers"]) == 8 * 6
    assert "Hit or Miss" not in str(style)


def test_a_former_style_is_added_to():
    former = style_of(TUNES)
    own = [tune("New Reel", "R:reel\nM:C|\nL:1/8"), tune("Polka", "R:polka\nM:7/8\nL:1/8")]
    both = style_of(own, former)["headers"]
    assert both["combinations"]["T:reel\nR:reel\nM:C|\nL:1/8"] == 3
    assert both["combinations"]["R:polka\nM:7/8\nL:1/8"] == 1
    assert {"Hit", "New", "Polka"} <= set(both["titles"]["first"].split())
    assert len(both["title_numbers"]) == 8 * 8
    assert style_of(own)["headers"]["titles"]["naming"] == ""
    assert both["titles"]["naming"] == former["headers"]["titles"]["naming"]


@pytest.mark.parametrize("texts", [[], ["X:1\nK:C\nCDE|\n"], ["X:1\nT: \nM:4/4\nK:C\nC|\n"]])
def test_a_corpus_may_lack_headers(texts):
    style = header_style(texts)
    assert style["title_numbers"] == ""
    assert style["titles"]["first"] == ""
