"""Is every setting told from every other, with and without colour?"""

from tunewright.report.figures.study_styles import COLOURS, MARKERS, plain, short_names, styles_of


def test_settings_have_a_pair_of_colour_and_marker_of_their_own():
    names = [f"setting {number}" for number in range(len(COLOURS) * len(MARKERS))]
    styles = styles_of(names)
    assert list(styles) == names
    assert len(set(styles.values())) == len(names)
    first = [styles[name] for name in names[: min(len(COLOURS), len(MARKERS))]]
    assert len({style.colour for style in first}) == len({style.marker for style in first}) == len(first)


def test_colours_are_dark_enough_on_white():
    def luminance(colour):
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in COLOURS:
        assert 1.05 / (luminance(colour) + 0.05) >= 3, colour  # what WCAG 2.1 asks of lines in a figure


def test_words_are_shown_as_they_are_in_lines_that_fit():
    assert plain("for $5$ or less") == r"for \$5\$ or less"
    assert max(map(len, plain("word " * 60).splitlines())) <= 90


def test_names_lose_what_all_have_in_common():
    names = ["LSTM 150, dropout 0.1, max_grad_norm 1", "LSTM 200, dropout 0.2, max_grad_norm 1"]
    assert list(short_names(names).values()) == ["LSTM 150, dropout 0.1", "LSTM 200, dropout 0.2"]
    assert short_names(names[:1]) == {names[0]: names[0]}
    assert short_names(["RNN 150", "LSTM 150"]) == {"RNN 150": "RNN 150", "LSTM 150": "LSTM 150"}
