"""What are the tunes of a corpus like, as far as composing asks? A checkpoint keeps it (`Checkpoint.style`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from tunewright.corpus.header_style import header_style


def style_of(texts: Sequence[str], former: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Describe tunes, together with those of a `former` style; the result is fit for JSON.

    Parameters
    ----------
    texts
        ABC text of each tune.
    former
        What this gave for tunes that the network learned from before.
    """
    return {"headers": header_style(texts, (former or {}).get("headers"))}
