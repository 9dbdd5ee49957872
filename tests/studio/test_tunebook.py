"""Does the book hold what was done to it, compared with a plain model of it, and refuse what it cannot take?"""

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from tunewright.studio.route import Refused
from tunewright.studio.settings import Settings
from tunewright.studio.tunebook import book as book_module
from tunewright.studio.tunebook import tune_rows, tune_sets
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.descriptions import describe, key_name, renamed, sort_title, tidy
from tunewright.studio.tunebook.tune_list import TuneFilter, all_numbers, list_tunes, summary

HEAD = "X:1\nT:{}\nR:{}\nM:4/4\nL:1/8\nK:{}\n"


def tune(title="A Tune", rhythm="reel", key="D", music="DEFG ABcd|"):
    return HEAD.format(title, rhythm, key) + music + "\n"


@pytest.fixture
def book(tmp_path):
    with closing(Tunebook(Settings(folder=tmp_path))) as opened:
        yield opened


def listed(book, **wanted):
    with book.file.reading() as connection:
        return list_tunes(connection, TuneFilter(**wanted), 0, 1000)


def titles(book, **wanted):
    return [each.title for each in listed(book, **wanted).tunes]


def test_a_tune_is_kept_with_what_it_says_of_itself(book):
    kept = book.keep(
        tune("The Rakish Paddy", "Reel", "Ador"), ["to learn", "Session"], {"seed": 3, "network": "oneills"}
    )
    assert (kept.title, kept.rhythm, kept.meter, kept.key) == ("The Rakish Paddy", "reel", "4/4", "A dorian")
    assert kept.tags == ("Session", "to learn")
    assert kept.provenance == {"seed": 3, "network": "oneills"}
    assert book.tune(kept.id) == kept


def test_a_tune_that_is_there_is_not_kept_twice(book):
    first = book.keep(tune(), ["one"])
    again = book.keep(tune().replace("X:1", "X:7").replace("\n", "  \n"), ["two"])
    assert (again.id, again.was_there, first.was_there) == (first.id, True, False)
    assert again.tags == ("one", "two")
    assert book.keep(tune("Other")).id != first.id


def test_keeping_a_deleted_tune_brings_it_back(book):
    first = book.keep(tune(), ["one"])
    book.delete([first.id])
    again = book.keep(tune())
    assert (again.id, again.tags, again.was_there) == (first.id, ("one",), False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no note"),
        ("X:1\nT:Only a title\nK:D\n", "no note"),
        ("  \n", "no note"),
        (tune() + "\n" + tune("B"), "2 tunes"),
    ],
)
def test_what_is_not_one_tune_is_refused(book, text, words):
    with pytest.raises(Refused, match=words) as refused:
        book.keep(text)
    assert refused.value.status == 422
    assert listed(book).total == 0


def test_a_deleted_tune_is_gone_until_it_is_restored(book):
    kept = book.keep(tune("Gone"), ["tag"])
    with book.file.writing() as connection:
        made = tune_sets.make_set(connection, "Set", [kept.id])
    assert book.delete([kept.id]) == 1
    assert book.delete([kept.id]) == 0
    with pytest.raises(Refused, match="no tune of the book has the number 1"):
        book.tune(kept.id)
    assert listed(book, words="gone").total == 0
    with book.file.reading() as connection:
        assert tune_sets.read_set(connection, made.id).tunes == ()
        assert summary(connection).tags == ()
    book.restore([kept.id])
    assert book.tune(kept.id) == kept
    assert titles(book, words="gone") == ["Gone"]
    with book.file.reading() as connection:
        assert [each.id for each in tune_sets.read_set(connection, made.id).tunes] == [kept.id]


def test_what_was_deleted_long_ago_is_swept(book, monkeypatch):
    old, young = book.keep(tune("Old")), book.keep(tune("Young"))
    day, present = 24 * 3600 * 1000, tune_rows.now()
    monkeypatch.setattr(book_module, "now", lambda: present - 31 * day)
    book.delete([old.id])
    monkeypatch.setattr(book_module, "now", lambda: present - 29 * day)
    book.delete([young.id])
    monkeypatch.setattr(book_module, "now", lambda: present)
    assert book.sweep() == 1
    assert (book.restore([old.id]), book.restore([young.id])) == (0, 1)
    with book.file.reading() as connection:
        for table in ("words", "melodies", "pitches"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 1  # noqa: S608


def test_a_number_is_never_given_twice(book, monkeypatch):
    first = book.keep(tune())
    monkeypatch.setattr(book_module, "now", lambda: 0)
    book.delete([first.id])
    monkeypatch.undo()
    assert book.sweep() == 1
    assert book.keep(tune()).id > first.id


def test_a_new_title_is_written_into_the_tune_and_found(book):
    kept = book.keep(tune("Before"))
    changed = book.change(kept.id, title="  After\n K:G ")
    assert (changed.title, changed.text) == ("After K:G", tune("After K:G"))
    assert (titles(book, words="after"), titles(book, words="before")) == (["After K:G"], [])
    assert changed.changed_at >= kept.changed_at


@given(
    st.text(max_size=60).filter(str.split),
    st.sampled_from([tune(), "K:D\nABc|\n", "X:3\nK:D\nABc|\n", "%x\nK:C\nc|\n"]),
)
def test_any_title_can_be_given(title, text):
    plain = (
        tune_rows.require_name("title", title, 200)
        if any(each.isprintable() and each.strip() for each in title)
        else "x"
    )
    changed = tidy(renamed(text, plain))
    assert describe(changed).title == plain
    assert changed.endswith(text.rpartition("K:")[2])


def test_changing_the_text_changes_what_is_found(book):
    kept = book.keep(tune("One"))
    changed = book.change(kept.id, text=tune("Two", "jig", "G", "GABc|"))
    assert (changed.title, changed.rhythm, changed.key) == ("Two", "jig", "G")
    assert (titles(book, words="one"), titles(book, words="jig")) == ([], ["Two"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": " \n"}, "title is empty"),
        ({"title": "a" * 201}, "201 characters"),
        ({"tags": ["a" * 41]}, "41 characters"),
        ({"tags": [""]}, "tag is empty"),
        ({"tags": [str(n) for n in range(31)]}, "31 tags"),
        ({"text": "words"}, "no note"),
        ({"provenance": {"a": "b" * 30_000}}, "provenance has"),
    ],
)
def test_a_change_that_cannot_be_taken_changes_nothing(book, change, words):
    kept = book.keep(tune(), ["tag"], {"seed": 1})
    with pytest.raises(Refused, match=words):
        book.change(kept.id, **{"title": "New"} | change)
    assert book.tune(kept.id) == kept


def test_tags_are_the_same_in_any_case(book):
    book.keep(tune("One"), ["Session"])
    assert book.keep(tune("Two"), ["SESSION", "session"]).tags == ("Session",)
    assert titles(book, tag="session") == ["One", "Two"]


def test_words_are_found_at_their_beginning_without_accents_and_case(book):
    book.keep(tune("Séamus Ennis's Favourite"))
    book.keep(HEAD.format("Another", "jig", "G") + "GABc|\nw:when I was on horse-back\n")
    for words in ("seamus", "FAV", "ennis fav", "reel séam", "ennis's"):
        assert titles(book, words=words) == ["Séamus Ennis's Favourite"], words
    assert titles(book, words="horseback") == ["Another"]
    assert titles(book, words="eamus") == []


@pytest.fixture(scope="module")
def book_of_one(tmp_path_factory):
    with closing(Tunebook(Settings(folder=tmp_path_factory.mktemp("book")))) as opened:
        opened.keep(tune("A Tune"))
        yield opened


@given(words=st.text(max_size=40))
def test_any_words_can_be_searched(book_of_one, words):
    found = listed(book_of_one, words=words, sort="best")
    assert found.total == len(found.tunes)


def test_orders(book):
    for title, rhythm, key in [
        ("The Bucks", "reel", "G"),
        ("An Áirc", "jig", "D"),
        ("No. 10", "air", "A"),
        ("No. 9", "jig", "Em"),
    ]:
        book.keep(tune(title, rhythm, key))
    assert titles(book) == ["An Áirc", "The Bucks", "No. 9", "No. 10"]
    assert titles(book, sort="newest") == ["No. 9", "No. 10", "An Áirc", "The Bucks"]
    assert titles(book, sort="oldest") == ["The Bucks", "An Áirc", "No. 10", "No. 9"]
    assert titles(book, sort="rhythm") == ["No. 10", "An Áirc", "No. 9", "The Bucks"]
    assert titles(book, sort="key") == ["No. 10", "An Áirc", "No. 9", "The Bucks"]
    assert titles(book, rhythm="jig") == ["An Áirc", "No. 9"]
    assert titles(book, key="E minor") == ["No. 9"]
    with book.file.reading() as connection:
        pages = [list_tunes(connection, TuneFilter(), start, 2) for start in (0, 2, 4)]
        assert [each.title for page in pages for each in page.tunes] == titles(book)
        assert {page.total for page in pages} == {4}
        assert all_numbers(connection, TuneFilter(sort="oldest")) == [1, 2, 3, 4]


def test_a_set_has_its_order_and_may_repeat_a_tune(book):
    one, two, three = (book.keep(tune(title)).id for title in ("One", "Two", "Three"))
    with book.file.writing() as connection:
        made = tune_sets.make_set(connection, " A  set ", [three, one, three])
        assert (made.name, [each.title for each in made.tunes]) == ("A set", ["Three", "One", "Three"])
        changed = tune_sets.change_set(connection, made.id, "Other", [two, one])
        assert (changed.name, [each.title for each in changed.tunes]) == ("Other", ["Two", "One"])
    assert titles(book, set_id=made.id, sort="set") == ["Two", "One"]
    book.delete([two])
    with book.file.writing() as connection:
        assert [each.title for each in tune_sets.change_set(connection, made.id, None, [three, one]).tunes] == [
            "Three",
            "One",
        ]
    book.restore([two])
    with book.file.writing() as connection:
        restored = tune_sets.read_set(connection, made.id)
        assert [each.title for each in restored.tunes] == ["Three", "One", "Two"]
        tune_sets.delete_set(connection, made.id)
        assert tune_sets.read_sets(connection) == ()
        assert tune_sets.restore_set(connection, made.id).name == "Other"


@pytest.mark.parametrize(
    ("name", "numbers", "words"), [("", [], "name is empty"), ("a" * 101, [], "101"), ("a", [9], "number 9")]
)
def test_a_set_that_cannot_be_is_refused(book, name, numbers, words):
    with pytest.raises(Refused, match=words), book.file.writing() as connection:
        tune_sets.make_set(connection, name, numbers)
    with book.file.reading() as connection:
        assert tune_sets.read_sets(connection) == ()


@pytest.mark.parametrize(
    ("value", "name"),
    [("G", "G"), ("Gmaj", "G"), ("G major", "G"), ("Em", "E minor"), ("Ador", "A dorian"), ("Bb", "Bb"),
     ("F#min", "F# minor"), ("D mix ^g", "D mixolydian"),
     ("HP", "Highland pipes"), ("none", ""), ("", ""), ("nonsense", "")],
)  # fmt: skip
def test_keys_have_names(value, name):
    assert key_name(value) == name


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("The Wind", "wind"),
        ("An Paistin Fionn", "paistin fionn"),
        ("A", "a"),
        ("L'Air", "air"),
        ('"Éire"', 'eire"'),
        ("No. 9", "no. 000009"),
    ],
)
def test_titles_are_sorted_without_articles(title, plain):
    assert sort_title(title) == plain


class BookModel(RuleBasedStateMachine):
    """Whatever is done in whatever order, the book is what a dictionary says, also after it was closed and opened."""

    numbers = Bundle("numbers")
    sets = Bundle("sets")

    @initialize()
    def open_book(self):
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.book = Tunebook(Settings(folder=self.path))
        self.tunes, self.deleted, self.its_sets = {}, {}, {}

    def teardown(self):
        self.book.close()
        self.folder.cleanup()

    @rule(target=numbers, title=st.sampled_from("abcdefgh"), tags=st.sets(st.sampled_from(["x", "y", "z"])))
    def keep(self, title, tags):
        kept = self.book.keep(tune(title), sorted(tags))
        if before := self.deleted.pop(kept.id, None):
            self.tunes[kept.id] = before
        title, had = self.tunes.get(kept.id, (title, set()))
        self.tunes[kept.id] = (title, had | tags)
        return kept.id if not kept.was_there else multiple()

    @rule(number=numbers, title=st.sampled_from("klmnop"))
    def rename(self, number, title):
        if number in self.tunes:
            self.book.change(number, title=title)
            self.tunes[number] = (title, self.tunes[number][1])
        else:
            with pytest.raises(Refused):
                self.book.change(number, title=title)

    @rule(number=numbers, tags=st.sets(st.sampled_from(["x", "y", "w"])))
    def tag(self, number, tags):
        if number in self.tunes:
            self.book.change(number, tags=sorted(tags))
            self.tunes[number] = (self.tunes[number][0], tags)

    @rule(number=numbers)
    def delete(self, number):
        assert self.book.delete([number]) == (number in self.tunes)
        if number in self.tunes:
            self.deleted[number] = self.tunes.pop(number)

    @rule(number=numbers)
    def restore(self, number):
        assert self.book.restore([number]) == (number in self.deleted)
        if number in self.deleted:
            self.tunes[number] = self.deleted.pop(number)

    @rule(target=sets, numbers=st.lists(numbers, max_size=4))
    def make_set(self, numbers):
        numbers = [number for number in numbers if number in self.tunes]
        with self.book.file.writing() as connection:
            made = tune_sets.make_set(connection, "s", numbers)
        self.its_sets[made.id] = numbers
        return made.id

    @rule(number=consumes(sets))
    def delete_set(self, number):
        with self.book.file.writing() as connection:
            tune_sets.delete_set(connection, number)
        del self.its_sets[number]

    @rule()
    def close_and_open(self):
        self.book.close()
        self.book = Tunebook(Settings(folder=self.path))

    @invariant()
    def is_as_the_model(self):
        if not hasattr(self, "book"):
            return
        found = {each.id: (each.title, set(each.tags)) for each in listed(self.book).tunes}
        assert found == self.tunes
        with self.book.file.reading() as connection:
            in_sets = {each.id: [inner.id for inner in each.tunes] for each in tune_sets.read_sets(connection)}
        assert in_sets == {
            number: [each for each in numbers if each in self.tunes] for number, numbers in self.its_sets.items()
        }


TestBookModel = BookModel.TestCase
TestBookModel.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
