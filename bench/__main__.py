"""`make bench`: the county of a million hazards (kept), the peers beside it, one table of ratios per database."""
from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from pathlib import Path

from app.casework.clock import ZONE
from bench import alone, imports, report
from bench.county import county
from bench.harness import Harness, find
from config import ROOT
from tests.support.databases import KINDS

SMALL = 10_000
HEAD = """# Measured by `make bench`

{day}. {machine}. {hazards:,} hazards, {enterprises:,} enterprises, everything cached. Milliseconds are medians as one
client waits; in brackets the ratio to the **bound**, a bare Flask + SQLAlchemy Core + Jinja page with the same rows, in
the same run. Only ratios of one run compare: the machine does other work too.
"""


def main() -> None:
    said = argparse.ArgumentParser(prog="make bench")
    said.add_argument("--hazards", type=int, default=1_000_000)
    said.add_argument("--enterprises", type=int, default=20_000)
    said.add_argument("--kinds", default=",".join(KINDS))
    said.add_argument("--root", type=Path, default=Path(tempfile.gettempdir()) / "zhualuoshi-bench")
    said.add_argument("--peers", default="all", help="names of the harness's entries, and ours")
    said.add_argument("--phases", default="cold,page,save,load,export,import,sizes")
    said.add_argument("--samples", type=int, default=30)
    said.add_argument("--budget", default="40", help="seconds that one peer may spend on one operation")
    said.add_argument("--out", type=Path, default=ROOT / "bench" / "results.md")
    given = said.parse_args()
    place, kinds, phases = find(), given.kinds.split(","), given.phases.split(",")
    given.root.mkdir(parents=True, exist_ok=True)
    harness = Harness(place, given.root, given.hazards) if place else None
    if harness:
        harness.prepare(kinds)
    parts = []
    for kind in kinds:
        large = county(kind, given.root, given.hazards, given.enterprises)
        parts.append(f"## {kind}\n")
        if harness:
            parts.append(report.table(compared(harness, large, given, phases)))
        else:
            parts.append("The peers are not here (PEERS names their folder, else ../shared/peers): ours alone.")
        if "sizes" in phases or not harness:
            small = county(kind, given.root, SMALL, given.enterprises)
            found = alone.compare(small, large, given.samples)
            parts.append("\n" + alone.table(found, small.hazards, large.hazards))
    head = HEAD.format(day=dt.datetime.now(ZONE).date(), machine=report.machine(), hazards=given.hazards,
                       enterprises=given.enterprises)
    text = head + "\n" + "\n".join(parts).replace("\n## ", "\n\n## ") + "\n"
    print(text)
    given.out.write_text(text)


def compared(harness: Harness, large, given, phases: list[str]) -> dict:
    theirs = [phase for phase in phases if phase != "sizes"]
    more = ["--n", str(given.samples), "--budget", given.budget]
    measured = harness.measure(large, ",".join(theirs), given.peers, more)
    if "import" in phases:
        turns = imports.by_turns(harness, large)
        for name, found in turns.items():
            measured["res"].setdefault(name, {})["import"] = found
    (harness.data / f"{large.kind}.json").write_text(json.dumps(measured, ensure_ascii=False, indent=1))
    return measured


if __name__ == "__main__":
    main()
