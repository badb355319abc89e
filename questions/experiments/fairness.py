"""What the seeds of an experiment let a question claim: which interval, which order, which side of a line; pure arithmetic.

A claim is published only if it holds for every seed run, of at least eight, and for the next one with high confidence: the mean
lies four standard deviations from where the claim would fail, and never nearer than half a percentage point.  If accuracies are normal,
a ninth lies farther than that from the mean of eight, on one side, with 0.35 % (Student's t with 7 degrees of freedom beyond
4/√(1 + 1/8) = 3.77): an interval holds for the next seed with 99.3 %, and a claim of at most five comparisons with 98 %.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

FEWEST_SEEDS = 8
FEWEST_BANDS = 3
DEVIATIONS = 4.0
MOST_COMPARISONS = 5  # at four deviations each, so that all of them hold for the next seed with 98 %
DISTANCE = 0.005  # of an accuracy, from where the claim would fail, however little the seeds differ
ROUND = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # widths that are proposed

Band = tuple[float, float]


@dataclass(frozen=True)
class Verdict:
    """What the evidence says, or why it does not say it; `proposal` is what could be asked in its place."""

    claim: tuple[str, ...]
    problems: tuple[str, ...] = ()
    proposal: str = ""

    @property
    def fair(self) -> bool:
        """Whether a question may be published on it."""
        return not self.problems


def spread(values: Sequence[float]) -> tuple[float, float]:
    """The mean and the sample standard deviation."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else math.inf


def enough(samples: Mapping[str, Sequence[float]]) -> list[str]:
    return [f"{name} has {len(values)} seeds, needed are {FEWEST_SEEDS}" for name, values in samples.items() if len(values) < FEWEST_SEEDS]


def holds(band: Band, value: float) -> bool:
    """Whether a half-open band holds a value; the one that ends at 1 holds 1 too."""
    return band[0] <= value < band[1] or value == band[1] == 1


def interval(values: Sequence[float], bands: Mapping[str, Band]) -> Verdict:
    """In which of the half-open, gap-free bands [low, high) the accuracy lies, and whether that may be asked."""
    mean, deviation = spread(values)
    problems = enough({"the experiment": values}) + gaps(bands)
    inside = [key for key, band in bands.items() if holds(band, mean)]
    if not inside:
        return Verdict((), (*problems, f"the mean {mean:.4f} lies in no band"), proposed(values))
    low, high = band = bands[inside[0]]
    if not all(holds(band, value) for value in values):
        problems.append(f"seeds from {min(values):.4f} to {max(values):.4f} do not all lie in [{low:g}, {high:g})")
    room = min(mean - low, high - mean) + 1e-12
    if room < max(DEVIATIONS * deviation, DISTANCE):
        problems.append(f"the mean {mean:.4f} is {room:.4f} from an end, needed are {max(DEVIATIONS * deviation, DISTANCE):.4f}")
    return Verdict((inside[0],), tuple(problems), proposed(values) if problems else "")


def nearest(values: Sequence[float], bands: Mapping[str, Band]) -> str:
    """Of printed bands, which may share ends or leave gaps, the one that holds the mean, or the one nearest to it."""
    mean, _ = spread(values)
    return min(bands, key=lambda key: (max(bands[key][0] - mean, mean - bands[key][1], 0.0), abs(sum(bands[key]) / 2 - mean)))


def gaps(bands: Mapping[str, Band]) -> list[str]:
    """Where bands, put in order, overlap or leave something out."""
    found = sorted(bands.values())
    problems = [f"[{low:g}, {high:g}) is empty" for low, high in found if not low < high]
    return problems + [f"[{a:g}, {b:g}) and [{c:g}, {d:g}) do not meet" for (a, b), (c, d) in pairwise(found) if b != c]


def proposed(values: Sequence[float]) -> str:
    """Bands wide enough for the evidence, with a round width; or that only a comparison can be asked."""
    bands = around(values)
    if bands is None:
        return "ask for an order or a comparison of experiments instead"
    low, high = next(band for band in bands.values() if holds(band, spread(values)[0]))
    return f"ask with bands of width {high - low:.3g}, such as [{low:g}, {high:g})"


def around(values: Sequence[float]) -> dict[str, Band] | None:
    """Fair bands about the accuracies of an experiment: the narrowest round one that holds them, and what lies below and above."""
    mean, deviation = spread(values)
    for width in ROUND:
        low = fitting(mean, max(DEVIATIONS * deviation, DISTANCE), width)
        if low is not None:
            ends = sorted({0.0, max(round(low - width, 3), 0.0), low, round(low + width, 3), 1.0})
            return dict(zip("abcdef", pairwise(ends), strict=False)) if len(ends) > FEWEST_BANDS else None
    return None


def fitting(mean: float, room: float, width: float) -> float | None:
    """The lower end, a multiple of half a percentage point, of a band of this width around the mean, if it keeps the room."""
    low = round(min(max(round((mean - width / 2) / 0.005) * 0.005, 0.0), 1 - width), 3)
    return low if low + room <= mean <= low + width - room else None


def apart(higher: Sequence[float], lower: Sequence[float]) -> bool:
    """Whether one sample lies above another for every seed and, with high confidence, for the next."""
    (a, s), (b, t) = spread(higher), spread(lower)
    _, together = spread([x - y for x, y in zip(higher, lower, strict=False)])  # of the same seed: what one gains the other may lose
    return min(higher) > max(lower) and a - b >= max(DEVIATIONS * max(math.hypot(s, t), together), DISTANCE)


def few(comparisons: int) -> list[str]:
    """That a claim does not compare so much that all of it can no longer be trusted."""
    if comparisons <= MOST_COMPARISONS:
        return []
    return [f"the claim makes {comparisons} comparisons, at most {MOST_COMPARISONS} hold together with 98 %; leave some out"]


def ranked(samples: Mapping[str, Sequence[float]]) -> list[str]:
    """The names from the highest mean to the lowest."""
    return sorted(samples, key=lambda name: -spread(samples[name])[0])


def order(samples: Mapping[str, Sequence[float]]) -> Verdict:
    """The experiments from the highest accuracy to the lowest, and whether all of that order may be asked."""
    names = ranked(samples)
    problems = [f"{a} and {b} are not apart for every seed" for a, b in pairwise(names) if not apart(samples[a], samples[b])]
    problems = few(len(names) - 1) + problems
    return Verdict(tuple(names), (*enough(samples), *problems), "ask which is highest or lowest, or leave one out" if problems else "")


def extreme(samples: Mapping[str, Sequence[float]], highest: bool = True) -> Verdict:
    """Which experiment is highest (or lowest), and whether that may be asked."""
    names = ranked(samples)
    one = names[0 if highest else -1]
    others = [name for name in names if name != one]
    near = [name for name in others if not (apart(samples[one], samples[name]) if highest else apart(samples[name], samples[one]))]
    problems = [f"{one} and {name} are not apart for every seed" for name in near]
    problems = few(len(others)) + problems
    return Verdict((one,), (*enough(samples), *problems), f"leave out {', '.join(near or others[MOST_COMPARISONS:])}" if problems else "")


def below(samples: Mapping[str, Sequence[float]], line: float) -> Verdict:
    """Which experiments stay below a line, and whether every one is clearly on its side."""
    claim = tuple(name for name, values in samples.items() if spread(values)[0] < line)
    problems = enough(samples) + few(len(samples))
    for name, values in samples.items():
        mean, deviation = spread(values)
        one_side = max(values) < line or min(values) >= line
        if not one_side or abs(mean - line) < max(DEVIATIONS * deviation, DISTANCE):
            problems.append(f"{name} ({min(values):.4f} to {max(values):.4f}) is not clearly on one side of {line:g}")
    if not 0 < len(claim) < len(samples):
        problems.append("all experiments lie on the same side of the line")
    return Verdict(claim, tuple(problems), "move the line, or leave one out" if problems else "")


def gains(before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """What a change gains, seed by seed: the same seed draws the same numbers before and after."""
    return {name: [b - a for a, b in zip(before[name], values, strict=True)] for name, values in after.items()}
