"""In which keys does a network hear the tunes of an epoch?

A tune in another key is another text and the same music. Which keys there are, and how common each of them is, a
network has to learn too; so a tune moves to a key of its own mode that other tunes of the corpus have, drawn as often
as they have it. What cannot be moved exactly, or would need a character that the network does not know, stays.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Ids, Vocabulary
from tunewright.errors import TranspositionError
from tunewright.notation.keys import parse_key
from tunewright.notation.transpose import transpose

_FIRST_KEY = re.compile(r"^K:[ \t]*(([A-G][#b]?).*)$", re.MULTILINE)


class KeyedTunes:
    """Tunes that can be heard in other keys.

    Parameters
    ----------
    tunes
        Framed tunes as ids.
    vocabulary
        What the ids mean.
    """

    def __init__(self, tunes: Sequence[Ids], vocabulary: Vocabulary) -> None:
        self.tunes, self.vocabulary = tunes, vocabulary
        self._keys = [_tonic_and_mode(vocabulary.decode(ids)) for ids in tunes]
        counts = Counter(key for key in self._keys if key)
        modes: dict[str, Counter[str]] = {}
        for (tonic, mode), count in counts.items():
            modes.setdefault(mode, Counter())[tonic] = count
        self._tonics = {
            mode: (list(tonics), np.array(list(tonics.values())) / tonics.total()) for mode, tonics in modes.items()
        }

    def epoch(self, share: float, generator: np.random.Generator) -> list[Ids]:
        """All tunes in order, about `share` of them moved to a key that `generator` draws, maybe their own."""
        return [
            self._in_another_key(ids, key, generator) if key and generator.random() < share else ids
            for ids, key in zip(self.tunes, self._keys, strict=True)
        ]

    def _in_another_key(self, ids: Ids, key: tuple[str, str], generator: np.random.Generator) -> Ids:
        tonic, mode = key
        tonics, shares = self._tonics[mode]
        wanted = tonics[generator.choice(len(tonics), p=shares)]
        if wanted == tonic:
            return ids
        text = self.vocabulary.decode(ids).removeprefix(START).removesuffix(END)
        try:
            moved = transpose(text, wanted)
        except TranspositionError:
            return ids
        return ids if self.vocabulary.unknown(moved) else self.vocabulary.encode(START + moved + END)


def _tonic_and_mode(text: str) -> tuple[str, str] | None:
    """``("Bb", "major")``; None where the first ``K:`` names no key with a tonic."""
    match = _FIRST_KEY.search(text)
    key = parse_key(match[1]) if match else None
    return (match[2], key.mode) if match and key and key.mode else None
