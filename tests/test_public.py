"""The public face of the library: its names and signatures stand in the table below, and what they promise is tried."""

import inspect
import re
import shutil
import sys
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from command_line import run

import tunewright as tw

PUBLIC = """\
AblationConfig(random_sets=, characters=, tunes=, composing_sets=, temperature=, seed=)
AblationResult(ablations, kinds, losses, shares, loss, wrong_bars, about)
AdaptConfig(epochs=, learning_rate=, replay=, l2_sp=, held_out=, patience=, seed=)
AdaptationRun(adaptation)
CharNetwork(config, symbols, breaks=, own=)
Checkpoint(config, vocabulary, weights, metrics=, training=, style=, path=, history=, own=)
CheckpointError
Composition(text, ended, seed, likelihood=, removed=, composed=, discarded=, choice=)
CompositionConfig(temperature=, argmax=, top_k=, top_p=, max_length=, seed=, accept=)
Conditions(meter=, unit_length=, key=, rhythm=, title=, bars=, form=, leave_out=, tidy=, any_form=, forms=,
    headers=)
CorpusError
Discriminator(network, weights, bias, composed, auc, tunes)
DivergenceError
DynamicConfig(rate=, segment=, replay=, forget=, decay=, replay_seed=)
EpochRecord(epoch, learning_rate, training_loss, training_full_tune, training_cold_window, validation_full_tune,
    validation_cold_window, seconds)
Evaluation(full_tune, cold_window, characters, tunes, unknown, unknown_counts)
EvaluationSet(tunes, source_characters, windows, unknown)
Exported(path, size, difference, problem=)
Failure(path, line, reason)
Finding(path, line, column, bar, code, severity, what, right)
Grammar(symbols, conditions=)
GrammarError
Heatmap(text, values, title, quantity)
IndexFolderError
InputError
Interval(steps, semitones)
Kept(composition, originality, nats_per_character, likelihood_place, closeness, originality_place, bars,
    different_bars, form, log_ratio, log_ratio_place, likeness, candidates)
LABELS
MEASURES
Matcher(grammar, budget, draw=)
Member(network, training)
MemoryStudy(cell, units, layers, trained, untrained, context, gates, fingerprint, tunes, characters)
MissingExtraError
Musicality(reference_tunes, reference_without_notes, composed_tunes, composed_without_notes, seed, features)
NetworkConfig(cell=, units=, layers=, embedding=, dropout=, input_dropout=, recurrent_weight_dropout=, look_back=)
NeuronConfig(quantity=, labels_per_unit=)
NeuronStudy(findings, units, about)
OptionError
Originality(span, bars, nearest, passage, notes, standings=, human_tunes=)
OriginalityIndex(header, arrays)
OutputError
PRESETS
PageTune(tune, provenance=, caption=, folded=, more=)
Plan(title, data, validation, preset, seeds, base, questions, settings, rules=, search=, fingerprint=)
Preset(network, training)
ProbeStudy(probes, too_rare, quantity, fingerprint)
Progress(step, steps, loss, characters_per_second, record=)
Reading(tunes, failures=, duplicates=)
RecordedRun(folder, network, training, symbols, options, history, data, baselines, stacked)
RenderError
Repair(start, end, replacement)
ResidentLearner(network, optimizer, *, dropout, clip, precision=)
Run(folder, data, network, config, origin=, start=, team=, own=)
Sides(choosing, confirming)
StackedRuns(runs)
StackedTrainer(data, members, device, *, own_dropout=)
StudyData(data, origin)
StudyProgress(states, changed, undrawn=)
StudyResults(folder, plan, runs, failed, missing)
StudyRun(plan, data, out, executor)
Target(units, label, meaning=)
TrainingConfig(feed=, sequence_length=, batch_size=, state_reset_probability=, transpose=, epochs=, optimizer=,
    learning_rate=, weight_decay=, beta1=, beta2=, warmup=, schedule=, max_grad_norm=, select_by=, patience=,
    minutes=, seed=, device=, precision=, threads=)
TrainingData(vocabulary, tunes, sample, validation, known_fingerprint=)
TrainingRun(run)
TranspositionError
Tune(text, path, line, source_characters, identity=)
TunewrightError
Variation(text, bars, seed, likelihood, before)
Vocabulary(symbols)
VocabularyError
WorkerError
WrittenNeurons(page, found, problems)
WrittenPaper(folder, problems)
ablation_sentences(ablation, result)
ablation_summary(result)
adapt(model, tunes, validation=, *, out, former=, config=, resume=, force=, **options)
answer(results, question, measure=)
baselines(tunes, symbols, data)
batches_of(tunes, config, generator)
build_corpus(*paths, out, validation=, text_field=, keep_duplicates=, force=, processes=)
check(text, path=)
clamp_units(model, values)
compare_sets(reference, composed, *, seed=)
compare_settings(results, first, second, measure=)
compile_loop()
compose(model, config=, *, temperature=, argmax=, top_k=, top_p=, max_length=, seed=, accept=, clamp=, title=,
    rhythm=, meter=, unit_length=, key=, bars=, form=, prime=, start=, drop_unknown=, raw=, grammar=, device=)
compose_many(model, count, config=, *, temperature=, argmax=, top_k=, top_p=, max_length=, seed=, accept=, clamp=,
    title=, rhythm=, meter=, unit_length=, key=, bars=, form=, prime=, start=, drop_unknown=, raw=, grammar=,
    device=)
describe(reading)
draw_ablation(result, form=)
draw_arcs(looked, kind, *, title, form=)
draw_heatmap(text, values, *, title, form=, low=, high=, unit=, caption=)
draw_loss_curves(history, form=)
draw_memory(studies, form=)
draw_probes(study, form=)
draw_question(results, question, form=)
draw_score_heatmap(tune, values, *, title, form=, low=, high=, unit=, engraved=)
dynamic_full_tune(network, data, config=, *, progress=)
essential_tunes(tunes)
evaluate(model, tunes)
export(model, path)
find_corpus(name)
find_repair(text, finding)
gain(reference, first, second, *, seed=)
gradient_decay(network, texts, distance=, positions=)
heatmap(model, tune, unit, *, layer=, quantity=)
keep_best(compositions, count, measure=, judge=)
label_values(text)
largest_difference(checkpoint, content)
learn_rhythm(model, tunes, fewest=)
levels(results)
load_network(checkpoint)
look_at(network, vocabulary, text)
looked_in_words(looked)
make_optimizer(network, config)
measure_tunes(tunes)
musicality(tunes, corpus, *, seed=)
named_targets(units, findings)
originality(tunes, corpus, *, held_out=, progress=)
originality_index(tunes, *, cache=, progress=)
pad_layers(layers, *, replaced_weights=)
playable(model, conditions=, *, beginning=)
quick_units(mode, units)
read_activations(network, ids, quantities=)
read_checkpoint(model, network=)
read_corpus(folder)
read_plan(path)
read_results(folder)
read_run(folder)
read_tunes(*paths, keep_duplicates=, text_field=, plain_text=)
render(tune, format, *, provenance=, soundfont=)
run_study(plan, out, *, data=, executor=, workers=, address=)
runs_table(results)
setting_mean(results, setting, measure=)
split_tunes(tunes, *, validation_fraction=, seed=)
stream(model, config=, *, temperature=, argmax=, top_k=, top_p=, max_length=, seed=, accept=, clamp=, title=,
    rhythm=, meter=, unit_length=, key=, bars=, form=, prime=, start=, drop_unknown=, raw=, grammar=, device=)
stream_activations(network, texts, quantities=)
study_ablation(model, sides, findings=, config=, *, targets=, progress=)
study_memory(model, tunes, *, progress=)
study_probes(model, sides, quantity=, *, progress=)
study_units(model, sides, config=, *, units=, progress=)
time_to_loss(results, setting, loss, protocol=)
to_onnx(checkpoint)
train(tunes, validation=, *, out, preset=, network=, config=, resume=, force=, **options)
transpose(text, by)
transpose_book(text, by, *, path=)
transpositions(text, *, lowest=, highest=, accidentals=)
tune_page(tunes, *, title, introduction=, sections=, soundfont=)
untrained_like(model, seed=)
vary(model, tune, first, last=, config=, *, candidates=, temperature=, argmax=, top_k=, top_p=, max_length=,
    seed=, accept=, clamp=)
write_checkpoint(folder, checkpoint, extra=)
write_neurons(model, tunes, out, *, held_out=, shown=, units=, against=, quantity=, characters=, force=,
    progress=)
write_paper(study, out, *, title=, authors=, date=, force=, progress=)
"""
"""Every public name with the parameters of its call. Who changes a line here changes what users wrote."""

ROOT = Path(__file__).parent.parent


def described(name: str, value: object) -> str:
    """A public name with the parameters of its call: ``=`` marks those that may be left out."""
    if not callable(value) or name.endswith("Error"):
        return name
    written, keyword_only = [], False
    for parameter in inspect.signature(value).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            written.append("*")
        keyword_only |= parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        stars: dict[Any, str] = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
        star = stars.get(parameter.kind, "")
        written.append(f"{star}{parameter.name}{'' if star or parameter.default is parameter.empty else '='}")
    return f"{name}({', '.join(written)})"


def test_names_and_signatures_are_those_of_the_table():
    expected = re.sub(r"\n +", " ", PUBLIC).splitlines()
    assert [described(name, getattr(tw, name)) for name in sorted(tw.__all__)] == expected


def test_every_error_is_public():
    from tunewright import errors

    kinds = {
        name for name, kind in vars(errors).items() if inspect.isclass(kind) and kind.__module__ == errors.__name__
    }
    assert kinds == {name for name in tw.__all__ if name.endswith("Error")}


def test_the_program_of_the_readme_works(tiny_corpus, tmp_path, monkeypatch):
    """As it stands there, with a small corpus in place of the large one."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    program = re.search(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
    assert len([line for line in program.splitlines() if line]) <= 6
    monkeypatch.chdir(tmp_path)
    shutil.copy(tiny_corpus, tmp_path / "tiny")
    program = program.replace('"oneills"', '"tiny"', 1)
    exec(compile(program, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert (tmp_path / "runs").is_dir()


@pytest.fixture(scope="module")
def composed():
    return tw.compose("oneills", temperature=0.7, key="G", bars=16, max_length=900, seed=3, accept=1)


def test_a_keyword_is_a_flag_of_the_command_line(capsys, composed):
    options = ["--temperature", "0.7", "--key", "G", "--bars", "16", "--max-length", "900", "--seed", "3"]
    status, out, _ = run(capsys, "compose", "oneills", *options, "--accept", "1", "--no-originality")
    assert (status, out) == (0, composed.text)
    assert (composed.seed, composed.stop_reason, str(composed)) == (3, "end", composed.text)
    assert re.search(r"^K: ?G$", composed.text, re.MULTILINE)


def test_every_flag_of_choice_and_condition_is_a_keyword():
    from tunewright.cli.composing.compose import compose

    keywords = inspect.signature(tw.compose).parameters.keys() - {"model", "config"}
    hints = get_type_hints(compose)
    groups = {name: arg for name, hint in hints.items() for arg in get_args(hint) if is_dataclass(arg)}
    named = [[each.name for each in fields(groups[name])] if name in groups else [name] for name in hints]
    flags = {name for names in named for name in names} - {"return"} - tw.CompositionConfig.__dataclass_fields__.keys()
    of_library, of_command = {"grammar"}, {
        "candidates", "corpus", "count", "force", "format", "keep", "model", "network", "no_originality", "out",
        "playable", "vary",
    }  # fmt: skip
    assert keywords - set(tw.CompositionConfig.__dataclass_fields__) - of_library == flags - of_command


def test_what_streams_is_what_is_composed(composed):
    config = tw.CompositionConfig(temperature=0.7, max_length=900, seed=1, accept=1)
    assert "".join(tw.stream("oneills", config, key="G", bars=16, seed=3)) == composed.text
    several = tw.compose_many("oneills", 2, config, key="G", bars="16", seed=2)
    assert [tune.text for tune in several][1] == composed.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temprature": 1.0}, "no option is called 'temprature'; did you mean 'temperature'"),
        ({"temperature": "hot"}, "temperature is 'hot'"),
        ({"temperature": 0.0}, "temperature is 0.0; allowed: more than 0"),
        ({"key": 5}, "key is 5; a text was expected"),
        ({"bars": "many"}, "bars is 'many'; allowed: a number such as 16"),
        ({"raw": True, "bars": 8}, "bars needs an acceptor that counts bars; leave out raw"),
        ({"raw": True, "key": "G", "prime": "X:1"}, "give one beginning only"),
        ({"prime": "X:1", "start": "file"}, "give one beginning only: prime or start"),
        ({"raw": True, "accept": 0.5}, "leave out raw and clamp"),
        ({"clamp": {9999: 1}}, "there is no unit 9999"),
    ],
)
@pytest.mark.parametrize("composing", [tw.compose, tw.stream, lambda model, **more: tw.compose_many(model, 2, **more)])
def test_a_wrong_option_is_told_at_once(composing, options, message):
    with pytest.raises(tw.OptionError, match=re.escape(message)):
        composing("oneills", **options)


def test_conditions_go_into_a_grammar_of_ones_own():
    model = tw.read_checkpoint("oneills")
    with pytest.raises(tw.OptionError, match="key is part of a grammar"):
        tw.compose(model, grammar=tw.playable(model), key="G")


def test_a_reading_is_a_sequence_of_tunes(tmp_path):
    book = tmp_path / "book.abc"
    book.write_text("X:1\nK:D\nabc|\n\nwords\n\nX:2\nK:D\ncba|\n\nX:3\nK:D\nabc|\n", encoding="utf-8")
    tunes = tw.read_tunes(book)
    assert (len(tunes), tunes[0].text, tunes[-1].text) == (2, "X:1\nK:D\nabc|\n", "X:2\nK:D\ncba|\n")
    assert list(tunes) == list(tunes[:]) == [*tunes.tunes]
    assert (len(tunes.failures), len(tunes.duplicates)) == (1, 1)
    assert repr(tunes) == "<Reading: 2 tunes, 1 failures, 1 duplicates>"


def test_a_corpus_is_read_by_its_name(oneills_folder):
    assert list(tw.read_tunes("oneills")) == list(tw.read_tunes(oneills_folder))


SMALL: dict[str, Any] = {"preset": "small", "units": 8, "embedding": 4, "threads": 1, "device": "cpu"}


def test_a_training_is_iterated_stopped_and_finished(tiny_corpus, tmp_path):
    with tw.train(tiny_corpus, out=tmp_path / "stopped", epochs=2, **SMALL) as training:
        first = next(training)
    assert (first.step, training.history) == (1, ())
    best = tw.train(tiny_corpus, out=tmp_path / "stopped", epochs=2, resume=True, **SMALL).finish()
    whole = tw.train(tw.read_tunes(tiny_corpus), out=tmp_path / "whole", epochs=2, **SMALL)
    assert whole.finish().fingerprint == best.fingerprint
    assert [record.epoch for record in whole.history] == [1, 2]
    assert whole.best in whole.history
    with pytest.raises(tw.OptionError, match="no option is called 'unit'; did you mean 'units'"):
        tw.train(tiny_corpus, out=tmp_path / "wrong", unit=8)


def test_a_network_is_adapted_with_what_it_learned_from_before(tiny_corpus, tmp_path):
    tunes = tw.read_tunes(tiny_corpus)
    model = tw.train(tunes[:20], out=tmp_path / "run", epochs=1, **SMALL).finish()
    with pytest.raises(tw.OptionError, match="does not say what it learned from"):
        tw.adapt(model, tunes[20:], out=tmp_path / "adapted")
    adapting = tw.adapt(model, tunes[20:], out=tmp_path / "adapted", former=tunes[:20], epochs=1)
    assert adapting.finish().training["adapted_from"]["network"] == model.fingerprint
    assert set(adapting.losses) == {"own", "former"}


def test_what_is_found_out_about_tunes(tiny_corpus, tmp_path, composed, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tunes = tw.read_tunes(tiny_corpus)
    copied, own = tw.originality([tunes[0], composed], tunes)
    assert copied.span.of == copied.span.characters
    assert own.span.characters < own.span.of
    assert tw.originality(composed.text, tw.originality_index(tunes)) == (own,)
    assert tw.musicality([composed], tunes).composed_tunes == 1
    assert tw.evaluate("oneills", tiny_corpus).full_tune == tw.evaluate(tw.read_checkpoint("oneills"), tunes).full_tune


def test_bars_are_varied(composed):
    for variation in tw.vary("oneills", "% made by\n" + composed.text, 3, candidates=2, seed=4):
        assert variation.text != composed.text
    with pytest.raises(tw.OptionError, match="did you mean 'seed'"):
        tw.vary("oneills", composed.text, 3, sed=4)  # type: ignore[call-arg]


def test_a_network_is_exported(untrained, tmp_path):
    pytest.importorskip("onnxruntime")
    written = tw.export(untrained(units=4), tmp_path / "net.onnx")
    assert written.size == (tmp_path / "net.onnx").stat().st_size
    assert written.difference < 1e-4


PLAN = """
data = ["tiny"]
preset = "small"
seeds = [0]
[base]
epochs = 1
units = 4
[[question]]
title = "Which?"
cell = ["lstm", "gru"]
"""


def test_a_study_is_run_from_its_plan(tiny_corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(tiny_corpus, tmp_path / "tiny")
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    results = tw.run_study("plan.toml", "study", executor="stacked").finish()
    assert (len(results.runs), results.failed, results.missing) == (2, (), ())
    assert results._repr_html_().count("<tr>") == 3


def test_a_notebook_shows_score_and_player(composed):
    html = composed._repr_html_()
    assert 'src="data:image/svg+xml;base64,' in html
    assert '<audio controls style="display: block" src="data:audio/ogg;base64,' in html
    assert "http" not in re.sub(r'"data:[^"]*"', "", html)


def test_a_notebook_shows_text_where_it_cannot_show_more(composed, monkeypatch):
    monkeypatch.setitem(sys.modules, "tunewright.rendering.page", None)
    tune = replace(composed, text="X:1\nT:<a&b>\nK:C\n")
    assert tune._repr_html_() == "<pre>X:1\nT:&lt;a&amp;b&gt;\nK:C\n</pre>"


def test_a_notebook_shows_what_cannot_be_played(tiny_corpus):
    broken = replace(tw.read_tunes(tiny_corpus)[0], text="<no tune>\n")
    assert "<pre>&lt;no tune&gt;\n</pre>" in broken._repr_html_()


def test_a_notebook_shows_curves_and_heatmaps(tiny_corpus, tmp_path):
    training = tw.train(tiny_corpus, out=tmp_path / "run", epochs=2, **SMALL)
    assert "0 epochs" in training._repr_html_()
    model = training.finish()
    html = training._repr_html_()
    assert html.count("<polyline") == 4
    assert html.count("<tr>") == 3
    shown = tw.heatmap(model, tw.read_tunes(tiny_corpus)[0], 3)
    assert shown.values.shape == (len(shown.text),)
    assert "Unit 3" in shown._repr_html_()
    assert "<svg" in shown._repr_html_()
