"""Runs the benchmarks and prints them as a table: `python -m tests.bench [GROUP …] [--json FILE]`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from exam.memory import keep_memory
from tests.bench import Measured, as_json
from tests.bench.budgets import BENCHES, GROUPS


def table(found: dict[str, Measured]) -> str:
    """One line a bench: what it costs, what it may cost, the floor, and whether it keeps within."""
    lines = [f"{'bench':<22}{'value':>9}{'budget':>9}{'floor':>10}{'ratio':>8}"]
    for name, one in found.items():
        budget = BENCHES[name].budget
        kept = "within" if one.value <= budget else "OVER"
        lines.append(f"{name:<22}{one.value:>9.3f}{budget:>9.1f}{one.floor:>10.4f}{one.ratio:>8.1f}  {one.unit}, {kept} its budget")
    return "\n".join(lines)


def main() -> None:
    """Measures what is asked; the exit code is 0 whatever it takes."""
    parser = argparse.ArgumentParser(prog="./dev bench", description="CPU time, best of five rounds, beside a floor from the same run.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to FILE as well")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)}; all without")
    chosen = parser.parse_args()
    keep_memory()
    unknown = set(chosen.groups) - GROUPS.keys()
    if unknown:
        parser.error(f"there is no group {min(unknown)}; there are {', '.join(GROUPS)}")
    asked = [name for group in chosen.groups or GROUPS for name in GROUPS[group]]
    start = time.monotonic()
    found = {}
    for done, name in enumerate(asked, start=1):
        print(f"[{done}/{len(asked)}] {name} …", file=sys.stderr, flush=True)
        found[name] = BENCHES[name].measure(BENCHES[name].size)
    print(f"took {time.monotonic() - start:.0f} s", file=sys.stderr)
    print(table(found))
    if chosen.json:
        chosen.json.write_text(as_json(found), encoding="utf-8")


if __name__ == "__main__":
    main()
