"""Files of `tunewright neurons`: data, page and figures; those that need a missing package are reported."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tunewright.analysis.ablation.sentences import ablation_sentences
from tunewright.analysis.composed_tune import as_composed
from tunewright.analysis.neuron_analysis import analyse_neurons, check_request, require_known
from tunewright.analysis.units.samples import CHARACTERS, Sides
from tunewright.analysis.units.shown_tunes import NAMES, span_of
from tunewright.analysis.units.unit_files import TUNES, study_files, tunes_file
from tunewright.corpus.readers import measured_tunes, tunes_of
from tunewright.errors import MissingExtraError, OptionError, RenderError
from tunewright.files import claim_folder, write_file
from tunewright.model.checkpoint import checkpoint_of
from tunewright.model.threads import one_thread
from tunewright.rendering.page import PageSection
from tunewright.rendering.score_places import engrave_with_areas
from tunewright.rendering.source import title_of
from tunewright.report.figures.unit_figures import unit_figures
from tunewright.report.figures.unit_map import draw_map
from tunewright.report.pages.ablation_section import ablation_section, draw_ablation
from tunewright.report.pages.copying_section import draw_copying, draw_gate, looking_section
from tunewright.report.pages.looking_back_section import KINDS, draw_arcs
from tunewright.report.pages.looking_back_section import TITLE as ARCS
from tunewright.report.pages.memory_section import draw_memory, memory_section
from tunewright.report.pages.neuron_page import neuron_page
from tunewright.report.pages.neuron_page_data import Engraved, NeuronPage
from tunewright.report.pages.probes_section import draw_probes, probes_section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tunewright.analysis.neuron_analysis import NeuronRequest, NeuronResults
    from tunewright.analysis.units.shown_tunes import ShownTune
    from tunewright.corpus.readers import Tunes
    from tunewright.model.checkpoint import Model
    from tunewright.progress import Progress

Thing = TypeVar("Thing")
PAGE, FIGURES = "index.html", "figures"
ON_PAGE = 8
"""The largest number of tunes that the page and the figures show."""
MAP_WORDS = (
    "<p>Each dot is a unit; it stands in the row of the label that it is confirmed to follow best, and the farther "
    "right, the more closely. A dot leads to its unit. What only the left side has, learning made.</p>"
)
OWN_LACKS = (
    "what units are for, gates and gradients; these need a network whose equations Tunewright knows, and yours is a "
    "module of your own"
)


@dataclass(frozen=True)
class WrittenNeurons:
    """What came of it."""

    page: Path
    """A page with all of it, among the other files of its folder."""
    found: NeuronResults
    problems: tuple[str, ...]
    """What is missing, and why."""


def write_neurons(
    model: Model,
    tunes: Tunes,
    out: Path | str,
    *,
    held_out: Tunes | None = None,
    shown: Tunes = (),
    units: Sequence[int] | None = None,
    against: Mapping[str, Model] | None = None,
    quantity: str = "h",
    characters: int = CHARACTERS,
    force: bool = False,
    progress: Progress = lambda *_: None,
) -> WrittenNeurons:
    """Find out what the units of a network follow, what they are for and what they remember; write files and a page.

    Parameters
    ----------
    model
        The network, the folder of one, or the name of one that comes along.
    tunes
        Tunes to choose labels by, and to confirm them on; or a file, folder or name of a corpus.
    out
        The folder to write.
    held_out
        Tunes to confirm on, instead of a half of `tunes`.
    shown
        Tunes to show the units on; without them the network composes one.
    units
        Tell of the units of these numbers only, and draw them.
    against
        Other models by name: has each of them a unit for the same thing?
    quantity
        What of each unit; see `NeuronConfig`.
    characters
        Most characters of tunes to choose by, and of tunes to confirm on.
    force
        Write into a folder that holds something already.

    Raises
    ------
    OptionError
        If a unit does not exist, or units of a network have no such quantity.
    VocabularyError
        If a network does not know a character that it would have to read.
    OutputError
        If the place cannot be written, or holds something already.
    """
    checkpoint, folder = checkpoint_of(model), Path(out)
    if checkpoint.reads_plain_text:
        raise OptionError("units are labelled by music, and the network learned plain text")
    others = {name: checkpoint_of(each) for name, each in (against or {}).items()}
    request = check_request(checkpoint, others, [as_composed(each) for each in measured_tunes(shown)], units, quantity)
    choosing, confirming = tunes_of(tunes), None if held_out is None else tunes_of(held_out)
    with one_thread():
        progress("labelling tunes", 0.0)
        sides = Sides.of(checkpoint, choosing, confirming, characters)
        require_known(others, sides)
        claim_folder(folder, force=force)
        found = analyse_neurons(request, sides, lambda doing, share: progress(doing, 0.9 * share))
        writer = NeuronWriter(request, found, folder)
        writer.write(lambda doing, share: progress(doing, 0.9 + 0.1 * share))
    return WrittenNeurons(folder / PAGE, found, tuple(writer.problems))


class NeuronWriter:
    """Writes the results; `problems` holds a sentence, once, for each thing that could not be made."""

    def __init__(self, request: NeuronRequest, found: NeuronResults, out: Path) -> None:
        self.request, self.found, self.out = request, found, out
        self.problems: dict[str, None] = {}
        if request.model.config.is_own:
            self.problems[OWN_LACKS] = None
        beside = len(found.memory) - (not request.model.config.is_own)
        if beside < len(found.others):
            unmeasured = f"{len(found.others) - beside} of {len(found.others)} other models"
            self.problems[f"the memory of {unmeasured}; at most {beside} are measured"] = None
        self.page = self._page()

    def write(self, tell: Progress) -> None:
        """Write all files; `tell` is called with what is being done and the share done, 0 to 1."""
        tell("files", 0.0)
        for name, content in self._data().items():
            write_file(self.out / name, content)
        write_file(self.out / PAGE, neuron_page(self.page))
        folder = self.out / FIGURES
        folder.mkdir(exist_ok=True)
        pictures = [*self._pictures()]
        for number, (name, make) in enumerate(pictures):
            tell(f"picture {name}", 0.1 + 0.3 * number / len(pictures))
            drawn = self._made(make)
            if drawn is not None:
                write_file(folder / name, drawn)
        forms = ("svg", "png") if find_spec("typst") else ("svg",)
        for name, content in unit_figures(self.page, self.request.pairs, forms):
            tell(f"picture {name}", 0.7)
            write_file(folder / name, content)
        for name, make in self._tunes_looked_at(forms):
            drawn = self._made(make)
            if drawn is not None:
                write_file(folder / name, drawn)

    def _data(self) -> dict[str, bytes]:
        found, network = self.found, self.request.model.config
        units = [(report.layer, report.unit) for report in found.reported.units]
        more: dict[str, dict[str, Any]] = {
            **({"ablation.json": found.ablation.as_json()} if found.ablation else {}),
            "probes.json": found.probes.as_json(),
            "memory.json": {name: each.as_json() for name, each in found.memory.items()},
        }
        if found.looking:
            more["ablation.json"] |= {"without_looking_back": found.looking.alone.as_json()}
            tunes = [{"text": each.text, "bars": [asdict(bar) for bar in each.bars]} for each in found.looking.shown]
            more["looking-back.json"] = {**found.looking.copying.as_json(), "tunes": tunes}
        return {
            **study_files(found.reported, found.untrained, found.others),
            TUNES: tunes_file(self.request.shown, units, network.units),
            **{name: (json.dumps(content, indent=1) + "\n").encode() for name, content in more.items()},
        }

    def _page(self) -> NeuronPage:
        found, shown = self.found, self.request.shown[:ON_PAGE]
        ablation = found.ablation
        if len(self.request.shown) > ON_PAGE:
            self.problems[f"{PAGE} shows {ON_PAGE} of {len(self.request.shown)} tunes; tunes.json has all"] = None
        low, high = span_of(self.request.quantity, shown)
        effects = (
            {
                each.target.units[0]: ablation_sentences(each, ablation)
                for each in ablation.ablations
                if len(each.target.units) == 1
            }
            if ablation
            else {}
        )
        return NeuronPage(
            "Inside the network",
            found.reported,
            found.untrained,
            found.others,
            shown,
            [self._engraved(each) for each in shown],
            self.request.composed,
            NAMES[self.request.quantity],
            low,
            high,
            effects,
            self._sections(),
        )

    def _engraved(self, shown: ShownTune) -> Engraved | None:
        try:
            return engrave_with_areas(shown.tune.text)
        except RenderError as error:
            self.problems[f"{title_of(shown.tune.text) or 'a tune'} has no score: {error}"] = None
        except MissingExtraError as error:
            self.problems[str(error)] = None
        return None

    def _sections(self) -> list[PageSection]:
        found = self.found
        linked = [(report.layer, report.unit) for report in found.reported.units]
        drawn = draw_map(found.study, found.untrained, linked=linked).decode()
        sections = [PageSection("Map of the units", f'<div class="map">{drawn}</div>{MAP_WORDS}')]
        looking, ablation = found.looking, found.ablation
        makers: list[Callable[[], PageSection]] = [lambda: probes_section(found.probes)]
        if ablation:
            makers.insert(0, lambda: ablation_section(ablation, looking.alone if looking else None))
        if found.memory:
            makers.append(lambda: memory_section(found.memory))
        if looking:
            makers.append(lambda: looking_section(looking.copying, looking.shown[:ON_PAGE]))
        for make in makers:
            section = self._made(make)
            if section:
                sections.append(section)
        return sections

    def _pictures(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        found = self.found
        drawn: dict[str, Callable[[str], bytes]] = {
            "map": lambda form: draw_map(found.study, found.untrained, form),
            "probes": lambda form: draw_probes(found.probes, form),
        }
        if ablation := found.ablation:
            drawn["ablation"] = lambda form: draw_ablation(ablation, form)
        if found.memory:
            drawn["memory"] = lambda form: draw_memory(found.memory, form)
        if looking := found.looking:
            drawn["copying"] = lambda form: draw_copying(looking.copying, form)
        for name, draw in drawn.items():
            for form in ("svg", "png"):
                yield f"{name}.{form}", partial(draw, form)

    def _tunes_looked_at(self, forms: Sequence[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """For each tune, arcs of where its bars come from, over score and text, and the gate at each character."""
        shown = self.found.looking.shown[:ON_PAGE] if self.found.looking else ()
        for number, looked in enumerate(shown, 1):
            behind = f"-tune-{number}" if len(shown) > 1 else ""
            for form in forms:
                for kind in KINDS:
                    title = f"{ARCS}: {title_of(looked.text) or 'untitled'}"
                    yield f"arcs-{kind}{behind}.{form}", partial(draw_arcs, looked, kind, title=title, form=form)
                yield f"gate-text{behind}.{form}", partial(draw_gate, looked, form)

    def _made(self, make: Callable[[], Thing]) -> Thing | None:
        try:
            return make()
        except MissingExtraError as error:
            self.problems[str(error)] = None
        except (OptionError, RenderError):  # there is nothing to draw; a score that is missing is reported above
            pass
        return None
