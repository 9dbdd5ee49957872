"""The command `tunewright check`: errors and notes about tunes, each with its file, line and column."""

import json as json_format
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace

from tunewright.cli.console import say, warn
from tunewright.cli.ending import FINDINGS, MISTAKE
from tunewright.corpus.decoding import decode
from tunewright.corpus.formats.rows import is_json, read_csv, read_json
from tunewright.corpus.formats.tokens import is_tokens, read_tokens
from tunewright.corpus.formats.wrappers import from_quoted_printable, unwrap
from tunewright.corpus.library import resolve
from tunewright.corpus.sources import Source, find_sources
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError
from tunewright.notation.check import check as check_text
from tunewright.notation.findings import Finding

_TABLE_SUFFIXES = (".csv", ".tsv")


def check(*files: str, json: bool = False) -> int:
    """Say what is wrong with tunes, where, and what would be right.

    Parameters
    ----------
    files
        Files, folders or archives with tunes, or the names of corpora on this machine.
    json
        Print a list of JSON objects instead of lines.

    Returns
    -------
    int
        Exit status: 0 if nothing is wrong (there may be notes), 1 if something is, 2 if a file could not be read.
    """
    if not files:
        raise CorpusError("no file or folder was named; at least one with tunes is needed")
    checked = unread = 0
    findings: list[Finding] = []
    for source in (source for path in map(resolve, files) for source in find_sources(path)):
        try:
            found = _check(source)
        except CorpusError as error:
            unread += 1
            warn(f"not checked: {error}")
            continue
        checked += 1
        findings += found
        if not json:
            for finding in found:
                say(str(finding))
    if not checked and not unread:
        raise CorpusError(f"no file in {', '.join(files)} may hold tunes")
    if json:
        say(json_format.dumps([asdict(finding) | {"path": str(finding.path)} for finding in findings], indent=2))
    elif checked:
        say(_summary(findings, checked))
    if unread or not checked:
        return MISTAKE
    return FINDINGS if any(finding.severity == "error" for finding in findings) else 0


def _check(source: Source | Failure) -> list[Finding]:
    if isinstance(source, Failure):
        raise CorpusError(source.reason, path=source.path, line=source.line)
    text = decode(source.data, source.path)
    if source.suffix in _TABLE_SUFFIXES:
        return list(_check_rows(read_csv(text, source.path)))
    if is_json(text):
        return list(_check_rows(read_json(text, source.path)))
    if is_tokens(text):
        return list(_check_rows(read_tokens(text, source.path)))
    unwrapped = unwrap(from_quoted_printable(text))
    findings = check_text(unwrapped.text, source.path)
    return [replace(finding, column=unwrapped.column(finding.line, finding.column)) for finding in findings]


def _check_rows(rows: Iterable[Tune | Failure]) -> Iterator[Finding]:
    """Check tunes from tables, JSON or tokens; a finding names the line of the file on which its tune begins."""
    for row in rows:
        if isinstance(row, Failure):
            raise CorpusError(row.reason, path=row.path, line=row.line)
        for finding in check_text(row.text, row.path):
            place = f"in line {finding.line} of the tune: "
            yield replace(finding, line=row.line, column=1, what=place + finding.what)


def _summary(findings: list[Finding], checked: int) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    counts = [_count(errors, "error")] if errors else []
    counts += [_count(len(findings) - errors, "note")] if len(findings) > errors else []
    return f"{' and '.join(counts) or 'nothing wrong'} in {_count(checked, 'file')}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("s" if number != 1 else "")
