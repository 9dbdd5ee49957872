"""With which exit status does a command end, if not with 0?"""

FINDINGS = 1
"""Everything was read, and something in it is wrong."""

MISTAKE = 2
"""The user's input could not be used, or nothing could be made of it."""

INTERRUPTED = 130
"""It was stopped before its end."""
