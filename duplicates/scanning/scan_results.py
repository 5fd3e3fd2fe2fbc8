"""What a scan has found so far, in few bytes, and writing it with the groups."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from duplicates.models import Likeness
from duplicates.record_graph import get_node

COLUMNS = ("group", "block", "score", "reason", "table", "record")


class FoundGroups:
    """Sets of two or more records, each with a reason and a score. A million records take some 30 MB."""

    def __init__(self) -> None:
        self.nodes = array("q")
        self.ends = array("q")
        self.reasons = bytearray()
        self.scores = bytearray()

    def add(self, nodes: Sequence[int], reason: int, score: int) -> None:
        self.nodes.extend(nodes)
        self.ends.append(len(self.nodes))
        self.reasons.append(reason)
        self.scores.append(score)

    def iterate_blocks(self) -> Iterator[array]:
        start = 0
        for end in self.ends:
            yield self.nodes[start:end]
            start = end

    def iterate_rows(self) -> Iterator[tuple[Any, ...]]:
        """Those of the table, with the number of the group: sets that share records have the same one."""
        known = _get_distinct_nodes(self.nodes)
        above = array("q", range(len(known)))

        def root(place: int) -> int:
            while above[place] != place:
                above[place] = above[above[place]]
                place = above[place]
            return place

        for nodes in self.iterate_blocks():
            first = root(bisect_left(known, nodes[0]))
            for node in nodes[1:]:
                other = root(bisect_left(known, node))
                first, above[max(first, other)] = min(first, other), min(first, other)
        for block, nodes in enumerate(self.iterate_blocks()):
            group = root(bisect_left(known, nodes[0]))
            for node in nodes:
                yield group, block, self.scores[block], self.reasons[block], *get_node(node)

    def write(self) -> None:
        """Readers see what the last scan found until this transaction ends."""
        Likeness.objects.all().delete()
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY duplicates_likeness ({names}) FROM STDIN") as copy:
                for row in self.iterate_rows():
                    copy.write_row(row)
            cursor.execute("ANALYZE duplicates_likeness")


def _get_distinct_nodes(nodes: array) -> array:
    found = array("q")
    for node in sorted(nodes):
        if not found or found[-1] != node:
            found.append(node)
    return found
