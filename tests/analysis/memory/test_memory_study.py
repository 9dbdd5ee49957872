"""Does a study of memory hold the same measurements for every kind of unit?"""

import json
from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.memory.context_loss import context_losses
from tunewright.analysis.memory.gradient_decay import gradient_decay
from tunewright.analysis.memory.memory_study import study_memory
from tunewright.analysis.units.counterparts import untrained_like
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError
from tunewright.model.network import load_network


@pytest.fixture(scope="module")
def tunes(tiny_tunes):
    return [Tune(text, Path("tiny.abc"), 1, len(text)) for text in tiny_tunes[:8]]


@pytest.mark.parametrize(("cell", "gates"), [("lstm", 3), ("gru", 2), ("rnn", 0)])
def test_every_kind_of_unit_is_measured_alike(untrained, tunes, cell, gates):
    model, told = untrained(cell=cell, units=8, embedding=4), []
    study = study_memory(model, tunes, progress=lambda doing, share: told.append((share, doing)))
    assert (study.cell, study.units, study.layers, study.tunes) == (cell, 8, 1, 8)
    assert study.characters == sum(len(tune.framed) for tune in tunes)
    assert len(study.gates) == gates
    framed = [model.vocabulary.encode(tune.framed) for tune in tunes]
    assert study.trained == gradient_decay(load_network(model), framed)
    assert study.untrained == gradient_decay(load_network(untrained_like(model)), framed)
    assert study.trained != study.untrained
    assert study.context == context_losses(load_network(model), framed)
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    content = json.loads(json.dumps(study.as_json(), allow_nan=False))
    assert content["trained"]["growth"] == list(study.trained.growth)
    assert np.isfinite(content["context"]["full"])


def test_characters_that_the_network_does_not_know_are_left_out(untrained, tunes):
    model = untrained(cell="rnn", units=4, embedding=0)
    strange = [Tune(tune.text.replace("T:", "T:é"), tune.path, 1, len(tune.text)) for tune in tunes]
    assert study_memory(model, strange).characters == study_memory(model, tunes).characters


@pytest.mark.parametrize("texts", [[], ["ééé\n"], ["é"]])
def test_nothing_to_read_is_an_error(untrained, texts):
    model = untrained(cell="rnn", units=4)
    short = [Tune(text, Path("x.abc"), 1, len(text)) for text in texts]
    with pytest.raises(CorpusError, match=r"no tune has a character that the network knows|fewer than 10 characters"):
        study_memory(model, short)
