"""The vertical axis of lines: its ends, its texts, and where values are on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, log10


@dataclass(frozen=True)
class Axis:
    """From `lowest` to `highest`, which are on both sides of zero or zero; `height` is in pixels."""

    lowest: float
    highest: float
    height: int

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return (self.highest - value) * self.height / (self.highest - self.lowest)

    @property
    def marks(self) -> list[float]:
        """The values that have a line and a text, from the top. Half of the highest value only if it is a whole number, as a
        count is."""
        half = self.highest / 2
        between = [half] if half and half.is_integer() and not self.lowest else []
        return sorted({self.highest, *between, 0.0, self.lowest}, reverse=True)


def build_axis(values: Iterable[float], height: int) -> Axis:
    """Around these values and zero."""
    known = [0.0, *map(float, values)]
    lowest = -axis_end(-min(known)) if min(known) < 0 else 0.0
    highest = axis_end(max(known)) if max(known) > 0 or not lowest else 0.0
    return Axis(lowest, highest, height)


def axis_end(value: float) -> float:
    """The next of 1, 2, 4, 6, 8 and 10 times a power of ten, whose halves are round too."""
    value = float(value)
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value - 1e-9)
