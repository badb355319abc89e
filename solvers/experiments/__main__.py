"""Runs one seed of a specification in a process of its own: `python -m solvers.experiments SPECIFICATION.json SEED FOLDER`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from solvers.errors import GradusError
from solvers.experiments.files import claimed, write_json
from solvers.experiments.specification import read


def run(specification: Path, seed: int, folder: Path) -> None:
    """Trains the seed and writes what it gave; what another process is at, or has done, is left to it."""
    from solvers.experiments.training import Run, environment, train

    spec = read(json.loads(specification.read_text(encoding="utf-8")))
    done, checkpoint, progress = (folder / f"seed-{seed}.{ending}" for ending in ("json", "checkpoint", "progress"))

    def told(run: Run) -> None:
        write_json(progress, {"epochs": run.epochs, "of": spec.epochs, "test": run.test[-1] / spec.data.test})

    with claimed(folder / f"seed-{seed}.lock") as mine:
        if mine and not done.exists():
            for draft in folder.glob(f".seed-{seed}.*"):  # of a process that was killed while it wrote
                draft.unlink()
            found = train(spec, seed, checkpoint, told=told)
            write_json(done, asdict(found) | {"environment": environment()})
            for path in (checkpoint, progress):
                path.unlink(missing_ok=True)


def main() -> NoReturn:
    """The entry point: one sentence for what goes wrong."""
    try:
        run(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    except GradusError as problem:
        sys.exit(problem.detail)
    sys.exit(0)


if __name__ == "__main__":
    main()
