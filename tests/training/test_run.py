import csv
import math
import shutil
import time
from dataclasses import asdict, replace

import pytest
import torch
from stored_files import rewrite

from tunewright.corpus.readers import read_tunes
from tunewright.errors import CheckpointError, DivergenceError, OptionError, OutputError
from tunewright.model.checkpoint import read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.training import loop
from tunewright.training import run as runs
from tunewright.training.config import TrainingConfig
from tunewright.training.evaluate import evaluate, full_tune_of
from tunewright.training.training_run import train

NETWORK = NetworkConfig(units=10, embedding=6, dropout=0.2, input_dropout=0.1, recurrent_weight_dropout=0.1)
STREAMS = TrainingConfig(epochs=3, sequence_length=20, batch_size=8, threads=1, device="cpu")
WINDOWS = replace(STREAMS, feed="windows")
TUNES = replace(STREAMS, feed="tunes")
LOOKING_BACK = replace(NETWORK, look_back=8)
TRANSFORMER = replace(NETWORK, cell="transformer", recurrent_weight_dropout=0.0)


@pytest.fixture(scope="module")
def tunes(tiny_corpus):
    return read_tunes(tiny_corpus).tunes


@pytest.fixture(autouse=True)
def same_processor_settings_after():
    yield
    torch.set_num_threads(1)


def finish(tunes, out, config=STREAMS, network=NETWORK, **options):
    return list(train(tunes[:24], tunes[24:], out=out, network=network, config=config, **options))


def history_of(run):
    with (run / "history.csv").open(newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def weights_of(run, which="last"):
    return (run / which / "weights.safetensors").read_bytes()


def test_a_run_learns_and_records_every_epoch(tunes, tmp_path):
    steps = finish(tunes, tmp_path / "run", replace(STREAMS, epochs=6, learning_rate=0.02))
    records = [step.record for step in steps if step.record]
    assert [record.epoch for record in records] == [1, 2, 3, 4, 5, 6]
    assert records[-1].validation_full_tune < records[0].validation_full_tune - 0.3
    assert steps[-1].step == steps[-1].steps == len(steps)
    rows = history_of(tmp_path / "run")
    assert [float(row["validation_full_tune"]) for row in rows] == [record.validation_full_tune for record in records]
    best = min(records, key=lambda record: record.validation_full_tune)
    model = read_checkpoint(tmp_path / "run")
    assert model.path == tmp_path / "run" / "best"
    assert model.metrics == asdict(best)
    measured = evaluate(model, tunes[24:])
    assert measured.full_tune.nats_per_char == pytest.approx(best.validation_full_tune, rel=1e-6)
    assert measured.cold_window.nats_per_char == pytest.approx(best.validation_cold_window, rel=1e-6)


WAYS = {
    "streams": (STREAMS, NETWORK),
    "windows": (WINDOWS, NETWORK),
    "tunes": (TUNES, NETWORK),
    "transposed": (replace(STREAMS, transpose=0.5), NETWORK),
    "looking back": (STREAMS, LOOKING_BACK),
    "looking back, tunes transposed": (replace(TUNES, transpose=0.5), replace(LOOKING_BACK, cell="gru")),
    "Transformer": (STREAMS, TRANSFORMER),
    "Transformer, tunes": (TUNES, replace(TRANSFORMER, layers=2)),
}


@pytest.fixture(scope="module", params=WAYS)
def whole(request, tunes, tmp_path_factory):
    """Options, network, and the steps and folder of a run that was never stopped."""
    config, network = WAYS[request.param]
    folder = tmp_path_factory.mktemp("whole") / "run"
    return config, network, finish(tunes, folder, config, network), folder


@pytest.mark.parametrize(
    "share", [0.0, 0.2, 1 / 3, *(pytest.param(each, marks=pytest.mark.slow) for each in (0.5, 0.99))]
)
def test_a_run_that_was_stopped_ends_as_one_that_was_not(tunes, tmp_path, whole, share):
    config, network, steps, folder = whole
    stop_at = max(1, int(len(steps) * share))
    stopped = train(tunes[:24], tunes[24:], out=tmp_path / "stopped", network=network, config=config)
    before = [next(stopped) for _ in range(stop_at)]
    stopped.close()
    after = finish(tunes, tmp_path / "stopped", config, network, resume=True)
    assert [step.loss for step in before + after] == [step.loss for step in steps]
    assert history_of(tmp_path / "stopped") == history_of(folder)
    for which in ("best", "last"):
        assert weights_of(tmp_path / "stopped", which) == weights_of(folder, which)


@pytest.mark.parametrize("optimizer", ["muon", "adam", "nadam", "rmsprop", "sgd"])
@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_every_optimiser_and_cell_goes_on_exactly(tunes, tmp_path, optimizer, cell):
    config = replace(STREAMS, optimizer=optimizer, epochs=1, learning_rate=0.01)
    network = replace(NETWORK, cell=cell, layers=2)
    finish(tunes, tmp_path / "whole", config, network)
    stopped = train(tunes[:24], tunes[24:], out=tmp_path / "stopped", network=network, config=config)
    next(stopped)
    stopped.close()
    finish(tunes, tmp_path / "stopped", config, network, resume=True)
    assert weights_of(tmp_path / "stopped") == weights_of(tmp_path / "whole")


def test_a_run_that_was_killed_goes_on_from_its_last_epoch(tunes, tmp_path):
    finish(tunes, tmp_path / "whole")
    killed = train(tunes[:24], tunes[24:], out=tmp_path / "killed", network=NETWORK, config=STREAMS)
    while not next(killed).record:
        pass
    next(killed)
    shutil.copytree(tmp_path / "killed", tmp_path / "left")  # what a killed process would leave behind
    killed.close()
    finish(tunes, tmp_path / "left", resume=True)
    assert history_of(tmp_path / "left") == history_of(tmp_path / "whole")
    assert weights_of(tmp_path / "left") == weights_of(tmp_path / "whole")


def test_within_a_long_epoch_it_saves_now_and_then(tunes, tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "SAVE_EVERY_SECONDS", 0.0)
    steps = train(tunes[:24], tunes[24:], out=tmp_path / "run", network=NETWORK, config=STREAMS)
    next(steps)
    assert (tmp_path / "run" / "last" / "resume.safetensors").is_file()


def test_a_finished_run_has_nothing_left_to_do(tunes, tmp_path):
    finish(tunes, tmp_path / "run")
    weights = weights_of(tmp_path / "run")
    assert finish(tunes, tmp_path / "run", resume=True) == []
    assert weights_of(tmp_path / "run") == weights


def test_the_seed_decides(tunes, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        finish(tunes, tmp_path / name, replace(STREAMS, seed=seed, epochs=1))
    assert weights_of(tmp_path / "a") == weights_of(tmp_path / "b") != weights_of(tmp_path / "c")


@pytest.mark.parametrize(
    "change",
    [
        {"feed": "windows"},
        {"sequence_length": 21},
        {"batch_size": 7},
        {"state_reset_probability": 0.9},
        {"transpose": 1.0},
        {"epochs": 2},
        {"optimizer": "nadam"},
        {"learning_rate": 0.001},
        {"weight_decay": 0.9},
        {"beta1": 0.9},
        {"beta2": 0.99},
        {"warmup": 0.5},
        {"schedule": "constant"},
        {"max_grad_norm": 0.01},
        {"seed": 9},
    ],
)
def test_every_option_changes_what_is_learned(tunes, tmp_path, change):
    base = replace(STREAMS, epochs=1)
    finish(tunes, tmp_path / "base", base)
    finish(tunes, tmp_path / "changed", replace(base, **change))
    assert weights_of(tmp_path / "base") != weights_of(tmp_path / "changed")


def test_patience_ends_a_run_that_no_longer_gains(tunes, tmp_path):
    config = replace(STREAMS, epochs=50, learning_rate=1e-30, schedule="constant", patience=2)
    steps = finish(tunes, tmp_path / "run", config)
    records = [step.record for step in steps if step.record]
    best = min(records, key=lambda record: record.validation_full_tune)
    assert len(records) < 50
    assert records[-1].epoch == best.epoch + 2


def test_the_best_is_chosen_by_the_loss_that_was_asked_for(tunes, tmp_path):
    config = replace(STREAMS, epochs=4, learning_rate=0.2, warmup=0.0, schedule="constant", select_by="cold_window")
    records = [step.record for step in finish(tunes, tmp_path / "run", config) if step.record]
    best = min(records, key=lambda record: record.validation_cold_window)
    assert read_checkpoint(tmp_path / "run").metrics["epoch"] == best.epoch


def test_a_time_limit_ends_the_run_with_its_schedule_at_zero(tunes, tmp_path):
    config = replace(STREAMS, epochs=100_000, minutes=0.02)
    records = [step.record for step in finish(tunes, tmp_path / "run", config) if step.record]
    assert len(records) < 100_000
    assert records[-1].learning_rate == pytest.approx(0, abs=0.05 * STREAMS.learning_rate)
    assert (tmp_path / "run" / "best").is_dir()


def test_a_diverging_run_stops_with_advice_and_keeps_the_last_good_checkpoint(tunes, tmp_path):
    good = replace(STREAMS, epochs=2)
    steps = train(tunes[:24], tunes[24:], out=tmp_path / "run", network=NETWORK, config=good)
    while not next(steps).record:
        pass
    trainer = steps.run.trainer
    with torch.no_grad():
        trainer.network.readout.weight.fill_(math.nan)
    with pytest.raises(DivergenceError, match=r"nan.*lower learning rate.*last good checkpoint"):
        list(steps)
    assert math.isfinite(evaluate(read_checkpoint(tmp_path / "run" / "last"), tunes[24:]).full_tune.nats_per_char)


def test_a_folder_in_use_is_left_alone(tunes, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("precious")
    with pytest.raises(OutputError, match="--force"):
        finish(tunes, tmp_path / "run")
    finish(tunes, tmp_path / "run", force=True)
    assert (tmp_path / "run" / "thesis.txt").read_text() == "precious"
    steps = train(tunes[:24], tunes[24:], out=tmp_path / "run", network=NETWORK, config=STREAMS, force=True)
    next(steps)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"thesis.txt"}  # nothing of the former run


def test_going_on_needs_a_run_the_same_data_and_the_same_options(tunes, tmp_path):
    with pytest.raises(CheckpointError, match="no run to go on with"):
        finish(tunes, tmp_path / "none", resume=True)
    finish(tunes, tmp_path / "run", replace(STREAMS, epochs=1))
    with pytest.raises(OptionError, match="seed is 2, but the run to go on with has 0"):
        finish(tunes, tmp_path / "run", replace(STREAMS, epochs=1, seed=2), resume=True)
    with pytest.raises(OptionError, match="other tunes"):
        finish(tunes[1:], tmp_path / "run", replace(STREAMS, epochs=1), resume=True)


def test_a_run_goes_on_to_more_epochs_and_says_so(tunes, tmp_path):
    finish(tunes, tmp_path / "run", replace(STREAMS, epochs=2))
    records = [step.record for step in finish(tunes, tmp_path / "run", STREAMS, resume=True) if step.record]
    assert [record.epoch for record in records] == [3]
    whole = [step for step in finish(tunes, tmp_path / "whole", STREAMS) if step.record]
    assert records[0].learning_rate == whole[-1].record.learning_rate  # as at this place of a longer training
    model = read_checkpoint(tmp_path / "run" / "last")
    assert model.training["config"]["epochs"] == 3
    assert model.training["lengthened"] == [{"epochs": 2, "after": 2}]
    assert [row["epoch"] for row in history_of(tmp_path / "run")] == ["1", "2", "3"]
    again = train(tunes[:24], tunes[24:], out=tmp_path / "run", network=NETWORK, config=STREAMS, resume=True)
    assert again.run.lengthened is None
    again.run.save()
    assert read_checkpoint(tmp_path / "run" / "last").training["lengthened"] == [{"epochs": 2, "after": 2}]
    with pytest.raises(OptionError, match="epochs is 2, but the run to go on with has 3"):
        finish(tunes, tmp_path / "run", replace(STREAMS, epochs=2), resume=True)


def test_losses_that_explode_stop_as_nan_does(tunes, tmp_path):
    with pytest.raises(DivergenceError, match=r"the loss of a batch is [0-9.]+e\+\d+, .*lower learning rate"):
        finish(tunes, tmp_path / "run", replace(STREAMS, learning_rate=1e6, warmup=0.0, max_grad_norm=0.0))
    assert not (tmp_path / "run" / "best").exists()


@pytest.mark.slow
def test_a_time_limit_covers_measuring(tunes, tmp_path, monkeypatch):
    """Each measurement takes half a second here, and training ends in time for the last one."""

    def slow(*arguments):
        time.sleep(0.25)
        return full_tune_of(*arguments)

    monkeypatch.setattr(loop, "full_tune_of", slow)
    began = time.monotonic()
    records = [step.record for step in finish(tunes, tmp_path / "run", replace(STREAMS, epochs=10_000, minutes=0.08))]
    trainer = train(
        tunes[:24], tunes[24:], out=tmp_path / "run", network=NETWORK,
        config=replace(STREAMS, epochs=10_000, minutes=0.08), resume=True,
    ).run.trainer  # fmt: skip
    position = trainer.position
    assert position.learning_seconds + position.evaluation_seconds < 1.5 * 60 * 0.08 < time.monotonic() - began + 60
    assert len([record for record in records if record]) > 1


def test_a_run_from_before_an_option_goes_on_with_its_default(tunes, tmp_path):
    finish(tunes, tmp_path / "run", replace(STREAMS, epochs=1))
    about = tmp_path / "run" / "last" / "tunewright.json"
    rewrite(about, lambda recorded: recorded["training"]["config"].pop("precision") and None)
    with pytest.raises(OptionError, match="precision is 'tf32', but the run to go on with has 'float32'"):
        finish(tunes, tmp_path / "run", replace(STREAMS, epochs=1, precision="tf32"), resume=True)
    assert finish(tunes, tmp_path / "run", replace(STREAMS, epochs=1), resume=True) == []


def test_a_damaged_resume_file_is_named(tunes, tmp_path):
    finish(tunes, tmp_path / "run", replace(STREAMS, epochs=1))
    path = tmp_path / "run" / "last" / "resume.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CheckpointError, match=r"resume\.safetensors: is damaged"):
        finish(tunes, tmp_path / "run", replace(STREAMS, epochs=1), resume=True)


def test_without_validation_tunes_a_tenth_is_kept_back(tunes, tmp_path):
    list(train(tunes, out=tmp_path / "run", network=NETWORK, config=replace(STREAMS, epochs=1)))
    data = read_checkpoint(tmp_path / "run").training["data"]
    assert data["training_tunes"] + data["validation_tunes"] == len(tunes)
    assert 1 <= data["validation_tunes"] <= len(tunes) // 4


@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 0},
        {"sequence_length": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": math.nan},
        {"state_reset_probability": 1.5},
        {"warmup": 1.0},
        {"beta1": 1.0},
        {"beta2": -0.1},
        {"max_grad_norm": -1.0},
        {"minutes": -1.0},
        {"feed": "stream"},
        {"optimizer": "adamx"},
        {"schedule": "linear"},
        {"select_by": "loss"},
        {"device": "tpu"},
        {"threads": -1},
    ],
)
def test_a_recipe_that_cannot_be_is_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        TrainingConfig(**options)


@pytest.mark.slow
def test_looking_back_helps_with_tunes_that_repeat_themselves(tunes, tmp_path):
    again = [
        replace(tune, text=f"X:{number}\n" + 4 * f"|{tune.text[40:60].strip()}" + "\n")
        for number, tune in enumerate(tunes)
    ]
    config = replace(TUNES, epochs=12, learning_rate=0.02, sequence_length=60, batch_size=4)
    best = {}
    for width in (0, 8):
        network = replace(NETWORK, look_back=width, units=16)
        records = [step.record for step in finish(again, tmp_path / f"{width}", config, network) if step.record]
        best[width] = min(record.validation_full_tune for record in records)
    assert best[8] < best[0] - 0.3


def test_every_checkpoint_knows_what_its_tunes_are_like(tunes, tmp_path):
    list(train(tunes, out=tmp_path / "run", network=NetworkConfig(units=4), config=TrainingConfig(epochs=1)))
    headers = read_checkpoint(tmp_path / "run").style["headers"]
    assert "M:6/8\nL:1/8" in headers["combinations"]
    assert headers["titles"]["first"] == "Made-up"
