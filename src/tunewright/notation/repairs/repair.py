"""Repairs of what the checker finds: the one change of the text that makes a finding right, where there is exactly one.

For each kind of finding there is a function that proposes changes. A change is certain if, of all that are proposed, it
alone takes the finding away and brings no new one. So nothing is offered where a musician would have to choose.

Offsets count characters from 0.
"""

import re
from collections import Counter

from tunewright.notation.check import check, split
from tunewright.notation.findings import Finding
from tunewright.notation.repairs.field_proposals import FIELD_PROPOSALS
from tunewright.notation.repairs.music_proposals import MUSIC_PROPOSALS
from tunewright.notation.repairs.tune_place import Proposal, Repair, TunePlace

LONGEST_REPAIRED = 8_000
"""Characters; no repair is sought in a longer tune."""

PROPOSALS: dict[str, Proposal] = {**FIELD_PROPOSALS, **MUSIC_PROPOSALS}
"""Proposals by the code of a finding; a code without has no repair that could be certain."""


def find_repair(text: str, finding: Finding) -> Repair | None:
    """Return the repair of a finding that `tunewright.notation.check.check` returned for `text`; None if none is sure.

    Parameters
    ----------
    text
        The whole text that was checked.
    finding
        One of its findings.
    """
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    at = starts[finding.line - 1] + finding.column - 1
    begin, end = next(((begin, end) for begin, end in split(text) if begin <= at <= end), (0, len(text)))
    propose = PROPOSALS.get(finding.code)
    if propose is None or end - begin > LONGEST_REPAIRED:
        return None
    place = TunePlace(text[begin:end], at - begin)
    before = _codes(place.text)
    sure: dict[str, Repair] = {}
    for repair in propose(place):
        changed = repair.applied(place.text)
        after = _codes(changed)
        if after[finding.code] < before[finding.code] and not after - before:
            sure.setdefault(changed, repair)
    if len(sure) != 1:
        return None
    (repair,) = sure.values()
    return Repair(repair.start + begin, repair.end + begin, repair.replacement)


def _codes(text: str) -> Counter[str]:
    return Counter(finding.code for finding in check(text))
