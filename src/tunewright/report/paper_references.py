"""Which works does a paper cite?

Those of ``assets/references.bib``, and those that the authors list in ``references.bib`` among their own words. An
``@`` before anything else is no citation, but the name of a person, say.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from tunewright.report.paper_formats import REFERENCES
from tunewright.report.paper_text import asset_text

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),.*?^\}[^\S\n]*$", re.MULTILINE | re.DOTALL)
_CITED = re.compile(r"(?<!\\)@([\w:-]+)")
_AT = re.compile(r"(?<!\\)@(?=[\w{*])")


def works(notes: Path) -> dict[str, str]:
    """The entry of every work that may be cited, in BibTeX, by its key; those in the folder `notes` come last."""
    own = notes / REFERENCES
    texts = [asset_text(REFERENCES), own.read_text(encoding="utf-8-sig") if own.is_file() else ""]
    return {entry[1]: f"{entry[0]}\n" for text in texts for entry in _ENTRY.finditer(text)}


def references(text: str, known: Mapping[str, str]) -> str:
    """The entries that a text cites, in the order of `known`."""
    cited = {key.rstrip(":-") for key in _CITED.findall(text)}
    return "\n".join(entry for key, entry in known.items() if key in cited)


def with_known_citations(text: str, known: Collection[str]) -> str:
    """Markdown in which nothing is cited but what is `known`: every other ``@`` stands for itself."""

    def kept(at: re.Match[str]) -> str:
        cited = _CITED.match(text, at.start())
        return "@" if cited and cited[1].rstrip(":-") in known else r"\@"

    return _AT.sub(kept, text)
