"""Is the index of a corpus kept, opened and renewed, with the same answers throughout?"""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from stored_files import rewrite

from tunewright.analysis.originality import corpus_index
from tunewright.analysis.originality.corpus_index import OriginalityIndex, checksum_of, originality_index
from tunewright.analysis.originality.index_files import HEADER_FILE
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.errors import IndexFolderError, OutputError


@pytest.fixture(scope="module")
def tunes(tiny_corpus):
    return read_tunes(tiny_corpus).tunes


@pytest.fixture(scope="module")
def index(tunes):
    return OriginalityIndex.build(tunes)


@pytest.fixture
def builds(monkeypatch):
    """Grows by one with each index that is built."""
    counted, build = [], OriginalityIndex.build
    monkeypatch.setattr(OriginalityIndex, "build", lambda *given: counted.append(1) or build(*given))
    return counted


def strange_texts():
    generator = random.Random(5)
    letters = "ABCDEFGabcdefg|:[]()/234'-,^_=z \nKML:1\"!é€"
    return ["", "K:C\n", *("".join(generator.choices(letters, k=200)) for _ in range(5))]


def test_a_kept_index_gives_the_same_answers(index, tunes, tmp_path):
    index.save(tmp_path / "kept")
    opened = OriginalityIndex.open(tmp_path / "kept")
    assert (opened.tunes, opened.checksum, opened.scale) == (30, index.checksum, index.scale)
    for text in [tunes[3].text, tunes[4].text.upper(), *strange_texts()]:
        assert opened.query(text) == index.query(text)


def test_a_corpus_tune_is_copied_and_a_new_one_is_set_beside_the_scale(index, tunes):
    assert index.query(tunes[7].text).verdict == "copied"
    found = index.query("M:4/4\nL:1/8\nK:D\nd8|A8|F4 D4|G4 E4|A,2 C2 E2 G2|F3 E D4|B8|A4 A,4|d8|\n")
    assert found.human_tunes == index.scale.tunes >= 20
    assert set(found.standings) == {"characters", "bars", "similarity", "passage"}
    assert found.verdict in ("new", "close")


def test_the_scale_leaves_each_tune_itself_out(index, tunes):
    assert index.scale.tunes + index.scale.settings == len(tunes)
    assert max(index.scale.figures["similarity"]) < 0.6
    own = index.scale_of([tune.text for tune in tunes])
    assert (own.tunes, own.settings) == (0, len(tunes))  # not left out, each is a copy of itself


def test_the_scale_leaves_other_settings_out(tunes):
    """A second setting under the same title, with one bar of its own, raises nobody's figures."""
    settings = [
        replace(tune, text=tune.text.replace("X:", "X:9").replace(":|\n|:", ":|\n|:A2 B2|"), line=tune.line + 1)
        for tune in tunes
    ]
    both = OriginalityIndex.build([*tunes, *settings])
    assert both.query(tunes[0].text, both.scale).span.tunes >= 1
    assert max(both.scale.figures["similarity"]) < 0.6
    assert both.scale.settings == 0


def test_held_out_tunes_make_a_scale(tunes):
    training, held_out = split_tunes(tunes, validation_fraction=0.5)
    index = OriginalityIndex.build(training)
    told = []
    scale = index.scale_of([tune.text for tune in held_out], lambda doing, share: told.append((doing, share)))
    assert scale.tunes + scale.settings == len(held_out)
    assert told[-1] == ("measuring human tunes", 1.0)
    assert index.query(held_out[0].text, scale).human_tunes == scale.tunes


def test_an_index_is_built_once_and_opened_after_that(tunes, tmp_path, builds):
    first = originality_index(tunes, cache=tmp_path)
    second = originality_index(tunes, cache=tmp_path)
    assert len(builds) == 1
    assert first.query(tunes[1].text) == second.query(tunes[1].text)
    assert [path.name for path in tmp_path.iterdir()] == [checksum_of(tunes)]


def test_a_stale_index_is_built_anew(tunes, tmp_path, builds):
    originality_index(tunes[:10], cache=tmp_path)
    kept = tmp_path / checksum_of(tunes[:10])
    kept.rename(tmp_path / checksum_of(tunes[:11]))
    assert originality_index(tunes[:11], cache=tmp_path).tunes == 11
    assert len(builds) == 2


def test_a_damaged_index_is_built_anew(tunes, tmp_path, builds):
    originality_index(tunes[:10], cache=tmp_path)
    for damage in (b"{}", b""):
        (tmp_path / checksum_of(tunes[:10]) / HEADER_FILE).write_bytes(damage)
        assert originality_index(tunes[:10], cache=tmp_path).tunes == 10
    assert len(builds) == 3


def test_a_header_without_what_is_needed_is_refused(index, tmp_path):
    index.save(tmp_path / "kept")
    header = tmp_path / "kept" / HEADER_FILE
    rewrite(header, lambda about: about["header"].update(letters=about["header"].pop("alphabet")))
    with pytest.raises(IndexFolderError, match="alphabet"):
        OriginalityIndex.open(tmp_path / "kept")


def test_a_cache_that_cannot_be_written_does_no_harm(tunes, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    index = originality_index(tunes[:5], cache=tmp_path / "file")
    assert index.query(tunes[0].text).verdict == "copied"
    with pytest.raises(OutputError):
        index.save(tmp_path / "file" / "kept")


def test_the_cache_of_the_user_is_the_default(tunes, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    originality_index(tunes[:3])
    assert (tmp_path / "tunewright" / "originality" / checksum_of(tunes[:3]) / HEADER_FILE).is_file()


def test_the_checksum_knows_texts_places_order_and_program(tunes, monkeypatch):
    first, second = tunes[:2]
    known = checksum_of([first, second])
    others = [
        checksum_of([second, first]),
        checksum_of([first]),
        checksum_of([first, replace(second, text=second.text + "\n")]),
        checksum_of([first, replace(second, line=second.line + 1)]),
        checksum_of([first, replace(second, path=Path("elsewhere"))]),
    ]
    monkeypatch.setattr(corpus_index, "__version__", "another")
    others.append(checksum_of([first, second]))
    assert len({known, *others}) == 7


@pytest.mark.parametrize("count", [0, 1])
def test_a_corpus_of_next_to_nothing_has_no_scale(count, tunes):
    index = OriginalityIndex.build(tunes[:count])
    assert (index.tunes, index.scale.tunes) == (count, 0)
    assert index.query(tunes[1].text).verdict == "unrated"


def test_progress_is_told(tunes):
    told = []
    OriginalityIndex.build(tunes[:4], lambda doing, share: told.append((doing, share)))
    doings = list(dict.fromkeys(doing for doing, _ in told))
    assert doings == ["reading tunes", "sorting", "looking for settings of one tune", "measuring human tunes"]
    assert told[-1] == ("measuring human tunes", 1.0)


def test_torch_is_not_needed():
    code = "import sys, tunewright.analysis.originality.corpus_index\n"
    code += "assert not {'torch', 'scipy', 'numba'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_oneills_tunes_are_found_in_another_key(oneills_folder):
    """The signature a fourth higher and every letter three steps up: the same melody, but for accidentals."""
    tunes = [tune for tune in read_tunes(oneills_folder).tunes[:400] if tune.text.count("\nK:D\n") == 1]
    tunes = [tune for tune in tunes if not set("^_=[") & set(tune.text.partition("\nK:D\n")[2])]
    index = OriginalityIndex.build(tunes[:60])
    steps = "CDEFGABcdefgab"
    higher = {letter: steps[at + 3] for at, letter in enumerate(steps[:-3])}
    higher |= {letter: steps[at - 4] + "'" for at, letter in enumerate(steps) if at > 10}
    for tune in tunes[:60:20]:
        header, _, music = tune.text.partition("\nK:D\n")
        moved = header + "\nK:G\n" + "".join(higher.get(letter, letter) for letter in music)
        found = index.query(moved)
        assert found.nearest[0].similarity > 0.98
        assert found.bars.bars == found.bars.of
        assert found.bars.semitones == 5
        assert f"T:{found.bars.source.title}" in "".join(tune.text.split(" ")) or found.bars.source.title in tune.text
