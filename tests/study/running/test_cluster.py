"""Training on a Ray cluster: the same networks to the byte, without a shared disk, after the loss of a machine."""

import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from study_runs import PLAN, outcome, states_of

from tunewright.corpus.readers import read_tunes
from tunewright.errors import MissingExtraError, WorkerError
from tunewright.study.plans.plan import read_plan
from tunewright.study.running.cluster import ClusterExecutor, ClusterWorker
from tunewright.study.running.perform import StudyData, perform
from tunewright.study.running.run_files import read_files, write_files
from tunewright.study.running.runner import study_steps
from tunewright.study.running.study_folder import RUNS, StudyFolder
from tunewright.training.data import TrainingData


@pytest.fixture(scope="module")
def read(tiny_corpus, tmp_path_factory):
    """A plan of four runs with so many epochs."""
    folder = tmp_path_factory.mktemp("plan")

    def read(epochs: int):
        (folder / "plan.toml").write_text(PLAN.format(data=tiny_corpus, epochs=epochs), encoding="utf-8")
        return read_plan(folder / "plan.toml")

    return read


@pytest.fixture(scope="module")
def material(tiny_corpus):
    return StudyData(TrainingData.of(read_tunes(tiny_corpus).tunes), {"training_sources": [str(tiny_corpus)]})


def alone(plan, material, folder: Path) -> dict[str, bytes]:
    """What the runs of a plan find one after the other."""
    for run in plan.runs:
        list(perform(run, folder / RUNS / run.name, material))
    return outcome(folder)


def collected(worker: ClusterWorker, run, files, folder: Path, *, cancel_at: int = 0):
    """Train in another thread, as Ray does, and write here what comes back; gives the last report."""
    thread = threading.Thread(target=worker.train, args=(run, files))
    thread.start()
    while True:
        for news in worker.news():
            write_files(folder, news.files)
            if news.report.record and news.report.record.epoch == cancel_at:
                worker.cancel(run.name)
            if news.report.ended:
                thread.join()
                return news.report


@pytest.mark.slow
def test_the_files_of_a_run_come_back_and_it_goes_on_elsewhere(read, material, tmp_path):
    plan = read(12)
    run = plan.runs[0]
    folder = tmp_path / "study" / RUNS / run.name
    report = collected(ClusterWorker(material), run, {}, folder, cancel_at=1)
    assert report.stopped
    assert 1 <= report.record.epoch < 12
    assert not (folder / "run.json").exists()
    report = collected(ClusterWorker(material), run, read_files(folder), folder)
    assert (report.stopped, report.error, report.record.epoch) == (False, None, 12)
    list(perform(run, tmp_path / "alone" / RUNS / run.name, material))
    assert outcome(tmp_path / "study") == outcome(tmp_path / "alone")


def test_without_ray_the_extra_is_named(material, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with (tmp_path / "lock").open("wb") as lock, pytest.raises(MissingExtraError, match=r"tunewright\[cluster\]"):
        ClusterExecutor(StudyFolder(tmp_path, lock), material, 1)


@pytest.fixture
def cluster():
    """Two nodes of one core each."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    options = {"num_cpus": 1, "object_store_memory": 100 << 20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=options)
    cluster.add_node(num_cpus=1, object_store_memory=100 << 20)
    yield cluster
    cluster.shutdown()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_two_nodes_train_the_same_to_the_byte(cluster, read, material, tmp_path):
    plan = read(4)

    def executor(study, material):
        return ClusterExecutor(study, material, 0, cluster.address)

    with closing(study_steps(plan, material, tmp_path / "study", executor)) as steps:
        for progress in steps:
            if any(state.report.record for state in progress.states.values()):
                break
    assert any((tmp_path / "study").glob("runs/*/last"))
    assert set(states_of(study_steps(plan, material, tmp_path / "study", executor)).values()) == {"done"}
    assert outcome(tmp_path / "study") == alone(plan, material, tmp_path / "alone")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_node_is_lost_and_the_other_one_trains_its_run(cluster, read, material, tmp_path):
    plan = read(50)
    plan = replace(plan, seeds=(0,))
    steps = study_steps(plan, material, tmp_path, lambda one, two: ClusterExecutor(one, two, 0, cluster.address))
    for progress in steps:
        if all(state.report.record for state in progress.states.values()):
            break
    assert {state.state for state in progress.states.values()} == {"running"}
    cluster.remove_node(cluster.list_all_nodes()[1], allow_graceful=False)
    lost: set[str] = set()
    for progress in steps:
        lost |= {name for name, state in progress.states.items() if state.report.lost}
    assert len(lost) == 1
    assert {state.state for state in progress.states.values()} == {"done"}
    assert outcome(tmp_path) == alone(plan, material, tmp_path / "alone")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere", "127.0.0.1:x"])
def test_a_cluster_that_is_not_there_is_said_to_be(address, material, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", ModuleType("ray"))  # is not even asked
    with (tmp_path / "lock").open("wb") as lock, pytest.raises(WorkerError, match=f"the cluster at {address} cannot"):
        ClusterExecutor(StudyFolder(tmp_path, lock), material, 1, address)
