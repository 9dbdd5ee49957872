"""Does the studio serve many at once, fairly, and without growing?

Starts the studio, and lets clients compose, each one tune after another, as a page does it: an order, then the events
until the tune is done. Prints how many tunes were composed, how many requests failed, the slowest client against the
median one, the time from the order to the first characters (which includes waiting for the others), and the server's
memory after a quarter of the time and at the end. Ends with status 1 if a request failed, the slowest client had less
than half the median rate, or the memory grew by more than 5%.

    python benchmarks/studio.py                            64 clients for 5 minutes
    python benchmarks/studio.py --clients 8 --minutes 0.5
"""

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

KEYS, METERS = ["G", "D", "A", "Em", "Ador"], ["6/8", "4/4", "C|", "3/4"]
WARM_SHARE = 0.25


@dataclass
class Client:
    """What one client saw."""

    tunes: int = 0
    failures: list[str] = field(default_factory=list)
    first_seconds: list[float] = field(default_factory=list)


async def events(session: httpx2.AsyncClient, composition: str) -> AsyncIterator[str]:
    """The kind of each event of a composition."""
    async with session.stream("GET", f"/api/compositions/{composition}/events") as stream:
        stream.raise_for_status()
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                yield line.removeprefix("event: ")


async def compose(session: httpx2.AsyncClient, client: Client, page: str, body: dict[str, object]) -> None:
    """Compose one tune."""
    began, last, first = time.perf_counter(), "", None
    try:
        answer = await session.post("/api/compositions", json=body, headers={"X-Studio-Page": page})
        answer.raise_for_status()
        async for kind in events(session, answer.json()["id"]):
            if kind == "text" and first is None:
                first = time.perf_counter() - began
            last = kind
        if last != "done":
            client.failures.append(f"ended by {last!r}")
    except httpx2.HTTPError as error:
        client.failures.append(repr(error))
    client.tunes += last == "done"
    if first is not None:
        client.first_seconds.append(first)


async def run_client(address: str, client: Client, number: int, until: float) -> None:
    """Compose until the time is over; one tune in four has conditions."""
    draw = random.Random(number)
    async with httpx2.AsyncClient(base_url=address, timeout=120) as session:
        while time.perf_counter() < until:
            body: dict[str, object] = {"seed": draw.randrange(2**31), "temperature": draw.choice([0.7, 0.8, 1.0])}
            if draw.random() < 0.25:
                body |= {"key": draw.choice(KEYS), "meter": draw.choice(METERS)}
            await compose(session, client, f"client {number}", body)


def memory(process: int) -> float:
    """Resident memory in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


async def measure(address: str, process: int, clients: int, seconds: float) -> tuple[list[Client], float, float]:
    """What the clients saw, and the memory after the warm part and at the end."""
    seen, until = [Client() for _ in range(clients)], time.perf_counter() + seconds
    work = [asyncio.create_task(run_client(address, each, number, until)) for number, each in enumerate(seen)]
    await asyncio.sleep(WARM_SHARE * seconds)
    warm = memory(process)
    await asyncio.gather(*work)
    return seen, warm, memory(process)


def report(seen: list[Client], warm: float, end: float, seconds: float) -> bool:
    """Print the figures; whether they are good."""
    rates = sorted(each.tunes / seconds * 60 for each in seen)
    failures = [failure for each in seen for failure in each.failures]
    firsts = sorted(second for each in seen for second in each.first_seconds)
    median, growth = statistics.median(rates), end / warm - 1
    print(f"{sum(each.tunes for each in seen)} tunes by {len(seen)} clients in {seconds:.0f} s")
    print(f"failed requests      {len(failures):8d}   {', '.join(sorted(set(failures))[:3])}")
    print(f"tunes a minute       {median:8.1f}   median client; slowest {rates[0]:.1f}, fastest {rates[-1]:.1f}")
    print(f"slowest to median    {rates[0] / median if median else 0:8.2f}   goal: 0.5 or more")
    print(
        f"first characters     {statistics.median(firsts):8.3f} s median; {firsts[int(0.95 * len(firsts))]:.3f} s p95"
    )
    print(f"memory               {end:8.0f} MB at the end; {warm:.0f} MB after a quarter, {growth:+.1%}")
    return not failures and rates[0] >= median / 2 and growth <= 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tunewright", "studio", "--port", "0", "--folder", folder, "--no-browser"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split()[-1].rstrip("/")
                httpx2.get(f"{address}/api/welcome", timeout=120).raise_for_status()
                seconds = 60 * options.minutes
                measured = asyncio.run(measure(address, server.pid, options.clients, seconds))
            finally:
                server.terminate()
        print(json.dumps(vars(options)))
        sys.exit(0 if report(*measured, seconds) else 1)


if __name__ == "__main__":
    main()
