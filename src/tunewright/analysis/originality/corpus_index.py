"""Originality index of a corpus: how near a tune is to the corpus, and whether it is a copy; cached on disk.

An `OriginalityIndex` holds a corpus in the forms that `corpus_search` searches, and a scale: the same figures of human
tunes that are new to the corpus. These are a sample of the corpus itself, each compared with all tunes but those that
`corpus.split` takes for settings of it. A tune that still has a setting there is left out and counted (see `nearness`),
because another setting of a human tune is a copy too.
"""

import contextlib
import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from tunewright import __version__
from tunewright.analysis.originality.corpus_arrays import corpus_arrays
from tunewright.analysis.originality.corpus_search import CorpusSearch
from tunewright.analysis.originality.index_files import UNREADABLE, mark_opened, prune_cache, read_index, write_index
from tunewright.analysis.originality.nearness import Nearness, Scale
from tunewright.analysis.originality.verdict import Originality
from tunewright.corpus.readers import Tunes, measured_tunes, tunes_of
from tunewright.corpus.split import group_tunes
from tunewright.corpus.tune import HasText, Tune, text_of
from tunewright.errors import IndexFolderError, OutputError
from tunewright.files import cache_folder
from tunewright.progress import Progress

SCALE_TUNES = 200
"""Most tunes of a corpus that are measured for its scale."""


class OriginalityIndex:
    """A corpus, indexed to find what a tune copies from it: see `originality_index`, `build` and `open`.

    Parameters
    ----------
    header
        ``checksum`` and ``alphabet`` of the corpus, and its ``scale``.
    arrays
        See `corpus_arrays.corpus_arrays`.
    """

    def __init__(self, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        self._header, self._arrays = header, arrays
        self._search = CorpusSearch(header["alphabet"], arrays)

    @classmethod
    def build(cls, tunes: Sequence[Tune], progress: Progress | None = None) -> "OriginalityIndex":
        """Index `tunes`, and measure the scale on a sample of them.

        Parameters
        ----------
        progress
            Called with a description of the step, and the share of it that is done, 0 to 1.
        """
        progress = progress or (lambda _doing, _share: None)
        alphabet, arrays = corpus_arrays(tunes, progress)
        scale = _own_scale(CorpusSearch(alphabet, arrays), tunes, progress)
        header = {"checksum": checksum_of(tunes), "alphabet": alphabet, "scale": scale.to_mapping()}
        return cls(header, arrays)

    @classmethod
    def open(cls, folder: Path) -> "OriginalityIndex":
        """Open an index that `save` wrote; its arrays are mapped into memory.

        Raises
        ------
        IndexFolderError
            If there is no index, or if it is damaged or of another format.
        """
        header, arrays = read_index(folder)
        try:
            return cls(header, arrays)
        except (KeyError, TypeError) as error:
            raise IndexFolderError(UNREADABLE.format(error=error), path=folder) from error

    def save(self, folder: Path) -> None:
        """Write the index as `folder`, and replace an earlier one.

        Raises
        ------
        OutputError
            If the folder cannot be written.
        """
        write_index(folder, self._header, self._arrays)

    @property
    def checksum(self) -> str:
        """Of the corpus, see `checksum_of`."""
        return str(self._header["checksum"])

    @property
    def tunes(self) -> int:
        """Number of tunes in the corpus."""
        return len(self._arrays["move_starts"]) - 1

    @cached_property
    def scale(self) -> Scale:
        """The figures of human tunes that are new to this corpus."""
        return Scale.from_mapping(self._header["scale"])

    def query(self, text: str, scale: Scale | None = None) -> Originality:
        """Measure how near the tune `text` (any text is allowed) is to the corpus.

        Parameters
        ----------
        scale
            The scale to compare with, see `scale_of`; None takes the corpus' own `scale`.
        """
        return self._search.measure(text).beside(scale or self.scale)

    def scale_of(self, texts: Sequence[str], progress: Progress | None = None) -> Scale:
        """Return the scale of other human tunes, which should be new to the corpus."""
        progress = progress or (lambda _doing, _share: None)
        measured = (self._search.measure(text).nearness for text in texts)
        return _scale(measured, len(texts), "held-out human tunes", progress)


def originality_index(
    tunes: Sequence[Tune], *, cache: Path | None = None, progress: Progress | None = None
) -> OriginalityIndex:
    """Return the index of `tunes` from the cache, or build it and, if possible, cache it.

    Parameters
    ----------
    cache
        A folder with one folder for each corpus; None takes the user's cache.
    """
    cache = cache or cache_folder("originality")
    checksum = checksum_of(tunes)
    folder = cache / checksum
    with contextlib.suppress(IndexFolderError):
        index = OriginalityIndex.open(folder)
        if index.checksum == checksum:
            mark_opened(folder)
            return index
    index = OriginalityIndex.build(tunes, progress)
    with contextlib.suppress(OutputError):
        index.save(folder)
        prune_cache(cache)
    return index


def originality(
    tunes: Iterable[HasText | str],
    corpus: Tunes | OriginalityIndex,
    *,
    held_out: Tunes = (),
    progress: Progress | None = None,
) -> tuple[Originality, ...]:
    """Measure what tunes copy from a corpus, and how near they are to it.

    Parameters
    ----------
    tunes
        Tunes, compositions or texts.
    corpus
        What they may be copied from: tunes, the file, folder or name of a corpus, or an index.
    held_out
        Human tunes that are new to the corpus, to set the figures beside; without them, a sample of the corpus itself.
    progress
        Called with what is being done while an index is built, and the share of it that is done, 0 to 1.

    Returns
    -------
    figures
        One for each tune, in their order.
    """
    if isinstance(tunes, str):
        tunes = [tunes]
    index = corpus if isinstance(corpus, OriginalityIndex) else originality_index(tunes_of(corpus), progress=progress)
    human = [tune.text for tune in measured_tunes(held_out)]
    scale = index.scale_of(human, progress) if human else index.scale
    return tuple(index.query(text_of(tune), scale) for tune in tunes)


def checksum_of(tunes: Sequence[Tune]) -> str:
    """Return 32 hexadecimal digits that depend on the texts, their order, files and lines, and this version."""
    digest = hashlib.blake2b(__version__.encode(), digest_size=16)
    for tune in tunes:
        for value in (tune.text, str(tune.path), str(tune.line)):
            data = value.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _own_scale(search: CorpusSearch, tunes: Sequence[Tune], progress: Progress) -> Scale:
    progress("looking for settings of one tune", 0.0)
    settings_of = {number: group for group in group_tunes(tunes) for number in group}
    sample = random.Random(0).sample(range(len(tunes)), min(len(tunes), SCALE_TUNES))
    cases = [number for number in sample if len(settings_of[number]) < len(tunes)]
    measured = (search.nearness(number, settings_of[number]) for number in cases)
    return _scale(measured, len(cases), "tunes of the corpus, each set against all others but settings of it", progress)


def _scale(measured: Iterable[Nearness], count: int, description: str, progress: Progress) -> Scale:
    """Return the scale of `count` human tunes as they are measured; reports progress."""
    progress("measuring human tunes", 0.0)
    kept = []
    for done, nearness in enumerate(measured, start=1):
        kept.append(nearness)
        progress("measuring human tunes", done / count)
    progress("measuring human tunes", 1.0)
    return Scale.of(description, kept)
