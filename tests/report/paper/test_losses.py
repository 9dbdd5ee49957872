"""What a paper says of losses names no folder of the machine."""

import pytest

from tunewright.report.paper.losses import without_folders_in


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("/home/ann/my tunes/last: cannot be written", "last: cannot be written"),
        ("C:\\Users\\Ann\\last: cannot be written", "last: cannot be written"),
        ("FileNotFoundError: /srv/tunes.abc", "FileNotFoundError: tunes.abc"),
        ("the loss is nan, 3/4 of the way", "the loss is nan, 3/4 of the way"),
    ],
)
def test_files_are_told_by_their_names(error, told):
    assert without_folders_in(error) == told
