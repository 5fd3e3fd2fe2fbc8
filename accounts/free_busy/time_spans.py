"""Spans of time: merging them, and what remains of some without others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, order=True)
class Span:
    """From the first moment until before the last one, both in UTC: a difference of two times of one zone ignores a change of its
    clock."""

    begins: datetime
    ends: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.begins < other.ends and other.begins < self.ends

    def contains(self, other: "Span") -> bool:
        return self.begins <= other.begins and other.ends <= self.ends


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """In order, with those that overlap or touch as one. Empty ones are dropped."""
    merged: list[Span] = []
    for span in sorted(span for span in spans if span.begins < span.ends):
        if merged and span.begins <= merged[-1].ends:
            merged[-1] = Span(merged[-1].begins, max(merged[-1].ends, span.ends))
        else:
            merged.append(span)
    return merged


def subtract_spans(spans: Iterable[Span], gone: Iterable[Span]) -> list[Span]:
    """What remains of the spans without the others, in order."""
    left: list[Span] = []
    taken, first = merge_spans(gone), 0
    for span in merge_spans(spans):
        begins = span.begins
        while first < len(taken) and taken[first].begins < span.ends:
            left.append(Span(begins, taken[first].begins))
            begins = max(begins, taken[first].ends)
            if taken[first].ends > span.ends:
                # The next span may begin in it.
                break
            first += 1
        left.append(Span(begins, span.ends))
    return [part for part in left if part.begins < part.ends]


def intersect_spans(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What both have, in order."""
    both = merge_spans(spans)
    return subtract_spans(both, subtract_spans(both, others))


def cut_spans(spans: Iterable[Span], period: Span) -> list[Span]:
    """The parts of the spans within a period."""
    return [
        Span(max(span.begins, period.begins), min(span.ends, period.ends))
        for span in spans
        if span.overlaps(period)
    ]
