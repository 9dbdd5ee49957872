"""How does long analysis tell how far it is?"""

from collections.abc import Callable

Progress = Callable[[str, float], object]
"""Takes what is being done, and the share of all work that is done, 0 to 1."""
