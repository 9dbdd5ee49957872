"""Do the tables of words lead along every word, and do fillings fill?"""

from hypothesis import given
from hypothesis import strategies as st

from tunewright.acceptor.reading import IMPOSSIBLE
from tunewright.acceptor.trie import WordTable, fill_table


def follow(table, root, word):
    first, symbols, targets, values, below, height = table.tables()
    node = root
    for character in word:
        edges = dict(zip(symbols[first[node] : first[node + 1]], targets[first[node] : first[node + 1]], strict=True))
        if table.numbers[character] not in edges:
            return None
        node = edges[table.numbers[character]]
    return values[node], below[node], height[node]


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=4), st.integers(0, 29), min_size=1), st.text("abcd", max_size=4)
)
def test_words_have_their_values_and_no_others(words, other):
    table = WordTable({character: number for number, character in enumerate("abcd")})
    root = table.add(words)
    for word, value in words.items():
        assert follow(table, root, word)[0] == value
    found = follow(table, root, other)
    assert (found is not None and found[0] >= 0) == (other in words)
    begun = [word for word in words if word.startswith(other)]
    if begun:
        assert found[1] == sum(1 << value for value in {words[word] for word in begun})
        assert found[2] == min(map(len, begun)) - len(other)


def test_words_that_cannot_be_spelled_are_left_out():
    table = WordTable({"a": 0})
    root = table.add({"a": 1, "b": 2})
    assert follow(table, root, "a") == (1, 2, 0)
    assert len(table.edges[root]) == 1


def test_a_branch_follows_each_of_its_stems():
    table = WordTable({character: number for number, character in enumerate("abx")})
    branch = table.add({"x": 3, "": 4})
    root = table.place()
    table.graft(root, ["a", "ab"], branch)
    assert follow(table, root, "a")[0] == 4
    assert follow(table, root, "ax")[0] == 3
    assert follow(table, root, "abx")[0] == 3
    assert follow(table, root, "b") is None


def test_notes_fill_what_they_can():
    characters, first = fill_table([4, 8, 6], ["", "2", "3/2"], 20)
    assert characters[:9] == [0, *[IMPOSSIBLE] * 3, 1, IMPOSSIBLE, 4, IMPOSSIBLE, 2]
    assert characters[16] == 4
    assert first[8] in (0, 1)
    assert first[7] == -1
