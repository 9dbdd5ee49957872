import pytest

from tunewright import errors


def test_an_input_error_names_file_line_and_column():
    error = errors.InputError("came 'x'", path="book.abc", line=3, column=7)
    assert str(error) == "book.abc:3:7: came 'x'"
    assert str(errors.InputError("came 'x'")) == "came 'x'"


@pytest.mark.parametrize("name", [name for name, kind in vars(errors).items() if isinstance(kind, type)])
def test_the_drawn_tree_is_the_real_one(name):
    if not name.endswith("Error"):
        return
    lines = errors.__doc__.splitlines()
    depth = {line.strip(" │├└─").split()[0]: len(line) - len(line.lstrip(" │├└─")) for line in lines if "Error" in line}
    kind = getattr(errors, name)
    assert name in depth
    if kind is not errors.TunewrightError:
        assert depth[kind.__bases__[0].__name__] < depth[name]
