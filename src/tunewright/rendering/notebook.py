"""A tune in a notebook: its score as SVG and a player, both embedded, so that nothing is asked of a network.

What cannot be engraved or played is shown as text with the reason.
"""

import base64
from html import escape

from tunewright.corpus.tune import HasText
from tunewright.errors import MissingExtraError, RenderError
from tunewright.rendering.audio import opus_file
from tunewright.rendering.performance import perform
from tunewright.rendering.score import engrave
from tunewright.rendering.source import abc_text


def tune_html(tune: HasText) -> str:
    """The score of a tune, a player below it, and its text, which opens at a click."""
    source = f"<pre>{escape(tune.text)}</pre>"
    try:
        abc = abc_text(tune.text, {})
        score = _embedded("image/svg+xml", engrave(abc).svg.encode())
    except (RenderError, MissingExtraError) as error:
        return f"{source}<p>{escape(str(error))}</p>"
    parts = [f'<img alt="Score" style="max-width: 100%; background: white" src="{score}">']
    try:
        sound = _embedded("audio/ogg", opus_file(perform(abc), {}))
        parts.append(f'<audio controls style="display: block" src="{sound}"></audio>')
    except (RenderError, MissingExtraError) as error:
        parts.append(f"<p>{escape(str(error))}</p>")
    return "".join([*parts, f"<details><summary>ABC</summary>{source}</details>"])


def _embedded(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
