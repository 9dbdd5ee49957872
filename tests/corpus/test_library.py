"""Named corpora are found, without importing music21."""

import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tunewright.corpus.library import LIBRARY, find_corpus, resolve
from tunewright.corpus.readers import read_tunes
from tunewright.errors import CorpusError, MissingExtraError


def test_oneills_is_where_music21_keeps_it(oneills_folder):
    assert find_corpus("oneills") == oneills_folder
    assert resolve("oneills") == oneills_folder


@pytest.mark.usefixtures("oneills_folder")
@pytest.mark.parametrize("name", LIBRARY)
def test_every_corpus_holds_tunes(name):
    assert len(read_tunes(find_corpus(name)).tunes) > 1000


@pytest.mark.usefixtures("oneills_folder")
def test_music21_is_not_imported():
    code = "from tunewright.corpus.library import find_corpus; find_corpus('ryans')"
    code += "; import sys; print('music21' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_without_music21_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # noqa: ARG005
    with pytest.raises(MissingExtraError, match=r"The corpus 'ryans' needs .*tunewright\[corpora\]"):
        find_corpus("ryans")


def test_a_music21_without_scores_is_told(monkeypatch, tmp_path):
    package = ModuleSpec("music21", None, is_package=True)
    package.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: package)  # noqa: ARG005
    with pytest.raises(CorpusError, match="came without its scores"):
        find_corpus("oneills")


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(
        CorpusError, match=r"no corpus is called 'ryan' \(did you mean 'ryans'\?\); there are oneills, ryans"
    ):
        find_corpus("ryan")
    with pytest.raises(
        CorpusError, match=r"^O'Neills: does not exist \(did you mean 'oneills'\?\); a file, a folder or"
    ):
        resolve("O'Neills")


def test_an_existing_path_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ryans").write_text("X:1\nK:C\nabc|\n", encoding="utf-8")
    assert resolve("ryans") == Path("ryans")
