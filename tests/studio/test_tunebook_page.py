"""The page Tunebook in a real browser: tunes found, heard, tagged, in sets, in and out as books, deleted and undone."""

import re

import pytest
from playwright.sync_api import expect
from studio.test_accessibility import AXE, faults

from tunewright.studio.route import Upload
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.book_import import import_books
from tunewright.studio.tunebook.tune_sets import make_set

pytestmark = pytest.mark.slow

MUSIC = ["DEFG ABcd|", "dcBA GFED|", "D2FA d2fa|", "GBdg bgdB|", "A2ce a2ec|", "EGBe gebG|"]
TITLES = ["The Wind", "An Air", "Morning Star", "Boys of the Lough", "Silver Spear", "Drowsy Maggie"]
OTHERS = 3000


def tune(number, title, key="D"):
    bars = [MUSIC[(number + shift) % len(MUSIC)] for shift in range(3)]
    return f"X:1\nT:{title}\nR:reel\nM:4/4\nL:1/8\nK:{key}\n|:{''.join(bars)}{'GABc'[number % 4]}8:|\n"


def other(number):
    """One of many tunes, each with notes of its own."""
    letters = "DEFGABcd"
    bar = "".join(letters[(number // 8**place) % 8] for place in range(5))
    return f"X:1\nT:Other {number:04}\nM:4/4\nL:1/8\nK:C\n{bar} {bar[::-1]}|\n"


@pytest.fixture(autouse=True)
def book(studio_server):
    """An empty tunebook with six tunes in it, whatever the test before did."""
    book = studio_server.studio.part(Tunebook)
    with book.file.writing() as connection:
        for table in ("set_tunes", "sets", "tags", "tunes", "books"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
    for number, title in enumerate(TITLES):
        book.keep(tune(number, title))
    return book


def opened(open_page, path="/tunebook", **options):
    page = open_page(path, **options)
    page.locator(".tune-row:not(.waiting), .set-tune, .state:not(.loading)").first.wait_for()
    return page


def rows(page):
    return page.locator(".tune-row .tune-row-title")


def expect_rows(page, titles):
    expect(rows(page)).to_have_text(titles)


def search(page, words):
    page.get_by_label("Search", exact=True).fill(words)


def choose(page, title):
    page.locator(".tune-row", has_text=title).click()
    expect(page.locator(".preview h2")).to_have_text(title)
    page.locator(".preview .score svg").wait_for()


def test_an_empty_book_says_how_to_begin(open_page, book):
    with book.file.writing() as connection:
        connection.execute("DELETE FROM tunes")
    page = opened(open_page)
    expect(page.get_by_role("heading", name="Your tunebook is empty")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import a book").click()
    chooser.value.set_files({"name": "new.abc", "mimeType": "text/plain", "buffer": tune(0, "Brought in").encode()})
    expect_rows(page, ["Brought in"])
    expect(page.locator(".toast")).to_contain_text("1 tune added from new.abc")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Your tunebook is empty")).to_be_visible()


def test_what_is_kept_is_there_after_a_restart(open_page, studio_server):
    answer = studio_server.client.post(
        "/api/tunes", json={"text": tune(9, "Newly kept"), "provenance": {"network": "oneills", "seed": 9}}
    )
    assert answer.status_code == 201
    studio_server.restart()
    page = opened(open_page)
    expect(page.locator(".page-head p")).to_have_text("7 tunes")
    search(page, "newly")
    expect_rows(page, ["Newly kept"])
    choose(page, "Newly kept")
    expect(page.locator(".preview")).to_contain_text("Composed by oneills, seed 9")
    page.reload()
    expect(page.locator(".preview h2")).to_have_text("Newly kept")
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(re.compile(r"/tune\?id=\d+"))


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_tunes_are_found_by_words_and_by_notes(open_page, width):
    page = opened(open_page, width=width)
    expect_rows(page, ["An Air", "Boys of the Lough", "Drowsy Maggie", "Morning Star", "Silver Spear", "The Wind"])
    search(page, "lough boy")
    expect_rows(page, ["Boys of the Lough"])
    search(page, "nothing like it")
    expect(page.get_by_role("heading", name="No tune fits")).to_be_visible()
    page.get_by_role("button", name="Clear the search").click()
    expect(rows(page)).to_have_count(6)
    page.get_by_role("button", name="By notes").click()
    page.get_by_label("Notes", exact=True).fill("E G# B A C# E A C A E C# B")  # in E, one note wrong
    expect(rows(page).first).to_have_text("Morning Star")
    expect(page.locator(".notes-read")).to_contain_text("Read as E G♯ B A")
    choose(page, "Morning Star")
    expect(page.locator(".preview")).to_contain_text("The notes that you asked for are coloured.")
    page.wait_for_function("document.querySelector('.preview .score [style*=\"--accent\"]')")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0, "the page must not scroll sideways"


def test_notes_are_played_on_the_piano(open_page):
    page = opened(open_page)
    page.keyboard.press("f")
    page.evaluate("""() => {
        window.tones = [];
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (when) {
            window.tones.push(Math.round(this.frequency.value));
            start.call(this, when);
        };
    }""")
    for name in ("G, octave 4", "B, octave 4", "D, octave 5", "G, octave 5"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_label("Notes", exact=True)).to_have_value("K:C G B d g")
    expect(rows(page).first).to_have_text("An Air")  # the first that has GBdg, of those that have it
    assert page.evaluate("window.tones") == [392, 494, 587, 784]
    page.get_by_role("button", name="Play", exact=True).first.click()
    assert page.evaluate("window.tones.slice(4)") == [392, 494, 587, 784]
    page.get_by_role("button", name="Take back").click()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="D, octave 4", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="E flat, octave 4", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("Notes", exact=True)).to_have_value("K:C G B d _E")


def test_a_link_finds_notes_on_a_touch_screen_too(open_page):
    page = opened(open_page, "/tunebook?notes=G+B+d+g", width="phone", has_touch=True)
    expect(page.get_by_label("Notes", exact=True)).to_have_value("G B d g")
    expect(page.locator(".notes-read")).to_contain_text("Read as G B D G")
    assert "notes=G+B+d+g" in page.url


def test_too_few_notes_are_told_and_not_asked(open_page):
    page = opened(open_page)
    page.get_by_role("button", name="By notes").click()
    page.get_by_label("Notes", exact=True).fill("F sharp, xyz")
    expect(page.locator(".notes-read")).to_have_text("Three notes at least.")
    expect(rows(page)).to_have_count(6)


def test_tags(open_page):
    page = opened(open_page)
    choose(page, "Silver Spear")
    page.get_by_label("Add a tag").fill("to learn")
    page.get_by_label("Add a tag").press("Enter")
    expect(page.locator(".preview .tag-list")).to_contain_text("to learn")
    expect(page.locator(".tune-row", has_text="Silver Spear").locator(".tag")).to_have_text(["to learn"])
    expect(page.get_by_label("Add a tag")).to_be_focused()
    page.get_by_label("Tag", exact=True).select_option("to learn")
    expect_rows(page, ["Silver Spear"])
    page.get_by_role("button", name="Take off the tag to learn").click()
    expect(page.get_by_role("heading", name="No tune fits")).to_be_visible()


def test_renaming_writes_the_title(open_page, book):
    page = opened(open_page)
    choose(page, "An Air")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title").fill("A Better <b>Air</b>")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".preview h2")).to_have_text("A Better <b>Air</b>")
    expect(rows(page).first).to_have_text("A Better <b>Air</b>")
    assert any("T:A Better <b>Air</b>\n" in book.tune(number).text for number in numbers(book))


def numbers(book):
    with book.file.reading() as connection:
        return [row["id"] for row in connection.execute("SELECT id FROM tunes WHERE deleted_at IS NULL ORDER BY id")]


def test_a_deleted_tune_comes_back(open_page):
    page = opened(open_page)
    choose(page, "Drowsy Maggie")
    page.get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(5)
    expect(page.locator(".toast")).to_contain_text("“Drowsy Maggie” is deleted.")
    page.get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(6)


def test_sets_are_made_filled_and_put_in_order_by_dragging(open_page):
    page = opened(open_page)
    for title in ("The Wind", "An Air", "Silver Spear"):
        choose(page, title)
        page.get_by_role("button", name="Add to a set").click()
        if title == "The Wind":
            page.get_by_role("textbox", name="Name").fill("Friday")
            page.get_by_role("button", name="Make it").click()
        else:
            page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".toast").last).to_contain_text(f"“{title}” is in the set “Friday”.")
    page.get_by_label("Set", exact=True).select_option(label="Friday (3)")
    order = page.locator(".set-tune .tune-row-title")
    expect(order).to_have_text(["The Wind", "An Air", "Silver Spear"])
    first, last = (page.locator(".set-handle").nth(place).bounding_box() for place in (0, 2))
    page.mouse.move(first["x"] + 10, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 10, last["y"] + 15, steps=6)
    page.mouse.up()
    expect(order).to_have_text(["An Air", "Silver Spear", "The Wind"])
    page.locator(".set-handle").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(order).to_have_text(["Silver Spear", "The Wind", "An Air"])
    expect(page.locator(".set-handle").nth(2)).to_be_focused()
    page.wait_for_timeout(600)  # the order is written once nothing moves
    page.reload()
    expect(order).to_have_text(["Silver Spear", "The Wind", "An Air"])
    page.get_by_role("button", name="Take The Wind out of the set").click()
    expect(order).to_have_text(["Silver Spear", "An Air"])
    page.get_by_role("button", name="Undo").click()
    expect(order).to_have_text(["Silver Spear", "The Wind", "An Air"])
    page.locator(".set-view").get_by_role("button", name="Delete", exact=True).click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(6)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_label("Set", exact=True)).to_contain_text("Friday (3)")


BEGINNINGS = {"ABC": b"X:1\n", "PDF": b"%PDF-", "Archive": b"PK", "A page that plays": b"<!doctype html>"}


def test_books_go_out(open_page):
    page = opened(open_page)
    search(page, "wind")
    expect(rows(page)).to_have_count(1)
    for form, begins in BEGINNINGS.items():
        page.get_by_role("button", name="Export").click()
        page.get_by_role("textbox", name="Title").fill("Windy tunes")
        page.get_by_label(form, exact=True).check(force=True)
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name="Make it").click()
        assert download.value.suggested_filename.startswith("windy-tunes.")
        content = download.value.path().read_bytes()
        assert content[: len(begins)].lower() == begins.lower()
        if form == "ABC":
            assert content.count(b"X:") == 1


def test_a_bad_book_is_reported_and_the_rest_is_there(open_page):
    page = opened(open_page)
    text = f"{tune(20, 'Good one')}\nX:2\nT:<img src=x onerror=alert(1)>\nM:4/4\nABc|\n"
    drop = """text => {
        const files = new DataTransfer();
        files.items.add(new File([text], "<b>mixed.abc"));
        const happens = (name) => dispatchEvent(new DragEvent(name, {dataTransfer: files, cancelable: true}));
        happens("dragenter");
        happens("dragover");
        window.veiled = !document.querySelector(".drop-veil").hidden;
        happens("drop");
    }"""
    page.evaluate(drop, text)
    assert page.evaluate("window.veiled")
    expect(page.locator("dialog h2")).to_have_text("Not all of it could be read")
    expect(page.locator("dialog td")).to_have_text(["<b>mixed.abc", "9", "a tune without a K: field"])
    page.get_by_role("button", name="Close").last.click()
    expect(rows(page)).to_have_count(7)
    assert page.locator(".drop-veil").is_hidden()


def test_everything_by_keyboard(open_page):
    page = opened(open_page)
    page.keyboard.press("/")
    page.keyboard.type("a")
    expect_rows(page, ["An Air"])
    page.keyboard.press("Backspace")
    expect(rows(page)).to_have_count(6)
    page.locator(".tune-list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".preview h2")).to_have_text("Drowsy Maggie")
    active = page.locator(".tune-list").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-posinset") == "3"
    page.keyboard.press("End")
    expect(page.locator(".preview h2")).to_have_text("The Wind")
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("Renamed wind")
    page.keyboard.press("Enter")
    expect(page.locator(".preview h2")).to_have_text("Renamed wind")
    page.locator(".tune-list").focus()
    page.keyboard.press("Delete")
    expect(rows(page)).to_have_count(5)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(rows(page)).to_have_count(6)
    page.locator(".tune-list").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tune\?id=\d+"))


def test_thousands_of_tunes_scroll_and_only_those_in_sight_are_drawn(open_page, book):
    import_books(book, [Upload("others.abc", "\n".join(map(other, range(OTHERS))).encode())])
    page = opened(open_page)
    total = OTHERS + len(TITLES)
    expect(page.locator(".page-head p")).to_have_text(f"{total:,} tunes")
    for place in (0.5, 0.97, 0.2):
        page.evaluate("share => scrollTo(0, share * document.documentElement.scrollHeight)", place)
        page.wait_for_function("""() => {
            const rows = [...document.querySelectorAll(".tune-row")].filter((row) => {
                const {top, bottom} = row.getBoundingClientRect();
                return bottom > 200 && top < innerHeight - 50;
            });
            return rows.length >= 8 && rows.every((row) => row.querySelector(".tune-row-title"));
        }""")
        assert page.locator(".tune-row").count() < 60
        shown = page.evaluate("""() => [...document.querySelectorAll(".tune-row")].map((row) =>
            [Number(row.getAttribute("aria-posinset")), row.querySelector(".tune-row-title")?.textContent])""")
        for place_in_list, title in shown:
            if title and title.startswith("Other"):
                before = 4  # An Air, Boys of the Lough, Drowsy Maggie, Morning Star
                assert title == f"Other {place_in_list - 1 - before:04}"
    page.locator(".tune-list").focus()
    page.keyboard.press("End")
    expect(page.locator(".preview h2")).to_have_text("The Wind")


def test_a_book_that_cannot_be_opened_says_so(open_page):
    page = opened(open_page)
    page.route("**/api/tunes?*", lambda route: route.fulfill(status=409, json={"error": "the disk is full"}))
    search(page, "x")
    expect(page.get_by_role("alert")).to_contain_text("the disk is full")
    page.unroute("**/api/tunes?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="No tune fits")).to_be_visible()
    page.problems.clear()  # the browser tells the answer of 409


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here; `npm ci` in web/ brings it")
@pytest.mark.parametrize(("width", "scheme"), [("desk", "dark"), ("phone", "light")])
def test_no_state_of_the_page_has_a_grave_fault(open_page, book, width, scheme):
    with book.file.writing() as connection:
        friday = make_set(connection, "Friday", numbers(book)[:3])
    page = opened(open_page, width=width, scheme=scheme)
    page.get_by_role("button", name="By notes").click()
    page.get_by_label("Notes", exact=True).fill("G B d g")
    choose(page, "An Air")
    page.get_by_label("Add a tag").fill("to learn")
    page.get_by_label("Add a tag").press("Enter")
    expect(page.locator(".preview .tag")).to_have_count(1)
    assert faults(page) == []
    page.goto(f"{page.url.partition('?')[0]}?set={friday.id}")
    page.locator(".set-tune").first.wait_for()
    assert faults(page) == []
    page.get_by_role("button", name="Export").first.click()
    page.locator("dialog").wait_for()
    assert faults(page) == []
