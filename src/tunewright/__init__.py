"""Tunewright learns from tunes in ABC notation, one character at a time, and composes new ones.

The public names load their modules when they are first used, so that ``import tunewright`` itself is fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunewright.acceptor.grammar import Conditions, Grammar, Matcher
    from tunewright.analysis.ablation.clamped_units import AblationConfig, AblationResult, study_ablation
    from tunewright.analysis.ablation.sentences import ablation_sentences, ablation_summary
    from tunewright.analysis.ablation.targets import Target, named_targets
    from tunewright.analysis.activations import Heatmap, heatmap, read_activations, stream_activations
    from tunewright.analysis.memory.gradient_decay import gradient_decay
    from tunewright.analysis.memory.looked_at import look_at
    from tunewright.analysis.memory.memory_study import MemoryStudy, study_memory
    from tunewright.analysis.musicality.musicality_study import (
        Musicality,
        compare_sets,
        gain,
        measure_tunes,
        musicality,
    )
    from tunewright.analysis.originality.corpus_index import OriginalityIndex, originality, originality_index
    from tunewright.analysis.originality.verdict import Originality
    from tunewright.analysis.probes.state_probes import ProbeStudy, study_probes
    from tunewright.analysis.rhythm import learn_rhythm
    from tunewright.analysis.selection import Kept, keep_best
    from tunewright.analysis.units.counterparts import untrained_like
    from tunewright.analysis.units.labels import LABELS, label_values
    from tunewright.analysis.units.samples import Sides
    from tunewright.analysis.units.unit_study import NeuronConfig, NeuronStudy, study_units
    from tunewright.corpus.cleaning import essential_tunes
    from tunewright.corpus.large.built_corpus import read_corpus
    from tunewright.corpus.large.shard_builder import build_corpus
    from tunewright.corpus.library import find_corpus
    from tunewright.corpus.readers import read_tunes
    from tunewright.corpus.split import split_tunes
    from tunewright.corpus.statistics import describe
    from tunewright.corpus.tune import Failure, Reading, Tune
    from tunewright.corpus.vocabulary import Vocabulary
    from tunewright.errors import (
        CheckpointError,
        CorpusError,
        DivergenceError,
        GrammarError,
        IndexFolderError,
        InputError,
        MissingExtraError,
        OptionError,
        OutputError,
        RenderError,
        TranspositionError,
        TunewrightError,
        VocabularyError,
        WorkerError,
    )
    from tunewright.model.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
    from tunewright.model.clamping import clamp_units
    from tunewright.model.config import NetworkConfig
    from tunewright.model.network import CharNetwork, load_network
    from tunewright.model.onnx.comparison import Exported, export, largest_difference
    from tunewright.model.onnx.graph import to_onnx
    from tunewright.model.padding import pad_layers, quick_units
    from tunewright.notation.check import check
    from tunewright.notation.findings import Finding
    from tunewright.notation.intervals import Interval
    from tunewright.notation.repairs.repair import find_repair
    from tunewright.notation.repairs.tune_place import Repair
    from tunewright.notation.transpose import transpose, transpose_book, transpositions
    from tunewright.rendering import PageTune, render, tune_page
    from tunewright.report.figures.arcs import looked_in_words
    from tunewright.report.figures.curves import draw_loss_curves
    from tunewright.report.figures.heatmap import draw_heatmap
    from tunewright.report.figures.score_heatmap import draw_score_heatmap
    from tunewright.report.figures.study_figures import draw_question
    from tunewright.report.pages.ablation_section import draw_ablation
    from tunewright.report.pages.looking_back_section import draw_arcs
    from tunewright.report.pages.memory_section import draw_memory
    from tunewright.report.pages.neuron_writing import WrittenNeurons, write_neurons
    from tunewright.report.pages.probes_section import draw_probes
    from tunewright.report.paper.writing import WrittenPaper, write_paper
    from tunewright.sampling.choosing.discriminator import Discriminator
    from tunewright.sampling.compiled.compiling import compile_loop
    from tunewright.sampling.compose import compose, compose_many, stream
    from tunewright.sampling.composition import Composition
    from tunewright.sampling.config import CompositionConfig
    from tunewright.sampling.playable import playable
    from tunewright.sampling.vary import Variation, vary
    from tunewright.study.plans.plan import Plan, read_plan
    from tunewright.study.results.comparisons import answer, compare_settings
    from tunewright.study.results.measures import MEASURES, levels, setting_mean, time_to_loss
    from tunewright.study.results.result_tables import runs_table
    from tunewright.study.results.run_record import RecordedRun, read_run
    from tunewright.study.results.study_results import StudyResults, read_results
    from tunewright.study.running.perform import StudyData
    from tunewright.study.running.runner import StudyProgress
    from tunewright.study.running.study_run import StudyRun, run_study
    from tunewright.training.config import PRESETS, AdaptConfig, DynamicConfig, Preset, TrainingConfig
    from tunewright.training.data import TrainingData, batches_of
    from tunewright.training.dynamic import dynamic_full_tune
    from tunewright.training.evaluate import Evaluation, EvaluationSet, evaluate
    from tunewright.training.gpu.resident import ResidentLearner
    from tunewright.training.history import EpochRecord, Progress
    from tunewright.training.ngram import baselines
    from tunewright.training.optimizers import make_optimizer
    from tunewright.training.run import Run
    from tunewright.training.stacked.stacked_runs import StackedRuns
    from tunewright.training.stacked.stacked_training import Member, StackedTrainer
    from tunewright.training.training_run import AdaptationRun, TrainingRun, adapt, train

__version__ = "0.1.0"

_NAMES = {
    "errors": (
        "CheckpointError CorpusError DivergenceError GrammarError IndexFolderError InputError "
        "MissingExtraError OptionError OutputError RenderError TranspositionError TunewrightError "
        "VocabularyError WorkerError"
    ),
    "notation.check": "check",
    "notation.findings": "Finding",
    "notation.intervals": "Interval",
    "notation.repairs.repair": "find_repair",
    "notation.repairs.tune_place": "Repair",
    "notation.transpose": "transpose transpose_book transpositions",
    "acceptor.grammar": "Conditions Grammar Matcher",
    "corpus.cleaning": "essential_tunes",
    "corpus.large.built_corpus": "read_corpus",
    "corpus.large.shard_builder": "build_corpus",
    "corpus.library": "find_corpus",
    "corpus.readers": "read_tunes",
    "corpus.split": "split_tunes",
    "corpus.statistics": "describe",
    "corpus.tune": "Failure Reading Tune",
    "corpus.vocabulary": "Vocabulary",
    "model.checkpoint": "Checkpoint read_checkpoint write_checkpoint",
    "model.clamping": "clamp_units",
    "model.config": "NetworkConfig",
    "model.network": "CharNetwork load_network",
    "model.onnx.comparison": "Exported export largest_difference",
    "model.onnx.graph": "to_onnx",
    "model.padding": "pad_layers quick_units",
    "training.config": "PRESETS AdaptConfig DynamicConfig Preset TrainingConfig",
    "training.data": "TrainingData batches_of",
    "training.dynamic": "dynamic_full_tune",
    "training.evaluate": "Evaluation EvaluationSet evaluate",
    "training.gpu.resident": "ResidentLearner",
    "training.history": "EpochRecord Progress",
    "training.ngram": "baselines",
    "training.optimizers": "make_optimizer",
    "training.run": "Run",
    "training.stacked.stacked_runs": "StackedRuns",
    "training.stacked.stacked_training": "Member StackedTrainer",
    "training.training_run": "AdaptationRun TrainingRun adapt train",
    "sampling.choosing.discriminator": "Discriminator",
    "sampling.compiled.compiling": "compile_loop",
    "sampling.compose": "compose compose_many stream",
    "sampling.composition": "Composition",
    "sampling.config": "CompositionConfig",
    "sampling.playable": "playable",
    "sampling.vary": "Variation vary",
    "rendering": "PageTune render tune_page",
    "analysis.ablation.clamped_units": "AblationConfig AblationResult study_ablation",
    "analysis.ablation.sentences": "ablation_sentences ablation_summary",
    "analysis.ablation.targets": "Target named_targets",
    "analysis.activations": "Heatmap heatmap read_activations stream_activations",
    "analysis.memory.gradient_decay": "gradient_decay",
    "analysis.memory.looked_at": "look_at",
    "analysis.memory.memory_study": "MemoryStudy study_memory",
    "analysis.musicality.musicality_study": "Musicality compare_sets gain measure_tunes musicality",
    "analysis.originality.corpus_index": "OriginalityIndex originality originality_index",
    "analysis.originality.verdict": "Originality",
    "analysis.probes.state_probes": "ProbeStudy study_probes",
    "analysis.rhythm": "learn_rhythm",
    "analysis.selection": "Kept keep_best",
    "analysis.units.counterparts": "untrained_like",
    "analysis.units.labels": "LABELS label_values",
    "analysis.units.samples": "Sides",
    "analysis.units.unit_study": "NeuronConfig NeuronStudy study_units",
    "study.plans.plan": "Plan read_plan",
    "study.results.comparisons": "answer compare_settings",
    "study.results.measures": "MEASURES levels setting_mean time_to_loss",
    "study.results.result_tables": "runs_table",
    "study.results.run_record": "RecordedRun read_run",
    "study.results.study_results": "StudyResults read_results",
    "study.running.perform": "StudyData",
    "study.running.runner": "StudyProgress",
    "study.running.study_run": "StudyRun run_study",
    "report.figures.arcs": "looked_in_words",
    "report.figures.curves": "draw_loss_curves",
    "report.figures.heatmap": "draw_heatmap",
    "report.figures.score_heatmap": "draw_score_heatmap",
    "report.figures.study_figures": "draw_question",
    "report.pages.ablation_section": "draw_ablation",
    "report.pages.looking_back_section": "draw_arcs",
    "report.pages.memory_section": "draw_memory",
    "report.pages.neuron_writing": "WrittenNeurons write_neurons",
    "report.pages.probes_section": "draw_probes",
    "report.paper.writing": "WrittenPaper write_paper",
}
"""The public names of each module."""
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "LABELS", "MEASURES", "PRESETS", "AblationConfig", "AblationResult", "AdaptConfig", "AdaptationRun", "CharNetwork",
    "Checkpoint", "CheckpointError", "Composition", "CompositionConfig", "Conditions", "CorpusError", "Discriminator",
    "DivergenceError", "DynamicConfig", "EpochRecord", "Evaluation", "EvaluationSet", "Exported", "Failure", "Finding",
    "Grammar", "GrammarError", "Heatmap", "IndexFolderError", "InputError", "Interval", "Kept", "Matcher", "Member",
    "MemoryStudy",
    "MissingExtraError", "Musicality", "NetworkConfig", "NeuronConfig", "NeuronStudy", "OptionError", "Originality",
    "OriginalityIndex", "OutputError", "PageTune", "Plan", "Preset", "ProbeStudy", "Progress", "Reading", "RecordedRun",
    "RenderError", "Repair", "ResidentLearner", "Run", "Sides", "StackedRuns", "StackedTrainer", "StudyData",
    "StudyProgress",
    "StudyResults", "StudyRun", "Target", "TrainingConfig", "TrainingData", "TrainingRun", "TranspositionError", "Tune",
    "TunewrightError", "Variation", "Vocabulary", "VocabularyError", "WorkerError", "WrittenNeurons", "WrittenPaper",
    "ablation_sentences", "ablation_summary", "adapt", "answer", "baselines", "batches_of", "build_corpus", "check",
    "clamp_units", "compare_sets", "compare_settings", "compile_loop", "compose", "compose_many", "describe",
    "draw_ablation", "draw_arcs", "draw_heatmap", "draw_loss_curves", "draw_memory", "draw_probes", "draw_question",
    "draw_score_heatmap", "dynamic_full_tune", "essential_tunes", "evaluate", "export", "find_corpus", "find_repair",
    "gain",
    "gradient_decay", "heatmap", "keep_best", "label_values", "largest_difference", "learn_rhythm", "levels",
    "load_network", "look_at", "looked_in_words", "make_optimizer", "measure_tunes", "musicality", "named_targets",
    "originality", "originality_index", "pad_layers", "playable", "quick_units", "read_activations", "read_checkpoint",
    "read_corpus", "read_plan", "read_results", "read_run", "read_tunes", "render", "run_study", "runs_table",
    "setting_mean", "split_tunes", "stream", "stream_activations", "study_ablation", "study_memory", "study_probes",
    "study_units", "time_to_loss", "to_onnx", "train", "transpose", "transpose_book", "transpositions", "tune_page",
    "untrained_like", "vary", "write_checkpoint", "write_neurons", "write_paper",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        from tunewright.errors import missing_extra

        raise missing_extra(error) from error


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
