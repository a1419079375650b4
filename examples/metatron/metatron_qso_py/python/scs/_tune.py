"""Golden-section search: one new measurement a round, no derivative."""

import math
from typing import Callable, NamedTuple

_GOLDEN = (math.sqrt(5) - 1) / 2


class Best(NamedTuple):
    """Where the value is lowest, and the value there."""

    at: float
    value: float


def tune(measure: Callable[[float], float], low: float, high: float, rounds: int = 40) -> Best:
    """Finds the lowest value of ``measure`` between ``low`` and ``high``.

    ``measure`` must fall, then rise, over the interval.
    """
    if not low < high:
        raise ValueError("low must be less than high")
    left = high - _GOLDEN * (high - low)
    right = low + _GOLDEN * (high - low)
    at_left, at_right = measure(left), measure(right)
    for _ in range(rounds):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = measure(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = measure(right)
    return min(Best(left, at_left), Best(right, at_right), key=lambda best: best.value)
