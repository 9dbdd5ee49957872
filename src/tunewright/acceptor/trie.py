"""Tries: lists of words as flat tables that a compiled function can walk, and the filling of bars with lengths.

All words of a grammar share one table of places (nodes). A place has edges, each with a symbol and the place that it
leads to; a value, if a word may end there; and a mask of the values of all words that go through it.
"""

from collections.abc import Iterable, Mapping, Sequence

from tunewright.acceptor.reading import ANY, IMPOSSIBLE, Place, Tables


def edge(tables: Tables, node: int, symbol: int) -> int:
    """Return the place that `symbol` leads to from `node` in the tables of words; -1 if it leads nowhere."""
    symbols = tables[Place.EDGE_SYMBOL]
    for at in range(tables[Place.FIRST_EDGE][node], tables[Place.FIRST_EDGE][node + 1]):
        if symbols[at] == symbol:
            return tables[Place.EDGE_TARGET][at]
    return -1


MOST_VALUES = 30
"""Values below this number have a bit of their own in the masks; others share all bits."""


class WordTable:
    """Places and edges of all words of a grammar; place 0 is none."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        """Of each symbol; a word with any other character is left out."""
        self.edges: list[dict[str, int]] = [{}]
        self.values = [-1]
        self._grafted = 0
        """Places from here on lead to later ones only."""

    def place(self) -> int:
        """Make a new place without edges."""
        self.edges.append({})
        self.values.append(-1)
        return len(self.edges) - 1

    def spells(self, word: str) -> bool:
        """Whether every character of `word` is in the vocabulary."""
        return self.numbers.keys() >= set(word)

    def add(self, words: Mapping[str, int], root: int | None = None) -> int:
        """Add words with their values below `root`, or below a new place; return it."""
        root = self.place() if root is None else root
        for word, value in words.items():
            if self.spells(word):
                self.values[self.walk(root, word)] = value
        return root

    def walk(self, node: int, word: str) -> int:
        """The place to which `word` leads from `node`, made where it is missing."""
        for character in word:
            following = self.edges[node].get(character)
            if following is None:
                following = self.edges[node][character] = self.place()
            node = following
        return node

    def graft(self, root: int, words: Iterable[str], branch: int) -> None:
        """Let each of `words`, from `root` on, go over into what follows `branch`."""
        for word in words:
            if word and self.spells(word):
                end = self.walk(root, word)
                for character, target in self.edges[branch].items():
                    self.edges[end].setdefault(character, target)
                if self.values[branch] >= 0:
                    self.values[end] = self.values[branch]
        self._grafted = len(self.edges)

    def tables(self) -> tuple[list[int], list[int], list[int], list[int], list[int], list[int]]:
        """First edge of each place, symbols and targets of the edges, values, masks of values below, and heights."""
        first, symbols, targets = [0], [], []
        for edges in self.edges:
            for character, target in sorted(edges.items()):
                symbols.append(self.numbers[character])
                targets.append(target)
            first.append(len(symbols))
        below = [self._mask(value) for value in self.values]
        height = [0 if value >= 0 else IMPOSSIBLE for value in self.values]

        def look_below(places: Sequence[int]) -> bool:
            changed = False
            for node in places:
                for target in self.edges[node].values():
                    if below[target] & ~below[node] or height[target] + 1 < height[node]:
                        below[node] |= below[target]
                        height[node] = min(height[node], height[target] + 1)
                        changed = True
            return changed

        look_below(range(len(self.edges) - 1, self._grafted - 1, -1))
        while look_below(range(self._grafted - 1, -1, -1)):
            pass
        return first, symbols, targets, self.values, below, height

    @staticmethod
    def _mask(value: int) -> int:
        if value < 0:
            return 0
        return 1 << value if value < MOST_VALUES else ANY


def fill_table(grains: Sequence[int], words: Sequence[str], most: int) -> tuple[list[int], list[int]]:
    """For each number of grains: the fewest characters of notes that fill it, and the length of the first of them.

    Parameters
    ----------
    grains, words
        Each length that can be spelled, and how.
    most
        Largest number of grains.

    Returns
    -------
    characters
        shape=(most + 1,); IMPOSSIBLE where no notes fill it.
    first
        shape=(most + 1,); index into `grains`, or -1.
    """
    characters, first = [0] + [IMPOSSIBLE] * most, [-1] * (most + 1)
    for number in range(1, most + 1):
        for index, (value, word) in enumerate(zip(grains, words, strict=True)):
            if value <= number and characters[number - value] + 1 + len(word) < characters[number]:
                characters[number] = characters[number - value] + 1 + len(word)
                first[number] = index
    return characters, first
