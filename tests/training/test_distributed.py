"""Every test of several processes starts real ones, which find one another on 127.0.0.1."""

import hashlib
import json
import multiprocessing
import os
import signal
import socket
import sys
import time
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.readers import read_tunes
from tunewright.errors import OptionError, TunewrightError, WorkerError
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training import distributed
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.distributed import Team, team_of_torchrun
from tunewright.training.loop import Trainer
from tunewright.training.run import Run

NETWORK = NetworkConfig(units=8, embedding=6, layers=2, dropout=0.2, input_dropout=0.1, recurrent_weight_dropout=0.1)
STREAMS = TrainingConfig(epochs=2, sequence_length=20, batch_size=7, threads=1, device="cpu")
WAYS = {
    "streams": (NETWORK, STREAMS),
    # The last batch of an epoch has one window, so that most processes have none.
    "windows": (
        replace(NETWORK, cell="gru", layers=1),
        replace(STREAMS, feed="windows", batch_size=4, sequence_length=101),
    ),
    "fewer lanes than processes": (
        replace(NETWORK, cell="rnn", embedding=0),
        replace(STREAMS, batch_size=2, sequence_length=60),
    ),
    "whole tunes": (replace(NETWORK, layers=1), replace(STREAMS, feed="tunes", batch_size=5)),
    "looking back": (replace(NETWORK, layers=1, look_back=5), STREAMS),
    "looking back over whole tunes": (
        replace(NETWORK, cell="gru", look_back=5),
        replace(STREAMS, feed="tunes", batch_size=3),
    ),
    # Only process 0 has a clock that decides anything, so that all stop after the same batch.
    "time": (NETWORK, replace(STREAMS, epochs=500, batch_size=64, minutes=0.02)),
}
SLOW = pytest.mark.slow
FOREVER = replace(STREAMS, epochs=100_000)


def member(rank, size, port, patience, job, arguments):
    """One process of a team, which does `job`."""
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(size)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    if sys.platform == "linux":
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    torch.set_num_threads(1)
    distributed.PATIENCE = timedelta(seconds=patience)
    with team_of_torchrun() as team:
        job(team, *arguments)
    if sys.platform == "linux":
        threads = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
        assert not [name for name in threads if "gloo" in name], "could crash when the process ends"


def start(size, job, *arguments, patience=120):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=member, args=(rank, size, port, patience, job, arguments)) for rank in range(size)
    ]
    for process in processes:
        process.start()
    return processes


def finish(processes):
    """Exit status of each."""
    for process in processes:
        process.join(120)
    ends = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
    assert None not in ends, "a process hangs"
    return ends


def read(folder):
    return [json.loads(path.read_text()) for path in sorted(folder.glob("[0-9].json"))]


def tell(team, folder, content):
    (folder / f"{team.rank}.json").write_text(json.dumps(content))


def data_of(corpus):
    tunes = read_tunes(corpus).tunes
    return TrainingData.of(tunes[:24], tunes[24:])


def course_of(trainer):
    """All that a training says, and a digest of the weights in the end."""
    steps = [(step.step, step.loss) for step in trainer.run()]
    weights = torch.cat([weight.detach().flatten() for weight in trainer.network.parameters()])
    history = [{**asdict(record), "seconds": 0} for record in trainer.history]
    return {"steps": steps, "history": history, "weights": hashlib.sha256(weights.numpy().tobytes()).hexdigest()}


def trainer_of(way, data, team=None):
    network, config = WAYS[way]
    torch.manual_seed(0)
    return Trainer(CharNetwork.of(network, data.vocabulary), data, config, team)


def learn(team, corpus, folder):
    data = data_of(corpus)
    tell(team, folder, {way: course_of(trainer_of(way, data, team)) for way in WAYS})


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, pytest.param(3, marks=SLOW)])
def test_several_processes_learn_as_one_does(tiny_corpus, tmp_path, size):
    assert finish(start(size, learn, tiny_corpus, tmp_path)) == [0] * size
    first, *others = read(tmp_path)
    assert len(others) == size - 1
    for other in others:
        assert other == first
    data = data_of(tiny_corpus)
    for way in set(WAYS) - {"time"}:
        alone = course_of(trainer_of(way, data))
        assert [step for step, _ in first[way]["steps"]] == [step for step, _ in alone["steps"]]
        assert [loss for _, loss in first[way]["steps"]] == pytest.approx(
            [loss for _, loss in alone["steps"]], rel=1e-4
        )
        for ours, expected in zip(first[way]["history"], alone["history"], strict=True):
            assert ours == pytest.approx(expected, rel=1e-4)


def stop(team, corpus, folder):
    run = Run(folder, data_of(corpus), *WAYS["streams"], team=team)
    run.open()
    steps = run.progress()
    for progress in steps:
        team.asked = [15] if team.rank == 1 and progress.step >= 3 else []
        if team.stopping:
            break
    steps.close()
    tell(team, folder.parent, [progress.step, sorted(path.name for path in folder.iterdir())])


def history_of(folder):
    rows = [line.split(",") for line in (folder / "history.csv").read_text().splitlines()]
    return [float(number) for row in rows[1:] for number in row[:-1]]


def alone(corpus, folder, **options):
    run = Run(folder, data_of(corpus), *WAYS["streams"])
    run.open(**options)
    return [progress.loss for progress in run.progress()]


@pytest.mark.slow
def test_all_stop_after_the_same_batch_and_one_goes_on(tiny_corpus, tmp_path):
    assert finish(start(2, stop, tiny_corpus, tmp_path / "run")) == [0, 0]
    (steps, names), (steps_of_other, _) = read(tmp_path)
    assert steps == steps_of_other == 4
    assert names == ["history.csv", "last"]
    losses = alone(tiny_corpus, tmp_path / "whole")
    assert alone(tiny_corpus, tmp_path / "run", resume=True) == pytest.approx(losses[4:], rel=1e-4)
    assert history_of(tmp_path / "run") == pytest.approx(history_of(tmp_path / "whole"), rel=1e-4)


def go_on(team, corpus, folder):
    run = Run(folder, data_of(corpus), *WAYS["streams"], team=team)
    run.open(resume=True)
    tell(team, folder.parent, [progress.loss for progress in run.progress()])


@SLOW
def test_more_processes_go_on_where_one_stopped(tiny_corpus, tmp_path):
    losses = alone(tiny_corpus, tmp_path / "whole")
    run = Run(tmp_path / "run", data_of(tiny_corpus), *WAYS["streams"])
    run.open()
    steps = run.progress()
    for _ in range(4):
        next(steps)
    steps.close()
    run.release()
    assert finish(start(3, go_on, tiny_corpus, tmp_path / "run")) == [0, 0, 0]
    for told in read(tmp_path):
        assert told == pytest.approx(losses[4:], rel=1e-4)
    assert history_of(tmp_path / "run") == pytest.approx(history_of(tmp_path / "whole"), rel=1e-4)


def learn_until_lost(team, corpus, folder, at):
    """The last process dies as it comes to batch `at`, or, without a batch, to the first evaluation."""
    run = Run(folder / "run", data_of(corpus), *WAYS["streams"], team=team)
    run.open()

    def die_or(method, due):
        def dying(*arguments):
            if team.rank == team.size - 1 and due():
                os.kill(os.getpid(), signal.SIGKILL)
            return method(*arguments)

        return dying

    team.add_up = die_or(team.add_up, lambda: run.trainer.position.batch == at)
    team.predict = die_or(team.predict, lambda: at is None)
    try:
        for _ in run.progress():
            pass
    except WorkerError as error:
        tell(team, folder, str(error))
        sys.exit(3)


@SLOW
@pytest.mark.parametrize(("size", "at"), [(2, 5), (3, 5), (2, None)])
def test_when_a_process_dies_the_others_end_and_nothing_is_lost(tiny_corpus, tmp_path, size, at):
    ends = finish(start(size, learn_until_lost, tiny_corpus, tmp_path, at, patience=600))
    assert ends == [3] * (size - 1) + [-signal.SIGKILL]  # at once, not when patience ends
    told = read(tmp_path)
    assert len(told) == size - 1
    assert "was lost" in told[0]
    assert f"saved in {tmp_path / 'run' / 'last'}" in told[0]
    losses = alone(tiny_corpus, tmp_path / "whole")
    after = alone(tiny_corpus, tmp_path / "run", resume=True)
    if at is not None:
        assert after == pytest.approx(losses[at:], rel=1e-4)
    assert history_of(tmp_path / "run") == pytest.approx(history_of(tmp_path / "whole"), rel=1e-4)


def learn_long(team, corpus, folder):
    run = Run(folder / "run", data_of(corpus), NETWORK, FOREVER, team=team)
    run.open()
    try:
        for progress in run.progress():
            if progress.step == 3:
                tell(team, folder, "under way")
    except WorkerError as error:
        tell(team, folder, str(error))
        sys.exit(3)


@SLOW
def test_a_process_that_hangs_is_given_up(tiny_corpus, tmp_path):
    processes = start(2, learn_long, tiny_corpus, tmp_path, patience=20)
    deadline = time.monotonic() + 90
    while len(read(tmp_path)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(processes[1].pid, signal.SIGSTOP)
    processes[0].join(60)
    ended = processes[0].exitcode
    processes[1].kill()
    assert ended is not None, "process 0 hangs"
    assert finish(processes)[1] == -signal.SIGKILL
    assert "was lost" in read(tmp_path)[0]


def fail(team, corpus, folder):
    said = []

    def make_trouble():
        if team.rank == 1:
            raise OptionError("no such thing here")

    def trouble_in_block():
        with team.together():
            make_trouble()

    data = data_of(corpus)
    other = replace(data, known_fingerprint=f"of process {team.rank}")
    differing = replace(STREAMS, epochs=4 + team.rank)
    for attempt in (
        trouble_in_block,
        lambda: team.in_turn(make_trouble),
        lambda: Run(folder / "a", other, NETWORK, STREAMS, team=team).open(),
        lambda: Run(folder / "b", data, NETWORK, differing, team=team).open(),
        lambda: Run(folder / "b", data, NETWORK, STREAMS, team=team).open(),
        lambda: Run(folder / "c", data, NETWORK, STREAMS, team=team).open(resume=True),
    ):
        try:
            attempt()
            said.append("nothing")
        except TunewrightError as error:
            said.append(f"{type(error).__name__}: {error}")
    tell(team, folder, said)


@pytest.mark.slow
def test_a_mistake_on_one_process_ends_all_of_them(tiny_corpus, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.txt").write_text("mine")
    assert finish(start(2, fail, tiny_corpus, tmp_path)) == [0, 0]
    first, other = read(tmp_path)
    assert first[0] == first[1] == "WorkerError: process 1 failed: no such thing here"
    assert other[0] == other[1] == "OptionError: no such thing here"
    assert first[2] == "OptionError: the tunes of process 1 differ from those of process 0"
    assert other[2] == "OptionError: the tunes of process 0 differ from those of process 1"
    assert first[3].startswith("OutputError")
    assert other[3].startswith("WorkerError: process 0 failed")
    assert first[5].startswith("CheckpointError")


@given(st.integers(1, 40), st.integers(1, 9))
def test_every_lane_is_one_process_s(total, size):
    shares = [Team(rank, size).lanes(total) for rank in range(size)]
    assert [lane for share in shares for lane in range(share.first, share.end)] == list(range(total))
    assert sum(share.share for share in shares) == pytest.approx(1)
    assert max(share.end - share.first for share in shares) - min(share.end - share.first for share in shares) <= 1
    for share in shares:
        assert len(range(total)[share.read]) == max(1, share.end - share.first)


def test_without_torchrun_a_process_is_alone(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "4")  # as other programs set it
    with team_of_torchrun() as team:
        assert (team.rank, team.size, team.leads) == (0, 1, True)
        assert not team.stopping
        team.asked = [15]
        assert team.stopping
        with pytest.raises(OptionError, match="wrong"), team.together():
            raise OptionError("wrong")
        assert team.in_turn(lambda: 5) == 5
